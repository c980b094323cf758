import { expect, it } from "vitest";
import { type Link, type Provider, type ProviderEvent, ProviderFailure } from "../../electron/chain/index.ts";
import type { DrillFault } from "../../electron/contract/index.ts";
import { Injector } from "../../electron/drills/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { linkOf, ScriptedProvider, type Step, says } from "../fixtures/scripted-provider.ts";
import { turned } from "./turning-clock.ts";

const chain = [
  linkOf({ id: "primary" }),
  linkOf({ id: "second", tier: "backup" }),
  linkOf({ id: "here", tier: "local", provider: "llama" }),
];
const [primary, second, here] = chain as [Link, Link, Link];

function setUp(
  faults: DrillFault[],
  {
    seed = 1,
    killEngine = (): boolean => false,
    script = says("One two ", "three four ", "five.") as Step[],
  } = {},
) {
  const clock = new FakeClock();
  const provider = new ScriptedProvider(
    clock,
    Object.fromEntries(chain.map(({ id }) => [id, Array(500).fill(script)])),
  );
  const injector = new Injector({
    faults,
    seed,
    links: chain,
    clock,
    killEngine,
    failureOf: ({ id }, status, retryAfterMs) =>
      new ProviderFailure("overloaded", `${id} ${status}`, { status, retryAfterMs }),
  });
  injector.begin();
  const guarded = injector.guard(provider);
  return { clock, provider, injector, guarded, ask: (link = primary) => turned(clock, read(guarded, link)) };
}

/** Everything that a provider says, and how it ended. */
async function read(provider: Provider, link: Link, signal = new AbortController().signal) {
  const events: ProviderEvent[] = [];
  try {
    const request = { messages: [{ role: "user" as const, content: "Well?" }] };
    for await (const event of provider.stream(request, link, signal)) events.push(event);
    return { text: textOf(events), events, failure: null };
  } catch (error) {
    return { text: textOf(events), events, failure: error as ProviderFailure };
  }
}

const textOf = (events: readonly ProviderEvent[]) =>
  events.map((event) => (event.type === "delta" ? (event.text ?? "") : "")).join("");

it("lets providers alone that no fault is on, and before and after the drill", async () => {
  const { ask, injector, provider } = setUp([{ fault: "block", links: ["primary"] }]);
  expect((await ask(second)).text).toBe("One two three four five.");
  injector.end();
  expect((await ask(primary)).failure).toBeNull();
  expect([provider.calls.length, injector.hits]).toEqual([2, [0]]);
});

it("blocks: no connection comes about, and nobody is asked", async () => {
  const { ask, provider, injector } = setUp([{ fault: "block", links: ["first"] }]);
  const { events, failure } = await ask();
  expect([events, failure?.kind, failure?.status]).toEqual([[], "network", null]);
  expect([provider.calls.length, injector.hits]).toEqual([0, [1]]);
});

it("answers with an HTTP error and its Retry-After, as the provider's own failure would be", async () => {
  const { ask, provider } = setUp([{ fault: "status", status: 503, retry_after: "7s" }]);
  const { failure } = await ask();
  expect(failure).toMatchObject({ kind: "overloaded", status: 503, retryAfterMs: 7_000 });
  expect(provider.calls).toEqual([]);
});

it("delays the first token only, once, and every delay that hits adds to it", async () => {
  const { clock, ask } = setUp([
    { fault: "delay", by: "2s" },
    { fault: "delay", by: "1s" },
  ]);
  const { text } = await ask();
  expect(text).toBe("One two three four five.");
  expect(clock.monotonic()).toBeGreaterThanOrEqual(3_000);
  expect(clock.monotonic()).toBeLessThan(4_000);
});

it("cuts an answer after what was to come first", async () => {
  const { ask } = setUp([{ fault: "cut", after: 10 }]);
  const { text, failure } = await ask();
  expect([text, failure?.kind]).toEqual(["One two three four ", "truncated"]);
});

it("stalls until the attempt is given up, without asking where nothing is to come first", async () => {
  const { clock, guarded, provider } = setUp([{ fault: "stall", after: 0 }]);
  const giveUp = new AbortController();
  clock.after(5_000, () => giveUp.abort());
  const { events, failure } = await turned(clock, read(guarded, primary, giveUp.signal));
  expect(events).toEqual([{ type: "connected" }]);
  expect([failure?.kind, clock.monotonic() >= 5_000, provider.calls]).toEqual(["cancelled", true, []]);
});

it("stalls in the middle of an answer", async () => {
  const { clock, guarded } = setUp([{ fault: "stall", after: 5 }]);
  const giveUp = new AbortController();
  clock.after(5_000, () => giveUp.abort());
  expect((await turned(clock, read(guarded, primary, giveUp.signal))).text).toBe("One two ");
});

it("refuses politely, in an answer that looks whole", async () => {
  const { ask, provider } = setUp([{ fault: "refuse" }]);
  const { text, events, failure } = await ask();
  expect(text).toMatch(/can't help/);
  expect([events.at(-1)?.type, failure, provider.calls]).toEqual(["finish", null, []]);
});

it.each([
  ["garble", "enO owt eerht ruof evif."],
  ["shorten", "One two thre"],
  ["chatter", "Sure! Here is what you asked for:\n\nOne two three four five."],
  ["repeat", "One two One two One two "],
] as const)("lowers quality by %s, in an answer that looks whole", async (as, text) => {
  const { ask } = setUp([{ fault: "lower_quality", as }]);
  const answer = await ask();
  expect([answer.text, answer.events.at(-1)?.type, answer.failure]).toEqual([text, "finish", null]);
});

it("kills the engine, whose death the answer then ends with", async () => {
  let killed = 0;
  const dying: Step[] = [
    { type: "connected" },
    { type: "delta", text: "One " },
    { type: "delta", text: "two " },
    new ProviderFailure("engine_crashed", "It was killed."),
  ];
  const { ask } = setUp([{ fault: "kill_engine", after: 2, links: ["local"] }], {
    script: dying,
    killEngine: () => ++killed > 0,
  });
  const { failure } = await ask(here);
  expect([killed, failure?.message]).toEqual([1, "It was killed."]);
});

it("is the engine's death itself where none runs", async () => {
  const { ask } = setUp([{ fault: "kill_engine", links: ["local"] }]);
  expect((await ask(here)).failure?.kind).toBe("engine_crashed");
});

it("begins and ends when it should", async () => {
  const { clock, ask } = setUp([{ fault: "block", from: "2s", for: "3s" }]);
  const failures: (string | undefined)[] = [];
  for (const at of [0, 1_990, 2_010, 4_900, 5_100]) {
    await clock.advance(at - clock.monotonic());
    failures.push((await ask()).failure?.kind);
  }
  expect(failures).toEqual([undefined, undefined, "network", "network", undefined]);
});

it("hits its share of attempts, the same ones for the same seed", async () => {
  const pattern = async (seed: number) => {
    const { ask } = setUp([{ fault: "block", share: 0.3 }], { seed });
    const hits: boolean[] = [];
    for (let index = 0; index < 200; index++) hits.push((await ask()).failure !== null);
    return hits;
  };
  const [once, again, other] = [await pattern(5), await pattern(5), await pattern(6)];
  expect(once).toEqual(again);
  expect(once).not.toEqual(other);
  const share = once.filter(Boolean).length / once.length;
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(0.4);
});
