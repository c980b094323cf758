import {
  type AnswerCache,
  Chain,
  type ChainRules,
  type Gate,
  type Link,
  openGate,
} from "../../electron/chain/index.ts";
import type { Attempt, ChainEvent, ChatRequest, Finished } from "../../electron/contract/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { linkOf, ScriptedProvider, type Step } from "../fixtures/scripted-provider.ts";

export const first = linkOf({ id: "first", priority: 1, price: { input: 1, output: 10 } });
export const second = linkOf({ id: "second", tier: "backup", priority: 2 });
export const local = linkOf({ id: "local", tier: "local", level: "reduced", priority: 3 });

export const asking: ChatRequest = { messages: [{ role: "user", content: "Why?" }] };

interface Setup {
  links?: Link[];
  scripts: Record<string, Step[][]>;
  rules?: Partial<ChainRules>;
  cache?: AnswerCache;
  gate?: Partial<Gate>;
}

export function setUp({ links = [first, second, local], scripts, rules, cache, gate }: Setup) {
  const clock = new FakeClock();
  const provider = new ScriptedProvider(clock, scripts);
  const attempts: Attempt[] = [];
  const chain = new Chain({
    rules: () => ({
      links,
      strategy: "priority",
      skip: { preset: "always_answer", next: [], stop: [] },
      hedge: { after: "off", with: "next" },
      level: "full",
      recovery: "restart",
      deadlineMs: 120_000,
      offline: { message: "Nothing can answer now.", retryAfterMs: 60_000 },
      ...rules,
    }),
    provider: () => provider,
    gate: { ...openGate, ...gate },
    random: () => 0.5,
    clock,
    cache: cache ?? null,
    notices: () => [],
    onAttempt: (attempt) => attempts.push(attempt),
  });
  const abort = new AbortController();
  /** Runs a request to its end, turning time in steps of 100 ms as long as it takes. */
  const run = async (request = asking): Promise<ChainEvent[]> => {
    const events: ChainEvent[] = [];
    let over = false;
    const all = (async () => {
      for await (const event of chain.run(request, abort.signal)) events.push(event);
    })().finally(() => {
      over = true;
    });
    for (let turns = 0; !over && turns < 5_000; turns++) await clock.advance(100);
    await all;
    return events;
  };
  return { chain, clock, provider, attempts, abort, run };
}

export const finishedOf = (events: ChainEvent[]) => events.at(-1) as Finished;
export const textOf = (events: ChainEvent[]) => {
  let text = "";
  for (const event of events) {
    if (event.type === "retracted") text = "";
    if (event.type === "delta") text += event.text ?? "";
  }
  return text;
};
