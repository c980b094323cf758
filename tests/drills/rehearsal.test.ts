import { expect, it } from "vitest";
import type { ChainEvent, ChatRequest, Drill, Receipt } from "../../electron/contract/index.ts";
import { Injector, Rehearsal } from "../../electron/drills/index.ts";
import { plainReceipt } from "../app/support.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { turned } from "./turning-clock.ts";

const drill: Drill = {
  name: "A drill",
  max_duration: "10s",
  faults: [],
  requests: [{ prompts: ["One?", "Two?"], count: 4 }],
  expect: [{ check: "whole" }],
};

type Answer = (request: ChatRequest, signal: AbortSignal) => AsyncIterable<ChainEvent>;

function setUp(change: Partial<Drill>, answer: Answer, clock = new FakeClock()) {
  const whole = { ...drill, ...change };
  const stop = new AbortController();
  const asked: { at: number; request: ChatRequest }[] = [];
  const rehearsal = new Rehearsal({
    drill: whole,
    clock,
    injector: new Injector({
      faults: whole.faults,
      seed: 1,
      links: [],
      clock,
      killEngine: () => false,
      failureOf: () => {
        throw new Error("nothing fails here");
      },
    }),
    run: (request, signal) => {
      asked.push({ at: clock.monotonic(), request });
      return answer(request, signal);
    },
    metrics: async () => `asked_total ${asked.length}\n`,
    alerts: async () => ({ unchecked: "Nobody asks." }),
    signal: stop.signal,
    onChange: () => {},
  });
  return { clock, rehearsal, asked, stop, run: () => turned(clock, rehearsal.run()) };
}

const finished = (text: string, receipt: Partial<Receipt> = {}): ChainEvent => ({
  type: "finished",
  receipt: { ...plainReceipt, ...receipt },
  answer: { text, tool_calls: [], finish_reason: "stop" },
  failure: null,
});

const after = (clock: FakeClock, ms: number) => new Promise<void>((resume) => clock.after(ms, resume));

async function* well(): AsyncGenerator<ChainEvent> {
  yield { type: "delta", text: "Well." };
  yield finished("Well.");
}

it("sends its prompts in turn, one at a time", async () => {
  const clock = new FakeClock();
  const { asked, run } = setUp(
    {},
    async function* () {
      await after(clock, 300);
      yield* well();
    },
    clock,
  );
  const outcome = await run();
  expect(outcome).toMatchObject({ end: "finished", passed: true });
  expect(asked.map(({ request }) => request.messages[0]?.content)).toEqual(["One?", "Two?", "One?", "Two?"]);
  expect(asked.map(({ at }) => Math.floor(at / 300))).toEqual([0, 1, 2, 3]);
});

it("keeps to a rate, whether answers are slow or not, up to what may be under way at once", async () => {
  const times = async (group: Partial<Drill["requests"][number]>) => {
    const clock = new FakeClock();
    const { asked, run } = setUp(
      { requests: [{ prompts: ["?"], count: 4, every: "500ms", from: "1s", ...group }] },
      async function* () {
        await after(clock, 2_000);
        yield* well();
      },
      clock,
    );
    await run();
    return asked.map(({ at }) => Math.round(at / 100) * 100);
  };
  expect(await times({})).toEqual([1_000, 1_500, 2_000, 2_500]);
  expect(await times({ at_once: 2 })).toEqual([1_000, 1_500, 3_000, 3_500]);
});

it("asks with what the drill says, and without a stream where none is wanted", async () => {
  const { asked, run } = setUp(
    {
      requests: [
        {
          prompts: ["?"],
          count: 1,
          stream: false,
          local_only: true,
          max_tokens: 7,
          level: "minimal",
          deadline: "3s",
          requirements: [{ check: "json" }],
        },
      ],
    },
    well,
  );
  await run();
  expect(asked[0]?.request).toEqual({
    messages: [{ role: "user", content: "?" }],
    hold: true,
    local_only: true,
    max_tokens: 7,
    level: "minimal",
    deadline_ms: 3_000,
    requirements: [{ check: "json" }],
  });
});

it("takes an answer for cut when what was streamed is not what was answered", async () => {
  const { run } = setUp({ requests: [{ prompts: ["?"], count: 1 }] }, async function* () {
    yield { type: "delta", text: "We" };
    yield finished("Well.");
  });
  const { findings, answers } = await run();
  expect([findings[0]?.outcome, answers[0]?.whole]).toEqual(["failed", false]);
});

it("forgets what was retracted", async () => {
  const { run } = setUp({ requests: [{ prompts: ["?"], count: 1 }] }, async function* () {
    yield { type: "delta", text: "Wrong" };
    yield { type: "retracted", link: "first", kind: "truncated" };
    yield* well();
  });
  expect((await run()).answers[0]).toMatchObject({ whole: true, text: "Well." });
});

it("counts a request that ends without a word, or throws, as lost", async () => {
  let calls = 0;
  const { run } = setUp(
    { requests: [{ prompts: ["?"], count: 2 }], expect: [{ check: "nothing_lost" }] },
    // biome-ignore lint/correctness/useYield: a chain that breaks its word
    async function* () {
      calls += 1;
      if (calls === 2) throw new Error("It broke.");
    },
  );
  const { findings, passed } = await run();
  expect([findings[0]?.seen, passed]).toEqual(["2 of 2 lost", false]);
});

it("ends when its time is up, whatever is under way, and has not passed", async () => {
  const { clock, run } = setUp({ max_duration: "3s" }, async function* (_, signal) {
    await new Promise<void>((resume) => signal.addEventListener("abort", () => resume(), { once: true }));
    yield* well();
  });
  expect(await run()).toMatchObject({ end: "time_up", passed: false, answers: [] });
  expect(clock.monotonic()).toBeLessThan(4_000);
  expect(clock.waiting).toBe(0);
});

it("ends when it is stopped, and leaves no timer behind", async () => {
  const clock = new FakeClock();
  const { rehearsal, stop } = setUp({ requests: [{ prompts: ["?"], count: 9, every: "1s" }] }, well, clock);
  const running = rehearsal.run();
  clock.after(2_500, () => stop.abort());
  const outcome = await turned(clock, running);
  expect(outcome).toMatchObject({ end: "stopped", passed: false });
  expect([outcome.answers.length, clock.waiting]).toEqual([3, 0]);
});

it("tells how it goes while it goes", async () => {
  const clock = new FakeClock();
  const { rehearsal } = setUp(
    {
      faults: [{ fault: "block", from: "1s", for: "1s" }],
      requests: [{ prompts: ["?"], count: 3, every: "1s", name: "some" }],
    },
    well,
    clock,
  );
  const running = rehearsal.run();
  await clock.advance(1_500);
  rehearsal.note({ event: "breaker", link: "first" }, "The breaker of first is now open.");
  expect(rehearsal.progress()).toMatchObject({
    done: 2,
    total: 3,
    tiers: [{ tier: "cloud", count: 2 }],
    findings: [{ outcome: "open", seen: "2 of 2 (100 %)" }],
    faults: [{ from_ms: 1_000, to_ms: 2_000, hits: 0 }],
  });
  expect(rehearsal.progress().moments.map(({ text }) => text)).toEqual([
    "3 requests begin: some",
    "Begins: No connection on all, from 1s for 1s",
    "The breaker of first is now open.",
  ]);
  await turned(clock, running);
});

it("reads metrics before, between and after", async () => {
  const { run } = setUp(
    {
      requests: [{ prompts: ["?"], count: 3, every: "1s" }],
      expect: [
        {
          check: "metric",
          name: "asked_total",
          rises_by: { at_least: 3, at_most: 3 },
          reaches: { at_least: 2, at_most: 2 },
        },
      ],
    },
    well,
  );
  expect((await run()).findings).toMatchObject([{ outcome: "passed" }]);
});
