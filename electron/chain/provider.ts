import type {
  ChatRequest,
  FailureKind,
  FinishReason,
  Level,
  LinkTier,
  Price,
  ProviderName,
  TokenLogprob,
  ToolCallDelta,
  Usage,
} from "../contract/index.ts";

import type { SkipOverrides } from "./failure-table.ts";
import type { RetryPolicy } from "./retry.ts";

/** The four limits of an attempt, milliseconds. */
export interface Timeouts {
  connectMs: number;
  firstTokenMs: number;
  idleMs: number;
  totalMs: number;
}

/** What a link can do. `contextWindow` is tokens, null when it is not known. */
export interface LinkCapabilities {
  vision: boolean;
  tools: boolean;
  jsonSchema: boolean;
  prefill: boolean;
  logprobs: boolean;
  contextWindow: number | null;
}

/** How a link is asked again, and what follows when it fails for good, where that is not the chain's own rule. */
export interface LinkRules {
  retry: RetryPolicy;
  onFailure: SkipOverrides | null;
}

/** One element of the chain, every default filled in. */
export interface Link extends LinkRules {
  id: string;
  provider: ProviderName;
  model: string;
  baseUrl: string | null;
  apiKeyEnv: string | null;
  tier: LinkTier;
  level: Level;
  priority: number;
  weight: number;
  timeouts: Timeouts;
  capabilities: LinkCapabilities;
  price: Price | null;
}

/**
 * What a provider is asked: the request without what only the chain reads. `prefill` is the beginning of the answer, which the
 * provider continues without repeating it; `local_only` is for the last door before the network.
 */
export type ProviderRequest = Pick<
  ChatRequest,
  | "messages"
  | "max_tokens"
  | "temperature"
  | "top_p"
  | "stop"
  | "seed"
  | "tools"
  | "tool_choice"
  | "parallel_tool_calls"
  | "response_format"
  | "logprobs"
  | "local_only"
> & { prefill?: string };

/**
 * What a provider tells of an attempt, in this order: `connected` once, when the request is on its way over a live connection
 * (or the engine has taken it); `head` once, when the response head is there, for providers that speak HTTP; `delta`s;
 * `finish` once, when the provider itself said that the answer is whole. A stream that ends without `finish` is truncated.
 * `dropped` of a `head` names what the request asks for and the provider can't be told, such as `seed`; that of a `finish` what
 * was lost on the way, such as `history`.
 * A `delta` carries text, reasoning, or a piece of a tool call; log-probabilities come with the text or behind it.
 */
export type ProviderEvent =
  | { type: "connected" }
  | { type: "head"; status: number; requestId: string | null; dropped?: readonly string[] }
  | {
      type: "delta";
      text?: string;
      reasoning?: string;
      tool_call?: ToolCallDelta;
      logprobs?: TokenLogprob[];
    }
  | {
      type: "finish";
      reason: FinishReason;
      model: string | null;
      usage: Usage | null;
      dropped?: readonly string[];
    };

/**
 * A provider family. `stream` throws a `ProviderFailure` and nothing else, never retries, and gives up its socket
 * or generation within 100 ms when `signal` aborts or the iterator is returned.
 */
export interface Provider {
  stream(request: ProviderRequest, link: Link, signal: AbortSignal): AsyncIterable<ProviderEvent>;
}

export interface ProviderFailureDetails {
  /** HTTP status, where there was one. */
  status?: number | null;
  requestId?: string | null;
  /** How long the provider asked us to wait, milliseconds. */
  retryAfterMs?: number | null;
  cause?: unknown;
}

/** How a provider fails: a kind of the closed union and a text for the person, with every secret taken out. */
export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
  readonly kind: FailureKind;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;

  constructor(kind: FailureKind, message: string, details: ProviderFailureDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.kind = kind;
    this.status = details.status ?? null;
    this.requestId = details.requestId ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}
