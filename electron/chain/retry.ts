import type { FailureKind } from "../contract/index.ts";
import { retryBudgetOf } from "./failure-table.ts";

/** How a link is asked again. Null where each failure kind's own default holds. */
export interface RetryPolicy {
  /** Caps the budget of every kind. */
  maxRetries: number;
  baseDelayMs: number | null;
  maxDelayMs: number;
  exponentialBase: number;
  /** Full jitter: a random share of the delay. Without it the delay is exact. */
  jitter: boolean;
}

export interface FailedTry {
  kind: FailureKind;
  /** How often this link was asked again already. */
  retriesSoFar: number;
  /** What the provider asked us to wait, milliseconds; null when it did not say. */
  retryAfterMs: number | null;
}

/**
 * How long to wait before the same link is asked again, milliseconds; null when it is not. The provider's own `Retry-After`
 * decides where there is one. Else exponential back-off, up to `maxDelayMs`, with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function retryDelayMs(
  { kind, retriesSoFar, retryAfterMs }: FailedTry,
  policy: RetryPolicy,
  random: () => number,
): number | null {
  const budget = retryBudgetOf(kind);
  if (!budget || retriesSoFar >= Math.min(budget.retries, policy.maxRetries)) return null;
  if (retryAfterMs !== null) return retryAfterMs;
  const base = policy.baseDelayMs ?? budget.baseDelayMs;
  const delay = Math.min(policy.maxDelayMs, base * policy.exponentialBase ** retriesSoFar);
  return policy.jitter ? delay * random() : delay;
}
