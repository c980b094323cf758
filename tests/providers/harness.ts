import {
  type Link,
  type Provider,
  type ProviderEvent,
  ProviderFailure,
  type ProviderRequest,
  systemClock,
} from "../../electron/chain/index.ts";
import type { ProviderName } from "../../electron/contract/index.ts";
import type { ProviderOptions } from "../../electron/providers/index.ts";

export const secret = "sk-test-0123456789abcdef";

export const options: ProviderOptions = { apiKey: () => secret, fetch, clock: systemClock };

/** A link with every default; `baseUrl` is the only thing that a test must say. */
export function linkTo(baseUrl: string | null, changes: Partial<Link> = {}): Link {
  return {
    id: "primary",
    provider: "openai" satisfies ProviderName,
    model: "plain",
    baseUrl,
    apiKeyEnv: "TEST_KEY",
    tier: "cloud",
    level: "full",
    priority: 1,
    weight: 1,
    timeouts: { connectMs: 1_000, firstTokenMs: 1_000, idleMs: 1_000, totalMs: 5_000 },
    capabilities: {
      vision: true,
      tools: true,
      jsonSchema: true,
      prefill: false,
      logprobs: false,
      contextWindow: null,
    },
    price: null,
    retry: { maxRetries: 0, baseDelayMs: null, maxDelayMs: 0, exponentialBase: 2, jitter: false },
    onFailure: null,
    ...changes,
  };
}

export const hello: ProviderRequest = { messages: [{ role: "user", content: "Hello" }] };

export interface Outcome {
  events: ProviderEvent[];
  failure: ProviderFailure | null;
}

/** Runs an attempt to its end. Anything thrown that is not a `ProviderFailure` fails the test. */
export async function attempt(
  provider: Provider,
  link: Link,
  request: ProviderRequest = hello,
  signal: AbortSignal = AbortSignal.timeout(4_000),
): Promise<Outcome> {
  const events: ProviderEvent[] = [];
  try {
    for await (const event of provider.stream(request, link, signal)) events.push(event);
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    return { events, failure: error };
  }
  return { events, failure: null };
}

/** The text of all deltas. */
export function textOf(events: readonly ProviderEvent[]): string {
  return events.map((event) => (event.type === "delta" ? (event.text ?? "") : "")).join("");
}
