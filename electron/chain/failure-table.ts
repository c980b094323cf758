import type { FailureKind, SkipPreset } from "../contract/index.ts";

/** What follows from a failed attempt: the next link is tried, or the request ends with the failure. */
export type Consequence = "next" | "stop";

/** How often the same link is asked again, and after what first delay, where the link does not say otherwise. */
export interface RetryBudget {
  retries: number;
  baseDelayMs: number;
}

interface Row {
  always_answer: Consequence;
  retryable_only: Consequence;
  /** Null: asking the same link again would not help. */
  retry: RetryBudget | null;
  /** Whether it tells against the link's health: the breaker counts it. What the request itself caused does not. */
  counts: boolean;
}

const row = (
  always_answer: Consequence,
  retryable_only: Consequence,
  retry: RetryBudget | null,
  counts: boolean,
): Row => ({
  always_answer,
  retryable_only,
  retry,
  counts,
});
const retries = (count: number, baseDelayMs: number): RetryBudget => ({ retries: count, baseDelayMs });

/**
 * What follows from each kind. `retryable_only` is seed 004's rule: rate limits, server errors (500, 502, 503, 504),
 * connection errors and time-outs move on, whatever the request itself or its key caused stops. `always_answer` moves on
 * from everything but a request that no link could accept, a content policy, a refusal, a loop, and the person's own stop.
 * The retry budgets are seed 001's composite policy: rate limits, time-outs and the rest have their own.
 */
const table: Record<FailureKind, Row> = {
  //                        always_answer, retryable_only, retries, counts
  rate_limited: row("next", "next", retries(5, 1_000), true),
  quota_exhausted: row("next", "next", null, true),
  overloaded: row("next", "next", retries(3, 500), true),
  server: row("next", "next", retries(3, 500), true),
  network: row("next", "next", retries(3, 250), true),
  timeout_connect: row("next", "next", retries(3, 250), true),
  timeout_first_token: row("next", "next", retries(3, 500), true),
  timeout_idle: row("next", "next", retries(3, 500), true),
  timeout_total: row("next", "next", null, true),
  truncated: row("next", "next", retries(3, 250), true),
  malformed: row("next", "stop", null, true),
  auth: row("next", "stop", null, true),
  not_found: row("next", "stop", null, true),
  context_length: row("next", "stop", null, false),
  content_policy: row("stop", "stop", null, false),
  invalid_request: row("stop", "stop", null, false),
  empty: row("next", "stop", null, true),
  refusal: row("stop", "stop", null, false),
  loop: row("stop", "stop", null, false),
  bad_output: row("next", "stop", null, false),
  engine_crashed: row("next", "next", retries(1, 0), true),
  out_of_memory: row("next", "next", null, true),
  cancelled: row("stop", "stop", null, false),
};

/** A person's own additions to a preset: kinds that move on, and kinds that stop, whatever the preset says. */
export interface SkipOverrides {
  next: readonly FailureKind[];
  stop: readonly FailureKind[];
}

/** The rule of a chain: a preset, and what was changed in it. */
export interface SkipRule extends SkipOverrides {
  preset: SkipPreset;
}

/** What follows from a failure of this kind; a link's own overrides stand above the chain's. `cancelled` always stops. */
export function consequenceOf(
  kind: FailureKind,
  rule: SkipRule,
  own: SkipOverrides | null = null,
): Consequence {
  if (kind === "cancelled") return "stop";
  for (const overrides of [own, rule]) {
    if (overrides?.next.includes(kind)) return "next";
    if (overrides?.stop.includes(kind)) return "stop";
  }
  return table[kind][rule.preset];
}

/** How often the same link may be asked again after a failure of this kind; null for never. */
export function retryBudgetOf(kind: FailureKind): RetryBudget | null {
  return table[kind].retry;
}

/** Whether a failure of this kind counts against the link's breaker. */
export function countsAgainstLink(kind: FailureKind): boolean {
  return table[kind].counts;
}
