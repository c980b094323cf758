import { describe, expect, it } from "vitest";
import { ProviderFailure } from "../../electron/chain/index.ts";
import { Repetition } from "../../electron/chain/repetition.ts";
import { estimatedTokensOf } from "../../electron/chain/tokens.ts";
import { withoutOldestTurns } from "../../electron/chain/trim.ts";
import type { ChatRequest, Message } from "../../electron/contract/index.ts";
import { linkOf, says } from "../fixtures/scripted-provider.ts";
import { asking, finishedOf, first, setUp } from "./set-up.ts";

describe("a level", () => {
  const reduced = linkOf({ id: "small", level: "reduced" });
  const minimal = linkOf({ id: "tiny", level: "minimal" });

  it("limits the answer and drops features, and the receipt says so", async () => {
    const request: ChatRequest = { ...asking, max_tokens: 9_000, tools: [{ name: "f", parameters: {} }] };
    const { run, provider } = setUp({
      links: [first, reduced],
      rules: { level: "reduced" },
      scripts: { small: [says("a")] },
    });
    const { receipt } = finishedOf(await run(request));
    expect(receipt).toMatchObject({ level: "reduced", dropped: ["tools", "length"] });
    expect(provider.calls[0]?.request).toMatchObject({ max_tokens: 2_048 });
    expect(provider.calls[0]?.request.tools).toBeUndefined();
  });

  it("gives the answer in one piece where there is no streaming", async () => {
    const { run, provider } = setUp({
      links: [minimal],
      rules: { level: "minimal" },
      scripts: { tiny: [says("a", "b")] },
    });
    const events = await run();
    expect(events.filter(({ type }) => type === "delta")).toEqual([{ type: "delta", text: "ab" }]);
    expect(provider.calls[0]?.request.max_tokens).toBe(512);
  });

  it("is a ceiling: a request may lower it, never lift it", async () => {
    const { run } = setUp({
      links: [first, reduced],
      rules: { level: "reduced" },
      scripts: { small: [says("a")] },
    });
    expect(finishedOf(await run({ ...asking, level: "full" })).receipt.link).toBe("small");
  });
});

describe("a conversation that is too long", () => {
  const tooLong = () => [new ProviderFailure("context_length", "too long", { status: 400 })];
  const sized = (id: string, contextWindow: number, priority: number) =>
    linkOf({ id, priority, capabilities: { ...first.capabilities, contextWindow } });
  const long: Message[] = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "1" },
    { role: "assistant", content: "one" },
    { role: "user", content: "2" },
    { role: "assistant", content: "two" },
    { role: "user", content: "3" },
  ];

  it("goes to a link with a larger window first", async () => {
    const { run, provider } = setUp({
      links: [sized("first", 1_000, 1), sized("same", 1_000, 2), sized("large", 9_000, 3)],
      scripts: { first: [tooLong()], large: [says("Yes.")] },
    });
    expect(finishedOf(await run()).receipt).toMatchObject({ link: "large", dropped: [] });
    expect(provider.calls).toHaveLength(2);
  });

  it("loses its oldest turns when there is none, and the receipt says so", async () => {
    const { run, provider } = setUp({
      links: [sized("first", 1_000, 1)],
      scripts: { first: [tooLong(), says("Three.")] },
    });
    const { receipt } = finishedOf(await run({ messages: long }));
    expect(
      provider.calls.map(({ request }) => request.messages.map(({ content }) => content).join(" ")),
    ).toEqual(["Be brief. 1 one 2 two 3", "Be brief. 3"]);
    expect(receipt.dropped).toEqual(["history"]);
  });

  it("is trimmed after all when the larger link is down", async () => {
    const { run, provider } = setUp({
      links: [sized("first", 1_000, 1), sized("large", 9_000, 2)],
      scripts: { first: [tooLong(), says("Three.")], large: [[new ProviderFailure("network", "down")]] },
    });
    const { receipt } = finishedOf(await run({ messages: long }));
    expect(receipt).toMatchObject({ link: "first", dropped: ["history"] });
    expect(provider.calls.map(({ link }) => link)).toEqual(["first", "large", "first"]);
  });

  it("fails when the question alone does not fit", async () => {
    const { run } = setUp({ links: [sized("first", 1_000, 1)], scripts: { first: [tooLong()] } });
    expect(finishedOf(await run()).failure).toMatchObject({
      code: "all_links_failed",
      kind: "context_length",
    });
  });

  it("never keeps a tool's result without its call", () => {
    const withTool: Message[] = [
      { role: "user", content: "1" },
      { role: "assistant", content: "", tool_calls: [{ id: "c", name: "f", arguments: "{}" }] },
      { role: "tool", tool_call_id: "c", content: "r" },
      { role: "user", content: "2" },
    ];
    expect(withoutOldestTurns(withTool)).toEqual([{ role: "user", content: "2" }]);
    expect(withoutOldestTurns([{ role: "user", content: "2" }])).toBeNull();
  });
});

describe("what a person turned on", () => {
  const refusal = () => [new ProviderFailure("refusal", "I'd rather not.", { status: 200 })];

  it("moves on from a refusal only then, for the chain or for one link", async () => {
    const off = setUp({ scripts: { first: [refusal()] } });
    expect(finishedOf(await off.run()).failure).toMatchObject({
      code: "stopped",
      message: "I'd rather not.",
    });
    const scripts = () => ({ first: [refusal()], second: [says("Gladly.")] });
    const on = setUp({
      scripts: scripts(),
      rules: { skip: { preset: "always_answer", next: ["refusal"], stop: [] } },
    });
    expect(finishedOf(await on.run()).receipt).toMatchObject({ link: "second", reason: "refusal" });
    const own = setUp({
      links: [
        { ...first, onFailure: { next: ["refusal"], stop: [] } },
        linkOf({ id: "second", priority: 9 }),
      ],
      scripts: scripts(),
    });
    expect(finishedOf(await own.run()).receipt.link).toBe("second");
  });

  it("ends an answer that goes round in circles only then", async () => {
    const loop = () => says(...Array.from({ length: 60 }, () => "and so on and on "));
    const scripts = () => ({ first: [loop()], second: [says("Straight.")] });
    const off = setUp({ scripts: scripts() });
    expect(finishedOf(await off.run()).receipt.link).toBe("first");
    const on = setUp({
      scripts: scripts(),
      rules: { skip: { preset: "always_answer", next: ["loop"], stop: [] } },
    });
    expect(finishedOf(await on.run()).receipt).toMatchObject({ link: "second", reason: "loop" });
  });
});

describe("Repetition", () => {
  const sees = (text: string) => {
    const repetition = new Repetition();
    return text.match(/.{1,7}/gs)?.some((piece) => repetition.add(piece)) ?? false;
  };
  const prose =
    "The tide comes in twice a day, and each time a little later than before, because the moon has moved on. ";

  it("sees a word, a sentence or a paragraph said over and over", () => {
    expect(sees("no ".repeat(200))).toBe(true);
    expect(sees(`Once. ${prose.repeat(12)}`)).toBe(true);
  });

  it("takes prose, a table's rules and a list for what they are", () => {
    expect(sees(prose.repeat(3))).toBe(false);
    expect(sees("-".repeat(900))).toBe(false);
    expect(sees(Array.from({ length: 300 }, (_, index) => `- entry ${index}\n`).join(""))).toBe(false);
  });
});

describe("estimatedTokensOf", () => {
  it("counts four letters of ASCII as a token, and every other character as one", () => {
    expect(estimatedTokensOf("abcdefgh")).toBe(2);
    expect(estimatedTokensOf("日本語")).toBe(3);
  });
});
