import { z } from "zod";
import { failureKind } from "../contract/index.ts";

/** Up to the last moment that a `Date` can hold. */
const epochMs = z.number().nonnegative().max(8.64e15);

/**
 * What a breaker keeps across a restart; all times are milliseconds since the epoch. `half_open` is not among the
 * states: its trials died with the process, so it is kept as an opening that is over. Neither is the sliding window:
 * it is short, and what it saw of the link is old by the next start.
 */
export const breakerState = z.object({
  version: z.literal(1),
  state: z.enum(["closed", "open"]),
  failure_count: z.int().nonnegative(),
  last_failure: epochMs.nullable(),
  last_kind: failureKind.nullable(),
  /** When trials may begin; null while closed. */
  opens_until: epochMs.nullable(),
  /** Until when the provider asked to be left alone; null when it did not. */
  refused_until: epochMs.nullable(),
  refused_kind: failureKind.nullable(),
});
export type BreakerState = z.infer<typeof breakerState>;
