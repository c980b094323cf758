import { describe, expect, it } from "vitest";
import { ProviderFailure } from "../../electron/chain/index.ts";
import type { ChatRequest } from "../../electron/contract/index.ts";
import { linkOf, type Step, says } from "../fixtures/scripted-provider.ts";
import { asking, finishedOf, first, setUp, textOf } from "./set-up.ts";

const goesOn = linkOf({
  id: "goes-on",
  tier: "local",
  level: "minimal",
  priority: 2,
  capabilities: { ...first.capabilities, prefill: true },
});
const cut = (...texts: string[]): Step[] => [
  { type: "connected" },
  ...texts.map((text) => ({ type: "delta", text }) as const),
];
const rules = { recovery: "continue" } as const;
const links = [first, goesOn];

describe("a stream that breaks in the middle", () => {
  it("is begun again where log-probabilities are wanted: another model's would not fit its beginning", async () => {
    const chance = { token: "Blue", logprob: -0.2, bytes: null };
    const logprobs = [{ ...chance, top_logprobs: [] }];
    const second: Step[] = [
      ...says("Blue.").slice(0, -1),
      { type: "delta", logprobs },
      ...says("Blue.").slice(-1),
    ];
    const { run } = setUp({ links, rules, scripts: { first: [cut("The sky ")], "goes-on": [second] } });
    const { answer } = finishedOf(await run({ ...asking, logprobs: 0 }));
    expect(answer).toMatchObject({ text: "Blue.", logprobs });
  });

  it("is begun again where the answer itself was bad: nobody goes on with a loop", async () => {
    const loop = cut(...Array.from({ length: 60 }, () => "and so on and on "));
    const { run, provider } = setUp({
      links,
      rules: { ...rules, skip: { preset: "always_answer", next: ["loop"], stop: [] } },
      scripts: { first: [loop], "goes-on": [says("Straight.")] },
    });
    const { answer, receipt } = finishedOf(await run());
    expect(answer.text).toBe("Straight.");
    expect(receipt.seams).toEqual([]);
    expect(provider.calls[1]?.request.prefill).toBeUndefined();
  });

  it("is continued by a link that can, at a seam, without a word twice", async () => {
    const { run, provider } = setUp({
      links,
      rules,
      scripts: { first: [cut("The sky ", "is ")], "goes-on": [says("blue", " by day.")] },
    });
    const events = await run();
    const { answer, receipt } = finishedOf(events);
    expect(answer.text).toBe("The sky is blue by day.");
    expect(textOf(events)).toBe(answer.text);
    expect(receipt).toMatchObject({
      link: "goes-on",
      seams: [{ offset: 11, link: "goes-on" }],
      reason: "truncated",
    });
    expect(provider.calls[1]?.request.prefill).toBe("The sky is");
    expect(events.map(({ type }) => type)).not.toContain("retracted");
    expect(events.find(({ type }) => type === "seam")).toEqual({
      type: "seam",
      seam: { offset: 11, link: "goes-on" },
    });
  });

  it.each([
    [
      "repeats its end",
      ["in the green meadow", " stands a cow."],
      "A cow stands: in the green meadow stands a cow.",
    ],
    [
      "repeats all of it",
      ["A cow stands: in the", " green meadow and chews."],
      "A cow stands: in the green meadow and chews.",
    ],
    ["does not repeat", [" until noon."], "A cow stands: in the green meadow until noon."],
  ])("has its overlap trimmed when the continuation %s", async (_, texts, whole) => {
    const { run } = setUp({
      links,
      rules,
      scripts: { first: [cut("A cow stands: in the green meadow")], "goes-on": [says(...texts)] },
    });
    const events = await run();
    expect(finishedOf(events).answer.text).toBe(whole);
    expect(textOf(events)).toBe(whole);
  });

  it.each([
    ["a line and its indent", "def f():\n", "\n    return 1", "def f():\n    return 1"],
    [
      "a repetition behind a blank",
      "It needs three things: ",
      "It needs three things:\n- one",
      "It needs three things: \n- one",
    ],
    ["one blank too many", "One, ", " two.", "One, two."],
  ])("keeps the blanks at the seam: %s", async (_, before, after, whole) => {
    const { run } = setUp({ links, rules, scripts: { first: [cut(before)], "goes-on": [says(after)] } });
    const events = await run();
    expect(finishedOf(events).answer.text).toBe(whole);
    expect(textOf(events)).toBe(whole);
  });

  it("gives the whole answer at once where a level does not stream, the broken part included", async () => {
    const tiny = { ...goesOn, id: "tiny", priority: 1 };
    const { run } = setUp({
      links: [tiny, goesOn],
      rules: { ...rules, level: "minimal" },
      scripts: { tiny: [cut("It begins here")], "goes-on": [says(" and ends here.")] },
    });
    const events = await run();
    expect(textOf(events)).toBe("It begins here and ends here.");
    expect(events.filter(({ type }) => type === "delta")).toHaveLength(1);
  });

  it("goes through several hands", async () => {
    const third = { ...goesOn, id: "third", priority: 3 };
    const { run } = setUp({
      links: [...links, third],
      rules,
      scripts: { first: [cut("One, ")], "goes-on": [cut("two, ")], third: [says("three.")] },
    });
    const { answer, receipt } = finishedOf(await run());
    expect(answer.text).toBe("One, two, three.");
    expect(receipt.seams.map(({ offset, link }) => [offset, link])).toEqual([
      [5, "goes-on"],
      [10, "third"],
    ]);
  });

  it.each<[string, Step[], Partial<ChatRequest>]>([
    [
      "called a tool",
      [{ type: "connected" }, { type: "delta", tool_call: { index: 0, id: "c", name: "f" } }],
      {},
    ],
    ["was still thinking", [{ type: "connected" }, { type: "delta", reasoning: "Hm" }], {}],
    ["was JSON", cut('{"a":'), { response_format: { type: "json_object" } }],
    ["is told to restart", cut("The sky"), { recovery: "restart" }],
    ["is too long to hand over", cut("x".repeat(40_000)), {}],
  ])("starts again when it %s", async (_, script, over) => {
    const { run, provider } = setUp({
      links,
      rules,
      scripts: { first: [script], "goes-on": [says("Whole.")] },
    });
    const events = await run({ ...asking, ...over });
    expect(events.map(({ type }) => type)).toContain("retracted");
    expect(provider.calls[1]?.request.prefill).toBeUndefined();
    expect(finishedOf(events)).toMatchObject({ answer: { text: "Whole." }, receipt: { seams: [] } });
  });

  it("starts again on the same link when that refuses the prefill", async () => {
    const refusal = new ProviderFailure("invalid_request", "no prefill", { status: 400 });
    const { run, provider } = setUp({
      links,
      rules,
      scripts: { first: [cut("The sky")], "goes-on": [[refusal], says("Blue it is.")] },
    });
    const events = await run();
    expect(textOf(events)).toBe("Blue it is.");
    expect(provider.calls.map(({ request }) => request.prefill)).toEqual([undefined, "The sky", undefined]);
  });

  it("never looks whole when nothing can go on", async () => {
    const { run } = setUp({ links: [first], rules, scripts: { first: [cut("Half")] } });
    const events = await run();
    expect(textOf(events)).toBe("");
    expect(finishedOf(events)).toMatchObject({ failure: { code: "all_links_failed" }, answer: { text: "" } });
  });
});
