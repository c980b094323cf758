import type { FailureKind, SkipPreset } from "../contract/index.ts";

/** What follows from a failed attempt: the next link is tried, or the request ends with the failure. */
export type Consequence = "next" | "stop";

/**
 * What follows from each kind. `retryable_only` is seed 004's rule: rate limits, server errors (500, 502, 503, 504),
 * connection errors and time-outs move on, whatever the request itself or its key caused stops.
 * `always_answer` moves on from everything but a request that no link could accept, a content policy, and the person's own stop.
 */
const consequences: Record<SkipPreset, Record<FailureKind, Consequence>> = {
  always_answer: {
    rate_limited: "next",
    quota_exhausted: "next",
    overloaded: "next",
    server: "next",
    network: "next",
    timeout_connect: "next",
    timeout_first_token: "next",
    timeout_idle: "next",
    timeout_total: "next",
    truncated: "next",
    malformed: "next",
    auth: "next",
    not_found: "next",
    context_length: "next",
    content_policy: "stop",
    invalid_request: "stop",
    empty: "next",
    refusal: "stop",
    loop: "next",
    bad_output: "next",
    engine_crashed: "next",
    out_of_memory: "next",
    cancelled: "stop",
  },
  retryable_only: {
    rate_limited: "next",
    quota_exhausted: "next",
    overloaded: "next",
    server: "next",
    network: "next",
    timeout_connect: "next",
    timeout_first_token: "next",
    timeout_idle: "next",
    timeout_total: "next",
    truncated: "next",
    malformed: "stop",
    auth: "stop",
    not_found: "stop",
    context_length: "stop",
    content_policy: "stop",
    invalid_request: "stop",
    empty: "stop",
    refusal: "stop",
    loop: "stop",
    bad_output: "stop",
    engine_crashed: "next",
    out_of_memory: "next",
    cancelled: "stop",
  },
};

/** What follows from a failure of this kind under this preset. */
export function consequenceOf(kind: FailureKind, preset: SkipPreset): Consequence {
  return consequences[preset][kind];
}
