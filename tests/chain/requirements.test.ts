import { describe, expect, it } from "vitest";
import type { ChatRequest } from "../../electron/contract/index.ts";
import { says } from "../fixtures/scripted-provider.ts";
import { all, asking, attemptsOf, finishedOf, local, setUp } from "../quality/support.ts";

const json = { requirements: [{ check: "json" as const }] };
const turns = ({ messages }: Pick<ChatRequest, "messages">) => messages.map(({ role }) => role).join(" ");

describe("an answer that fails its requirements", () => {
  it("is repaired by the same link, which is told what is wrong", async () => {
    const { run, provider, kept } = setUp({ cloud: [says("no json"), says('{"a":1}')] }, json);
    const events = await run();
    const { answer, receipt } = finishedOf(events);
    expect(answer.text).toBe('{"a":1}');
    expect(attemptsOf(events)).toEqual(["cloud failed bad_output", "cloud answered "]);
    expect(receipt.attempts[0]?.message).toMatch(/^json: It is not JSON/);
    const asked = provider.calls[1]?.request.messages ?? [];
    expect(turns({ messages: asked })).toBe("user assistant user");
    expect(asked[2]?.content).toMatch(/one JSON value alone/);
    expect(kept).toEqual(['{"a":1}']);
  });

  it("is taken back before the next try speaks", async () => {
    const { run } = setUp({ cloud: [says("no json"), says("{}")] }, json);
    const types = (await run()).map(({ type }) => type).filter((type) => type !== "notice");
    expect(types).toEqual([
      "attempt_started",
      "delta",
      "attempt_failed",
      "retracted",
      "attempt_started",
      "delta",
      "finished",
    ]);
  });

  it("goes to the next link when the loop budget is used up", async () => {
    const { run } = setUp(
      { cloud: [says("one"), says("two"), says("three")], backup: [says("[]")] },
      { ...json, quality: { loop_budget: 3 } },
    );
    expect(attemptsOf(await run())).toEqual([
      ...Array(3).fill("cloud failed bad_output"),
      "backup answered ",
    ]);
  });

  it("is not kept for emergencies", async () => {
    const { run, kept } = setUp(
      { cloud: [says("x")], backup: [says("y")], local: [says("z")] },
      {
        ...json,
        quality: { loop_budget: 1 },
      },
    );
    await run();
    expect(kept).toEqual([]);
  });
});

describe("escalation", () => {
  const scripts = () => ({ cloud: [says("one"), says("two words")], backup: [says("{}")] });
  const requirements = [
    { check: "json" as const },
    { check: "contains" as const, text: "two" },
    { check: "not_contains" as const, text: "never" },
  ];
  const askedOf = async (escalation: "fresh_start" | "continue_chat" | "best_attempt") => {
    const { run, provider } = setUp(
      { ...scripts(), backup: [says('"two"')] },
      { requirements, quality: { escalation } },
    );
    await run();
    return provider.calls[2]?.request.messages.map(({ content }) => String(content)) ?? [];
  };

  it("fresh_start shows the next link the question alone", async () => {
    expect(await askedOf("fresh_start")).toEqual(["Why?"]);
  });

  it("continue_chat shows it every failed answer, with what was wrong", async () => {
    const asked = await askedOf("continue_chat");
    expect(asked).toHaveLength(5);
    expect([asked[1], asked[3]]).toEqual(["one", "two words"]);
  });

  it("best_attempt shows it the answer that passed most", async () => {
    const asked = await askedOf("best_attempt");
    expect(asked).toHaveLength(3);
    expect(asked[1]).toBe("two words");
  });

  it("asks the cloud only when the local model fails, where local goes first", async () => {
    const quality = { local_first: true, loop_budget: 1 };
    const good = setUp({ local: [says("{}")] }, { ...json, quality });
    expect(attemptsOf(await good.run())).toEqual(["local answered "]);
    const bad = setUp({ local: [says("no")], cloud: [says("{}")] }, { ...json, quality });
    expect(attemptsOf(await bad.run())).toEqual(["local failed bad_output", "cloud answered "]);
  });

  it("leaves the order alone where nothing is required", async () => {
    const { run } = setUp({ cloud: [says("any")] }, { quality: { local_first: true } });
    expect(attemptsOf(await run())).toEqual(["cloud answered "]);
  });

  it("never takes a local-only request to the cloud", async () => {
    const { run, provider } = setUp({ local: [says("a"), says("b")] }, json);
    const { receipt, failure } = finishedOf(await run({ ...asking, local_only: true }));
    expect(provider.calls.map(({ link }) => link)).toEqual(["local", "local"]);
    expect([receipt.tier, failure]).toEqual(["local", null]);
  });
});

describe("when no answer meets its requirements", () => {
  const requirements = [{ check: "json" as const }, { check: "contains" as const, text: "x" }];
  const scripts = () => ({ cloud: [says("a")], backup: [says("x")], local: [says("b")] });

  it("the best one is given, and what it fails is told", async () => {
    const { run, endings } = setUp(scripts(), { requirements, quality: { loop_budget: 1 } });
    const events = await run();
    const { answer, receipt, failure } = finishedOf(events);
    expect([answer.text, receipt.link, failure]).toEqual(["x", "backup", null]);
    expect(receipt.attempts.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "failed"]);
    expect(receipt.usage).not.toBeNull();
    expect(endings.at(-1)?.unmet).toMatch(/^json: /);
    const texts = events.flatMap((event) => (event.type === "delta" ? [event.text] : []));
    expect(texts.at(-1)).toBe("x");
  });

  it("the request fails where that is wanted, and says why", async () => {
    const { run } = setUp(scripts(), { requirements, quality: { loop_budget: 1, strict: true } });
    const { failure } = finishedOf(await run());
    expect(failure).toMatchObject({ code: "all_links_failed", kind: "bad_output" });
    expect(failure?.message).toMatch(/No answer met the requirements.*json/);
  });

  it("the best one is given although the link after it stopped the request", async () => {
    const { run } = setUp(
      { cloud: [says("a")], backup: [says("b")] },
      { requirements, quality: { loop_budget: 1 } },
      { skip: { preset: "always_answer", next: [], stop: ["bad_output"] } },
    );
    const { answer, failure } = finishedOf(await run());
    expect([answer.text, failure]).toEqual(["a", null]);
  });
});

describe("text that is held back", () => {
  it("comes whole, once it has passed", async () => {
    const { run } = setUp({ cloud: [says("no ", "json"), says("[1,", "2]")] }, json);
    const events = await run({ ...asking, hold: true });
    expect(events.flatMap((event) => (event.type === "delta" ? [event.text] : []))).toEqual(["[1,2]"]);
  });

  it("is not held where nothing is required", async () => {
    const { run } = setUp({ cloud: [says("a", "b")] });
    const events = await run({ ...asking, hold: true });
    expect(events.filter(({ type }) => type === "delta")).toHaveLength(2);
  });
});

describe("a check", () => {
  it("that is dear is made only when the others were passed, and its cost is in the receipt", async () => {
    const requirements = [
      { check: "judge" as const, question: "Is it kind?", link: "cloud" },
      { check: "json" as const },
    ];
    const { run, provider } = setUp(
      { local: [says("bad"), says("{}")], cloud: [says("YES. It is.")] },
      { requirements, quality: { local_first: true } },
    );
    const { receipt } = finishedOf(await run());
    expect(provider.calls.map(({ link }) => link)).toEqual(["local", "local", "cloud"]);
    expect(receipt.cost_usd).toBeCloseTo((10 * 1 + 4 * 10) / 1e6);
  });

  it("that can't be made costs no answer, and is told", async () => {
    const requirements = [{ check: "judge" as const, question: "Is it kind?", link: "gone" }];
    const { run, endings, kept } = setUp({ cloud: [says("Hello.")] }, { requirements });
    const { answer, failure } = finishedOf(await run());
    expect([answer.text, failure]).toEqual(["Hello.", null]);
    expect(endings.at(-1)?.unchecked).toEqual(["judge"]);
    expect(kept).toEqual([]);
  });

  it("leaves calls of tools alone", async () => {
    const call = { type: "delta" as const, tool_call: { index: 0, id: "1", name: "f", arguments: "{}" } };
    const steps = says("");
    const { run } = setUp({ cloud: [[steps[0], steps[1], call, steps[3]] as typeof steps] }, json);
    expect(finishedOf(await run()).failure).toBeNull();
  });

  it("judges a local-only request on this machine or not at all", async () => {
    const requirements = [{ check: "judge" as const, question: "Is it kind?", link: "cloud" }];
    const { chain, provider, never } = setUp({ local: [says("Hello.")] }, { requirements }, {}, [local]);
    await all(chain.run({ ...asking, local_only: true }, never));
    expect(provider.calls.map(({ link }) => link)).toEqual(["local"]);
  });
});
