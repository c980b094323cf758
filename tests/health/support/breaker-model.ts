import type { BreakerSettings, CircuitState } from "../../../electron/health/index.ts";

/** From each state, those that may follow it. */
export const legalTransitions: Record<CircuitState, CircuitState[]> = {
  closed: ["open"],
  open: ["half_open"],
  half_open: ["open", "closed"],
};

/** A stay in one state: what a breaker calls a generation. */
interface Stay {
  state: CircuitState;
  since: number;
  /** How long an open stay lasts. */
  lasts: number;
  holders: ModelPermit[];
  successes: number;
}

export interface ModelPermit {
  stay: Stay;
  takenAt: number;
  isReported: boolean;
}

export type Report = "success" | "counted" | "uncounted" | "reset_time" | "cancel";

/**
 * The rules of a breaker without a window, in the plainest form: what is known is worked out again from the stay at
 * every look, and a permit remembers the stay that it was given in. Times are milliseconds of one clock.
 */
export class BreakerModel {
  readonly settings: BreakerSettings;
  readonly history: CircuitState[] = ["closed"];
  failures = 0;
  lastFailure: number | null = null;
  refusedUntil = 0;
  #stay: Stay = { state: "closed", since: 0, lasts: 0, holders: [], successes: 0 };

  constructor(settings: BreakerSettings) {
    this.settings = settings;
  }

  stateAt(now: number): CircuitState {
    const { state, since, lasts } = this.#stay;
    if (state === "open" && now >= since + lasts) this.#enter("half_open", now);
    return this.#stay.state;
  }

  opensUntil(now: number): number | null {
    const recovery = this.stateAt(now) === "open" ? this.#stay.since + this.#stay.lasts : null;
    return this.refusedUntil > now ? this.refusedUntil : recovery;
  }

  acquire(now: number): ModelPermit | null {
    const state = this.stateAt(now);
    if (this.refusedUntil > now || state === "open") return null;
    if (state === "half_open" && this.placesTaken(now) >= this.#places()) return null;
    const permit = { stay: this.#stay, takenAt: now, isReported: false };
    this.#stay.holders.push(permit);
    return permit;
  }

  placesTaken(now: number): number {
    return this.#stay.holders.filter(
      ({ takenAt, isReported }) => !isReported && now < takenAt + this.settings.trialMs,
    ).length;
  }

  report(permit: ModelPermit, what: Report, resetMs: number, now: number): void {
    if (permit.isReported) return;
    const state = this.stateAt(now);
    permit.isReported = true;
    if (what === "reset_time") this.refusedUntil = Math.max(this.refusedUntil, now + resetMs);
    if (permit.stay !== this.#stay) return;
    if (what === "success") {
      this.#stay.successes += 1;
      const isOver = state === "closed" || this.#stay.successes >= this.settings.successThreshold;
      if (isOver) this.failures = 0;
      if (isOver && state === "half_open") this.#enter("closed", now);
    }
    if (what === "counted") {
      this.failures += 1;
      this.lastFailure = now;
      if (state === "half_open" || this.failures >= this.settings.failureThreshold) this.#enter("open", now);
    }
  }

  /** A restart loses the stay and every permit, and half open begins anew. */
  restart(now: number): void {
    const { state, since, lasts } = this.#stay;
    const left = state === "open" ? since + lasts - now : 0;
    this.#stay = { state, since: now, lasts: Math.max(left, 0), holders: [], successes: 0 };
  }

  #places(): number {
    const { halfOpenMaxCalls, successThreshold } = this.settings;
    const needed = successThreshold - this.#stay.successes;
    return successThreshold >= halfOpenMaxCalls
      ? Math.min(halfOpenMaxCalls, needed)
      : halfOpenMaxCalls - this.#stay.successes;
  }

  #enter(state: CircuitState, now: number): void {
    this.history.push(state);
    this.#stay = { state, since: now, lasts: this.settings.recoveryMs, holders: [], successes: 0 };
  }
}
