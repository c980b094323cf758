import {
  type AttemptEnd,
  type Clock,
  type Link,
  type Provider,
  type ProviderRequest,
  runAttempt,
} from "../chain/index.ts";
import type { Attempt, LinkConfig, Preset } from "../contract/index.ts";
import { linksOf } from "./links.ts";

/** Keys that a person typed to try them, by the link that they are tried with; they are saved nowhere. */
export type TrialKeys = WeakMap<Link, string>;

export interface LinkTesterParts {
  provider(link: Link): Provider;
  clock: Clock;
  presets: readonly Preset[];
  trialKeys: TrialKeys;
}

const question = {
  messages: [{ role: "user" as const, content: "Reply with the word OK." }],
  max_tokens: 16,
};

/** The settings' *Test* button: one short request through one link, saved or not, that no other link can answer. */
export class LinkTester {
  readonly #parts: LinkTesterParts;

  constructor(parts: LinkTesterParts) {
    this.#parts = parts;
  }

  async test(
    config: LinkConfig,
    apiKey?: string,
    signal?: AbortSignal,
  ): Promise<{ ok: boolean; attempt: Attempt }> {
    const { provider, clock, presets, trialKeys } = this.#parts;
    const [link] = linksOf({ fallback_chain: [config] }, presets) as [Link];
    if (apiKey !== undefined) trialKeys.set(link, apiKey);
    const { record } = await ask(
      provider(link),
      link,
      question,
      clock,
      signal ?? new AbortController().signal,
    );
    // A model that thinks first may use up the few tokens before it speaks: it works all the same.
    return { ok: record.outcome === "answered" || record.kind === "empty", attempt: record };
  }
}

/**
 * The cheapest honest request (seed 002): one token. Gives the time to it, milliseconds; null from a model that used it up before
 * it spoke. Rejects with the failure.
 */
export async function probe(
  provider: Provider,
  link: Link,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ firstTokenMs: number | null }> {
  const hello: ProviderRequest = { messages: [{ role: "user", content: "Hello" }], max_tokens: 1 };
  const end = await ask(provider, link, hello, clock, signal);
  if (end.outcome === "failed" && end.failure.kind !== "empty") throw end.failure;
  return { firstTokenMs: end.record.first_token_ms };
}

async function ask(
  provider: Provider,
  link: Link,
  request: ProviderRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  const attempt = runAttempt({
    provider,
    link,
    request,
    clock,
    signal,
    remainingMs: Number.POSITIVE_INFINITY,
  });
  let next = await attempt.next();
  while (!next.done) next = await attempt.next();
  return next.value;
}
