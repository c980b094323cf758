import { Chain, type Link, openGate, type Provider, systemClock } from "../../electron/chain/index.ts";
import type { ChatRequest } from "../../electron/contract/index.ts";
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

/** A chain as the app composes it, with the app's notices, and without a cache. */
export function chainOver(links: readonly Link[], provider: Provider): Chain {
  return new Chain({
    rules: () => ({
      links,
      strategy: "priority",
      skip: { preset: "always_answer", next: [], stop: [] },
      recovery: "continue",
      hedge: { after: "off", with: "next" },
      level: "full",
      deadlineMs: 300_000,
      offline: { message: "Nothing answers.", retryAfterMs: 60_000 },
    }),
    provider: () => provider,
    gate: openGate,
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
    onAttempt() {},
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
