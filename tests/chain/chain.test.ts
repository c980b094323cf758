import { describe, expect, it } from "vitest";
import { AllLinksFailed, type AnswerCache, collect, ProviderFailure } from "../../electron/chain/index.ts";
import type { ChainEvent, ChatRequest } from "../../electron/contract/index.ts";
import { linkOf, type Step, says } from "../fixtures/scripted-provider.ts";
import { asking, finishedOf, first, second, setUp, textOf } from "./set-up.ts";

describe("Chain", () => {
  it("answers from the first link, with a receipt that says so", async () => {
    const { run, clock } = setUp({ scripts: { first: [says("Be", "cause.")] } });
    const events = await run();
    expect(events.map((event) => event.type)).toEqual(["attempt_started", "delta", "delta", "finished"]);
    const { receipt, answer, failure } = finishedOf(events);
    expect(failure).toBeNull();
    expect(answer).toEqual({ text: "Because.", tool_calls: [], finish_reason: "stop" });
    expect(receipt).toMatchObject({
      requested_tier: "cloud",
      tier: "cloud",
      link: "first",
      model: "first-model",
      level: "full",
      reason: null,
      usage: { input_tokens: 10, output_tokens: 4 },
      cost_usd: 50e-6,
    });
    expect(receipt.attempts).toMatchObject([
      { link: "first", outcome: "answered", status: 200, request_id: "req-1" },
    ]);
    expect(clock.waiting).toBe(0);
  });

  it("moves to the next link when one fails, and says why", async () => {
    const down = new ProviderFailure("overloaded", "503 from first", { status: 503, requestId: "r9" });
    const { run, attempts } = setUp({ scripts: { first: [[down]], second: [says("Yes.")] } });
    const events = await run();
    const { receipt } = finishedOf(events);
    expect(receipt).toMatchObject({
      requested_tier: "cloud",
      tier: "backup",
      link: "second",
      reason: "overloaded",
    });
    expect(receipt.attempts).toMatchObject([
      { link: "first", outcome: "failed", kind: "overloaded", status: 503, request_id: "r9" },
      { link: "second", outcome: "answered", kind: null },
    ]);
    expect(attempts.map(({ link }) => link)).toEqual(["first", "second"]);
  });

  it.each([
    ["timeout_connect", ["hang"]],
    ["timeout_first_token", [{ type: "connected" }, "hang"]],
    ["timeout_idle", [{ type: "connected" }, { type: "delta", text: "I" }, "hang"]],
    ["truncated", [{ type: "connected" }, { type: "delta", text: "I" }]],
    ["empty", says()],
  ] satisfies [string, Step[]][])("calls it %s and moves on", async (kind, script) => {
    const { run, clock, provider } = setUp({ scripts: { first: [script], second: [says("Whole.")] } });
    const events = await run();
    expect(finishedOf(events).receipt).toMatchObject({ link: "second", reason: kind });
    expect(textOf(events)).toBe("Whole.");
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it("ends an attempt that keeps talking beyond its total limit", async () => {
    const drip: Step[] = [{ type: "connected" }];
    for (let token = 0; token < 100; token++) drip.push({ type: "delta", text: "." }, { waitMs: 1_000 });
    const { run } = setUp({ scripts: { first: [drip], second: [says("Whole.")] } });
    const { receipt } = finishedOf(await run());
    expect(receipt.reason).toBe("timeout_total");
    expect(receipt.attempts[0]?.duration_ms).toBe(60_000);
  });

  it("retracts what a broken stream had said before the next link starts from the beginning", async () => {
    const cut: Step[] = [{ type: "connected" }, { type: "delta", text: "Half of" }];
    const { run } = setUp({ scripts: { first: [cut], second: [says("The whole.")] } });
    const events = await run();
    expect(events.map((event) => event.type)).toEqual([
      "attempt_started",
      "delta",
      "attempt_failed",
      "retracted",
      "attempt_started",
      "delta",
      "finished",
    ]);
    expect(finishedOf(events).answer.text).toBe("The whole.");
  });

  it("ends with the failure of a broken stream where recovery is `error`", async () => {
    const cut: Step[] = [{ type: "connected" }, { type: "delta", text: "Half of" }];
    const { run, provider } = setUp({ scripts: { first: [cut] } });
    const { failure, answer } = finishedOf(await run({ ...asking, recovery: "error" }));
    expect(failure).toMatchObject({ code: "stopped", kind: "truncated" });
    expect(answer.text).toBe("");
    expect(provider.calls).toHaveLength(1);
  });

  it("does not take a slow reader for a silent provider", async () => {
    const { chain, clock, abort } = setUp({ scripts: { first: [says("a", "b")] } });
    const events: ChainEvent[] = [];
    for await (const event of chain.run(asking, abort.signal)) {
      events.push(event);
      await clock.advance(20_000);
    }
    expect(finishedOf(events).failure).toBeNull();
  });

  it("stops at a failure that no other link can mend, and keeps its status and words", async () => {
    const refused = new ProviderFailure("invalid_request", "temperature must be below 2", { status: 400 });
    const { run, provider } = setUp({ scripts: { first: [[refused]] } });
    const { failure, receipt } = finishedOf(await run());
    expect(failure).toMatchObject({ code: "stopped", kind: "invalid_request", status: 400 });
    expect(failure?.message).toBe("temperature must be below 2");
    expect(receipt).toMatchObject({ tier: "offline", link: null });
    expect(provider.calls).toHaveLength(1);
  });

  it("stops at a rejected key under retryable_only, and moves on under always_answer", async () => {
    const rejected = () => new ProviderFailure("auth", "bad key", { status: 401 });
    const strict = setUp({
      scripts: { first: [[rejected()]] },
      rules: { skip: { preset: "retryable_only", next: [], stop: [] } },
    });
    expect(finishedOf(await strict.run()).failure).toMatchObject({
      code: "stopped",
      kind: "auth",
      status: 401,
    });
    const kind = setUp({ scripts: { first: [[rejected()]], second: [says("Yes.")] } });
    expect(finishedOf(await kind.run()).failure).toBeNull();
  });

  it("says that nothing could answer, with every attempt", async () => {
    const down = () => [new ProviderFailure("network", "refused")];
    const { run } = setUp({ scripts: { first: [down()], second: [down()], local: [down()] } });
    const { failure, receipt } = finishedOf(await run());
    expect(failure).toMatchObject({ code: "all_links_failed", retry_after_ms: 60_000 });
    expect(receipt).toMatchObject({ tier: "offline", level: "offline", requested_tier: "cloud" });
    expect(receipt.attempts.map(({ link, kind }) => [link, kind])).toEqual([
      ["first", "network"],
      ["second", "network"],
      ["local", "network"],
    ]);
  });

  it("gives a collected answer, and throws AllLinksFailed with the attempts", async () => {
    const good = setUp({ scripts: { first: [says("Yes.")] } });
    await expect(collect(good.chain.run(asking, good.abort.signal))).resolves.toMatchObject({
      answer: { text: "Yes." },
    });
    const bad = setUp({ links: [first], scripts: { first: [[new ProviderFailure("server", "500")]] } });
    const error = await collect(bad.chain.run(asking, bad.abort.signal)).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AllLinksFailed);
    expect(error.attempts).toMatchObject([{ link: "first", kind: "server" }]);
  });

  it("stops at the request's deadline instead of trying the next link", async () => {
    const { run, provider } = setUp({ scripts: { first: [["hang"]] }, rules: { deadlineMs: 2_000 } });
    const { failure, receipt } = finishedOf(await run());
    expect(failure).toMatchObject({ code: "deadline", kind: "timeout_total" });
    expect(receipt.attempts[0]?.duration_ms).toBe(2_000);
    expect(provider.calls).toHaveLength(1);
  });

  it("ends at once when the person stops it, keeping what was said", async () => {
    const script: Step[] = [{ type: "connected" }, { type: "delta", text: "So far" }, "hang"];
    const { chain, clock, abort, provider } = setUp({ scripts: { first: [script] } });
    const events: ChainEvent[] = [];
    for await (const event of chain.run(asking, abort.signal)) {
      events.push(event);
      if (event.type === "delta") abort.abort();
    }
    const { failure, answer, receipt } = finishedOf(events);
    expect(failure?.code).toBe("cancelled");
    expect(answer.text).toBe("So far");
    expect(receipt).toMatchObject({ tier: "cloud", link: "first" });
    expect(receipt.attempts).toMatchObject([{ outcome: "cancelled", kind: "cancelled" }]);
    expect(events.some((event) => event.type === "retracted")).toBe(false);
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it("aborts the attempt when nobody listens any more", async () => {
    const script: Step[] = [{ type: "connected" }, { type: "delta", text: "So far" }, "hang"];
    const { chain, clock, abort, provider } = setUp({ scripts: { first: [script] } });
    for await (const event of chain.run(asking, abort.signal)) if (event.type === "delta") break;
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it("takes note of an attempt that nobody listens to any more", async () => {
    const { chain, abort, attempts } = setUp({ scripts: { first: [says("a", "b")] } });
    for await (const event of chain.run(asking, abort.signal)) if (event.type === "delta") break;
    expect(attempts).toMatchObject([{ link: "first", outcome: "cancelled" }]);
  });

  it("asks no link that may no longer be asked", async () => {
    const down = new ProviderFailure("server", "500");
    const { chain, abort, provider } = setUp({ scripts: { first: [[down]], local: [says("Here.")] } });
    let isPrivate = false;
    const events: ChainEvent[] = [];
    for await (const event of chain.run(asking, abort.signal, ({ tier }) => !isPrivate || tier === "local")) {
      isPrivate = true;
      events.push(event);
    }
    expect(provider.calls.map(({ link }) => link)).toEqual(["first", "local"]);
  });

  it("does not hold a deadline that was too short against the link", async () => {
    const told: string[] = [];
    const permit = { success() {}, failure: () => told.push("failure"), cancel: () => told.push("cancel") };
    const { run, attempts } = setUp({ scripts: { first: [["hang"]] }, gate: { tryAcquire: () => permit } });
    await run({ ...asking, deadline_ms: 200 });
    expect(told).toEqual(["cancel"]);
    expect(attempts).toMatchObject([{ outcome: "cancelled", kind: "timeout_total" }]);
  });

  it("tries the preferred link first", async () => {
    const { run } = setUp({ scripts: { second: [says("Mine.")] } });
    expect(finishedOf(await run({ ...asking, preferred: "second" })).receipt).toMatchObject({
      requested_tier: "backup",
      link: "second",
    });
  });

  it("never lets a local-only request reach a cloud link, whatever it prefers", async () => {
    const { run, provider } = setUp({
      scripts: { local: [[new ProviderFailure("engine_crashed", "crashed")]] },
    });
    const { failure, receipt } = finishedOf(await run({ ...asking, local_only: true, preferred: "first" }));
    expect(failure?.code).toBe("all_links_failed");
    expect(receipt.requested_tier).toBe("local");
    expect(provider.calls.map(({ link }) => link)).toEqual(["local"]);
  });

  it("uses no link above the level that a request sets, and nothing at all at `offline`", async () => {
    const { run, provider } = setUp({ scripts: { local: [says("Small.")] } });
    expect(finishedOf(await run({ ...asking, level: "reduced" })).receipt).toMatchObject({
      link: "local",
      level: "reduced",
    });
    expect(finishedOf(await run({ ...asking, level: "offline" })).failure?.code).toBe("all_links_failed");
    expect(provider.calls).toHaveLength(1);
  });

  it("sends images to a link that sees, and drops them with a word where none does", async () => {
    const blind = linkOf({ id: "blind", capabilities: { ...first.capabilities, vision: false } });
    const request: ChatRequest = {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { media_type: "image/png", data: "AAAA" } },
          ],
        },
      ],
    };
    const seeing = setUp({ links: [blind, second], scripts: { second: [says("A cat.")] } });
    expect(finishedOf(await seeing.run(request)).receipt).toMatchObject({ link: "second", dropped: [] });
    const none = setUp({ links: [blind], scripts: { blind: [says("I can't see.")] } });
    expect(finishedOf(await none.run(request)).receipt.dropped).toEqual(["vision"]);
    expect(none.provider.calls[0]?.request.messages[0]?.content).toEqual([
      { type: "text", text: "What is this?" },
    ]);
  });

  it("gathers tool calls from their pieces", async () => {
    const script: Step[] = [
      { type: "connected" },
      { type: "delta", tool_call: { index: 0, id: "c1", name: "look", arguments: '{"at":' } },
      { type: "delta", tool_call: { index: 0, arguments: '"sky"}' } },
      { type: "finish", reason: "tool_calls", model: null, usage: null },
    ];
    const { run } = setUp({ scripts: { first: [script] } });
    expect(finishedOf(await run()).answer).toEqual({
      text: "",
      tool_calls: [{ id: "c1", name: "look", arguments: '{"at":"sky"}' }],
      finish_reason: "tool_calls",
    });
  });

  it("asks the cache only when no link can answer", async () => {
    const hit = {
      text: "As before.",
      original_question: "Why?",
      similarity: 1,
      age_s: 90,
      link: "first",
      provider: "openai",
      model: "m",
      time_bound: false,
    } as const;
    let lookups = 0;
    const kept: string[] = [];
    const cache: AnswerCache = {
      async lookup() {
        lookups++;
        return { id: "look-1", hit, similar: null };
      },
      async put(_request, answer) {
        kept.push(answer.text);
      },
    };
    const up = setUp({ scripts: { first: [says("Fresh.")] }, cache });
    await up.run();
    expect([lookups, kept]).toEqual([0, ["Fresh."]]);
    const down = setUp({
      links: [first],
      scripts: { first: [[new ProviderFailure("network", "no")]] },
      cache,
    });
    const events = await down.run();
    expect(textOf(events)).toBe("As before.");
    expect(finishedOf(events).receipt).toMatchObject({
      tier: "cache",
      level: "cached",
      similarity: 1,
      age_s: 90,
      original_question: "Why?",
      reason: "network",
      cache: { lookup: "look-1", time_bound: false, similar: null },
    });
    const without = setUp({
      links: [first],
      scripts: { first: [[new ProviderFailure("network", "no")]] },
      cache,
    });
    expect(finishedOf(await without.run({ ...asking, cache: false })).failure?.code).toBe("all_links_failed");
  });

  it("turns a fault in a provider's code into a failure of that attempt", async () => {
    const { run } = setUp({
      scripts: { first: [[new TypeError("x is undefined")]], second: [says("Yes.")] },
    });
    expect(finishedOf(await run()).receipt.attempts[0]).toMatchObject({ kind: "server" });
  });

  it("turns a provider that throws before it gives a stream into a failed attempt", async () => {
    const { run, provider, clock } = setUp({ scripts: { second: [says("Yes.")] } });
    const stream = provider.stream.bind(provider);
    provider.stream = (request, link, signal) => {
      if (link.id === "first") throw new TypeError("x is undefined");
      return stream(request, link, signal);
    };
    const { receipt } = finishedOf(await run());
    expect(receipt.attempts.map(({ link, kind }) => [link, kind])).toEqual([
      ["first", "server"],
      ["second", null],
    ]);
    expect(clock.waiting).toBe(0);
  });
});
