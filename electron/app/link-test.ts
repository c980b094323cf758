import { type Clock, type Link, type Provider, runAttempt } from "../chain/index.ts";
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
    const attempt = runAttempt({
      provider: provider(link),
      link,
      request: question,
      clock,
      signal: signal ?? new AbortController().signal,
      remainingMs: Number.POSITIVE_INFINITY,
    });
    let next = await attempt.next();
    while (!next.done) next = await attempt.next();
    const { record } = next.value;
    // A model that thinks first may use up the few tokens before it speaks: it works all the same.
    return { ok: record.outcome === "answered" || record.kind === "empty", attempt: record };
  }
}
