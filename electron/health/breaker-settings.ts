import { type BreakerConfig, durationMs } from "../contract/index.ts";

/** Rates over a sliding window that open a breaker beside its count of failures in a row. Rates are 0 to 1. */
export interface WindowSettings {
  lengthMs: number;
  minimumCalls: number;
  failureRate: number;
  /** A call that takes longer is slow; null when none is. */
  slowMs: number | null;
  slowRate: number;
}

/** A breaker's settings, every default filled in. */
export interface BreakerSettings {
  failureThreshold: number;
  recoveryMs: number;
  halfOpenMaxCalls: number;
  successThreshold: number;
  /** How long a half-open permit keeps its place to itself. */
  trialMs: number;
  window: WindowSettings | null;
}

/**
 * Longer than most answers, and far shorter than a person's patience with a link that has long recovered: a permit that
 * is never reported keeps others from trying for no longer than this.
 */
const trialMs = 60_000;

/** Fills in what a link's `breaker` leaves out; the defaults of the first three are seed 001's. */
export function breakerSettings(config: BreakerConfig = {}): BreakerSettings {
  const halfOpenMaxCalls = config.half_open_max_calls ?? 3;
  return {
    failureThreshold: config.failure_threshold ?? 5,
    recoveryMs: durationMs(config.recovery_timeout ?? "30s"),
    halfOpenMaxCalls,
    successThreshold: config.success_threshold ?? halfOpenMaxCalls,
    trialMs,
    window: config.window === undefined ? null : windowSettings(config, durationMs(config.window)),
  };
}

function windowSettings(config: BreakerConfig, lengthMs: number): WindowSettings {
  return {
    lengthMs,
    minimumCalls: config.minimum_calls ?? 10,
    failureRate: config.failure_rate ?? 0.5,
    slowMs: config.slow_call === undefined ? null : durationMs(config.slow_call),
    slowRate: config.slow_call_rate ?? 0.5,
  };
}
