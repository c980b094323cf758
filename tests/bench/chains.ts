import { networkInterfaces } from "node:os";
import {
  Chain,
  type ChainParts,
  countsAgainstLink,
  type Link,
  openGate,
  type Provider,
  systemClock,
} from "../../electron/chain/index.ts";
import type { ChatRequest, Strategy } from "../../electron/contract/index.ts";
import {
  Breakers,
  Connectivity,
  HealthGate,
  Latencies,
  networkOf,
  Weights,
} from "../../electron/health/index.ts";
import { noticesOf } from "../../electron/notices/index.ts";
import { createProviders } from "../../electron/providers/index.ts";
import { english } from "../fixtures/english.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";

export const question: ChatRequest = {
  messages: [
    { role: "system", content: "You are a helpful assistant." },
    { role: "user", content: "What happens when I lose my connection?" },
  ],
};

/** A signal that never aborts. */
export const patience = new AbortController().signal;

/** A link to a server that speaks OpenAI's format. */
export const httpLink = (id: string, url: string, model: string): Link =>
  linkOf({ id, provider: "openai", baseUrl: url, model });

const budget = { warning: false, reached: false, cap_usd: null, spent_usd: 0 };

/** Breakers, connectivity, weights and latencies as the app composes them; nothing is kept on the disk. */
export function gateOver(links: readonly Link[]): HealthGate {
  const clock = systemClock;
  const onWarning = (text: string) => {
    throw new Error(text);
  };
  const gate = new HealthGate({
    clock,
    breakers: new Breakers({
      clock,
      counts: countsAgainstLink,
      store: { load: () => null, save() {} },
      onWarning,
    }),
    connectivity: new Connectivity({ clock, network: () => networkOf(networkInterfaces()) ?? "loopback" }),
    weights: new Weights({ clock, counts: countsAgainstLink }),
    latencies: new Latencies({ clock }),
  });
  gate.configure(links);
  return gate;
}

/** A chain as the app composes it, with the app's notices, breakers and weights, and without a cache. */
export function chainOver(links: readonly Link[], provider: Provider): Chain {
  const gate = gateOver(links);
  return chainWith(links, provider, {
    gate,
    strategy: "weighted",
    onAttempt: (attempt) => gate.record(attempt),
  });
}

/** A chain that asks its links in their order, however often they fail: a breaker would soon leave out a link that is to fail. */
export const tirelessChainOver = (links: readonly Link[], provider: Provider): Chain =>
  chainWith(links, provider, { gate: openGate, strategy: "priority", onAttempt() {} });

interface Policy extends Pick<ChainParts, "gate" | "onAttempt"> {
  strategy: Strategy;
}

/** A chain with the app's notices, by a policy of its own. */
export function chainWith(
  links: readonly Link[],
  provider: Provider,
  { strategy, gate, onAttempt }: Policy,
): Chain {
  return new Chain({
    rules: () => ({
      links,
      strategy,
      skip: { preset: "always_answer", next: [], stop: [] },
      recovery: "continue",
      hedge: { after: "off", with: "next" },
      level: "full",
      deadlineMs: 300_000,
      offline: { message: "Nothing answers.", retryAfterMs: 60_000 },
    }),
    provider: () => provider,
    gate,
    clock: systemClock,
    random: Math.random,
    cache: null,
    notices: (receipt, ending) =>
      noticesOf(receipt, {
        ...ending,
        locale: english,
        now: Date.now(),
        isStarter: () => false,
        restsUntil: () => null,
        budget,
      }),
    onAttempt,
  });
}

/** The provider of OpenAI's family over Node's own fetch. */
export const openai = (): Provider =>
  createProviders({ apiKey: () => "bench-key", fetch, clock: systemClock }).openai;

/** What was seen of one run; times are milliseconds since its start. */
export interface Ran {
  firstDeltaMs: number;
  totalMs: number;
  deltas: number;
}

/** Reads a run to its end. Throws when it ended without an answer: a bench of failures would be fast and worthless. */
export async function time(events: ReturnType<Chain["run"]>): Promise<Ran> {
  const started = performance.now();
  let firstDeltaMs = 0;
  let deltas = 0;
  let text = "";
  for await (const event of events) {
    if (event.type === "delta") {
      if (deltas === 0) firstDeltaMs = performance.now() - started;
      deltas += 1;
      text += event.text ?? "";
    } else if (event.type === "finished" && (event.failure !== null || event.answer.text !== text)) {
      throw new Error(`the chain did not answer: ${JSON.stringify(event.receipt.attempts)}`);
    }
  }
  return { firstDeltaMs, totalMs: performance.now() - started, deltas };
}
