import type { FailureKind } from "../contract/index.ts";
import type { Link } from "./provider.ts";

/** Leave to try a link once. Exactly one of its three ends is reported, when the stream has ended. */
export interface Permit {
  success(): void;
  /** `resetMs`: how long the provider asked us to stay away. */
  failure(kind: FailureKind, resetMs: number | null): void;
  /** The attempt was stopped by us; it says nothing of the link. */
  cancel(): void;
}

/** Why a link may not be tried now: its breaker is open, its quota is used up, the machine is offline, the budget is spent. */
export interface Refusal {
  refused: true;
  /** The kind of failure that led there. */
  kind: FailureKind;
  /** A sentence for the person. */
  message: string;
}

/** Says which links may be tried now, and in what order they do best. `health/` and the budget are behind it. */
export interface Gate {
  tryAcquire(link: Link): Permit | Refusal;
  /** Share of its weight that a link has left after its recent failures, 0 to 1 (seed 003). */
  confidence(link: Link): number;
  /** Usual time to the first token, milliseconds; null when it is not known. */
  latencyMs(link: Link): number | null;
  /** The 95th percentile of the time to the first token; null when it is not known. */
  p95Ms(link: Link): number | null;
}

const freePermit: Permit = { success() {}, failure() {}, cancel() {} };

/** Lets everything pass and knows nothing: for a chain without memory. */
export const openGate: Gate = {
  tryAcquire: () => freePermit,
  confidence: () => 1,
  latencyMs: () => null,
  p95Ms: () => null,
};
