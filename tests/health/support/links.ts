import type { Link } from "../../../electron/chain/index.ts";

/** A cloud link with what a test says otherwise. */
export function link(id: string, over: Partial<Link> = {}): Link {
  return {
    id,
    provider: "openai-compatible",
    model: "m",
    baseUrl: `https://${id}.example/v1`,
    apiKeyEnv: null,
    tier: "cloud",
    level: "full",
    priority: 1,
    weight: 1,
    timeouts: { connectMs: 1_000, firstTokenMs: 1_000, idleMs: 1_000, totalMs: 10_000 },
    capabilities: { vision: false, tools: false, jsonSchema: false, prefill: false, contextWindow: null },
    price: null,
    retry: { maxRetries: 0, baseDelayMs: null, maxDelayMs: 0, exponentialBase: 2, jitter: false },
    onFailure: null,
    ...over,
  };
}
