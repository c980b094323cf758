import type { Clock } from "../chain/index.ts";
import type { FailureKind } from "../contract/index.ts";
import type { BreakerSettings } from "./breaker-settings.ts";
import { type BreakerState, breakerState } from "./breaker-state.ts";
import { CallWindow, isSlow } from "./call-window.ts";
import { Wait } from "./wait.ts";

export type CircuitState = "closed" | "open" | "half_open";

/** A breaker as `/v1/circuits` tells of it. Times are ISO 8601. */
export interface Circuit {
  state: CircuitState;
  failure_count: number;
  last_failure: string | null;
  opens_until: string | null;
}

/**
 * Why a call is refused now: the breaker is open, as many trials as it allows while half open are under way, or the provider asked
 * to be left alone (a quota, or a `Retry-After` too long to wait for). `kind` is the failure that led there, null when calls were only
 * slow. `until` is milliseconds since the epoch, null when only a running trial can tell.
 */
export type BreakerRefusal = { kind: FailureKind | null } & (
  | { reason: "open" | "reset_time"; until: number }
  | { reason: "trials_taken"; until: null }
);

/**
 * Leave to make one call. One report, when the stream has ended and not when it opens; further ones are ignored.
 * Leaving its scope unreported cancels it.
 */
export interface Permit extends Disposable {
  success(): void;
  /** @param refuseForMs how long the provider asked to be left alone, where the caller will not wait that long itself */
  failure(kind: FailureKind, refuseForMs?: number | null): void;
  /** The call said nothing of the link: it neither closes nor opens the breaker, and frees its half-open place. */
  cancel(): void;
}

/** What another gateway found out. Waits are milliseconds from now, 0 where there is none. */
export interface FoundElsewhere {
  state: "open" | "closed";
  opensInMs: number;
  refusedInMs: number;
  kind: FailureKind | null;
  refusedKind: FailureKind | null;
  failures: number;
}

export interface BreakerParts {
  settings: BreakerSettings;
  clock: Clock;
  /** Whether a failure of this kind says that the link is ill. One that does not is taken like `cancel`. */
  counts(kind: FailureKind): boolean;
  /** Told after each change: of the state, or only of a count. It must not throw. */
  onChange?(what: "state" | "count"): void;
}

/**
 * What may be wrong of this gateway's own way alone: this machine's network, and the key that it was given. Neither is news for other
 * gateways, nor do theirs show that it is over.
 */
export const ofOwnWay: ReadonlySet<FailureKind> = new Set(["network", "timeout_connect", "auth"]);

/** No quota lasts longer: a nonsensical date must not shut a link out for good. */
const longestRefusalMs = 32 * 24 * 3_600_000;

/**
 * The circuit breaker of one link (seeds 001 and 002). What happens follows from reports and time alone; nothing is queued and no
 * timer runs. Each state has a generation, and a permit belongs to the generation that gave it. A report of an earlier one is late:
 * - closed: a late success must not wipe out the failures counted since, and a late failure was of the time before the recovery;
 * - open: a late success may be older than what opened it, and a late failure must not lengthen the wait. Only trials show recovery;
 * - half open: a late report holds no place here, so it frees none, and only trials of this recovery may close or open it.
 * So late reports count for nothing in every state; the reset time that a late failure brings is a fact, and is kept.
 */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #clock: Clock;
  readonly #counts: BreakerParts["counts"];
  readonly #onChange: NonNullable<BreakerParts["onChange"]>;
  readonly #window: CallWindow | null;
  #state: CircuitState = "closed";
  #generation = 0;
  #failures = 0;
  #lastFailure: number | null = null;
  #lastKind: FailureKind | null = null;
  /** Set while open. */
  #recovery: Wait | null = null;
  #refusedFor: Wait | null = null;
  #refusedKind: FailureKind | null = null;
  /** Half open: the places taken, each with the monotonic time at which it is given to another. */
  #trials = new Set<{ expiresAt: number }>();
  #successes = 0;
  #slowSuccesses = 0;

  constructor({ settings, clock, counts, onChange = () => {} }: BreakerParts) {
    this.#settings = settings;
    this.#clock = clock;
    this.#counts = counts;
    this.#onChange = onChange;
    this.#window = settings.window && new CallWindow(settings.window);
  }

  /** Leave to call the link now, or null: nobody waits here. */
  tryAcquire(): Permit | null {
    return this.refusal() ? null : this.#permit();
  }

  /** Why `tryAcquire` would refuse now, or null when it would not. Takes nothing. */
  refusal(): BreakerRefusal | null {
    this.#follow();
    const kind = this.#lastKind;
    if (this.#refusedFor)
      return { reason: "reset_time", until: this.#refusedFor.until, kind: this.#refusedKind };
    if (this.#recovery) return { reason: "open", until: this.#recovery.until, kind };
    if (this.#state === "half_open" && !this.#hasPlace())
      return { reason: "trials_taken", until: null, kind };
    return null;
  }

  /** A link whose provider asked to be left alone is shown as open until then: nothing gets through to it. */
  snapshot(): Circuit {
    const refusal = this.refusal();
    const until = refusal?.until ?? null;
    return {
      state: until === null ? this.#state : "open",
      failure_count: this.#failures,
      last_failure: this.#lastFailure === null ? null : new Date(this.#lastFailure).toISOString(),
      opens_until: until === null ? null : new Date(until).toISOString(),
    };
  }

  /** Closes it and forgets all that was counted: for a link that was mended by hand. */
  reset(): void {
    this.#refusedFor = null;
    this.#failures = 0;
    this.#lastFailure = null;
    this.#lastKind = null;
    this.#enter("closed");
  }

  toJSON(): BreakerState {
    this.#follow();
    return {
      version: 1,
      state: this.#state === "closed" ? "closed" : "open",
      failure_count: this.#failures,
      last_failure: this.#lastFailure,
      last_kind: this.#lastKind,
      opens_until: this.#state === "closed" ? null : (this.#recovery?.until ?? this.#clock.now()),
      refused_until: this.#refusedFor?.until ?? null,
      refused_kind: this.#refusedFor && this.#refusedKind,
    };
  }

  /** Takes up what `toJSON` gave; false, and nothing changed, when it can't be read or is of a newer version. */
  restore(json: unknown): boolean {
    const { data: saved } = breakerState.safeParse(json);
    if (!saved) return false;
    this.#refusedFor = null;
    this.#failures = saved.failure_count;
    this.#lastFailure = saved.last_failure;
    this.#lastKind = saved.last_kind;
    if (saved.refused_until !== null)
      this.#refuseFor(saved.refused_until - this.#clock.now(), saved.refused_kind);
    // The calendar may have been set back since: no wait is longer than a fresh one.
    const waitMs = Math.min((saved.opens_until ?? 0) - this.#clock.now(), this.#settings.recoveryMs);
    this.#enter(saved.state, Math.max(waitMs, 0));
    return true;
  }

  /**
   * Takes up what another gateway found out about the same place. An opening holds until the later of both ends; one that it closed is
   * closed here too, for its trials were of the same recovery, unless it is this gateway's own way that failed: its own trials end that.
   * Waits are milliseconds from now.
   */
  adopt(found: FoundElsewhere): void {
    this.#follow();
    if (found.refusedInMs > 0) this.#refuseFor(found.refusedInMs, found.refusedKind);
    if (found.state === "closed") {
      if (this.#state === "closed" || this.#isOwnTrouble) return;
      this.#failures = 0;
      this.#enter("closed");
      return;
    }
    const waitMs = Math.min(found.opensInMs, this.#settings.recoveryMs);
    const endsAt = this.#clock.now() + waitMs;
    if (waitMs <= 0 || (this.#recovery && this.#recovery.until >= endsAt)) return;
    this.#failures = Math.max(this.#failures, found.failures);
    this.#lastFailure = this.#clock.now();
    if (!this.#isOwnTrouble) this.#lastKind = found.kind;
    this.#enter("open", waitMs);
  }

  /** Whether it is left alone because of this gateway's own way to it. */
  get #isOwnTrouble(): boolean {
    return this.#state !== "closed" && this.#lastKind !== null && ofOwnWay.has(this.#lastKind);
  }

  #permit(): Permit {
    const generation = this.#generation;
    const startedAt = this.#clock.monotonic();
    const trial = { expiresAt: startedAt + this.#settings.trialMs };
    if (this.#state === "half_open") this.#trials.add(trial);
    let reported = false;
    const report = (take: (isLate: boolean, durationMs: number) => void) => {
      if (reported) return;
      reported = true;
      this.#follow();
      this.#trials.delete(trial);
      take(generation !== this.#generation, this.#clock.monotonic() - startedAt);
    };
    const cancel = () => report(() => {});
    return {
      success: () =>
        report((isLate, durationMs) => {
          if (isLate) return;
          if (this.#state === "half_open") this.#trialSucceeded(durationMs);
          else this.#succeeded(durationMs);
        }),
      failure: (kind, refuseForMs) =>
        report((isLate, durationMs) => {
          if (refuseForMs) this.#refuseFor(refuseForMs, kind);
          if (!isLate && this.#counts(kind)) this.#failed(kind, durationMs);
        }),
      cancel,
      [Symbol.dispose]: cancel,
    };
  }

  /** Lets the state follow the time that has passed. */
  #follow(): void {
    if (this.#refusedFor?.over) {
      this.#refusedFor = null;
      this.#onChange("state");
    }
    if (this.#recovery?.over) this.#enter("half_open");
    if (this.#trials.size === 0) return;
    // A trial that hangs, or whose report got lost, loses its place and nothing else: as long as
    // the state lasts, what it has to say is still news of this recovery.
    const now = this.#clock.monotonic();
    for (const trial of this.#trials) if (trial.expiresAt <= now) this.#trials.delete(trial);
  }

  /** Never more at once than allowed, and no more than are needed to close, where all that are allowed suffice for that. */
  #hasPlace(): boolean {
    const { halfOpenMaxCalls, successThreshold } = this.#settings;
    const useful = Math.max(halfOpenMaxCalls, successThreshold) - this.#successes;
    return this.#trials.size < Math.min(halfOpenMaxCalls, useful);
  }

  #succeeded(durationMs: number): void {
    const hadFailures = this.#failures > 0;
    this.#failures = 0;
    const now = this.#clock.monotonic();
    this.#window?.add(now, false, durationMs);
    if (this.#window?.isBad(now)) this.#enter("open");
    else if (hadFailures) this.#onChange("count");
  }

  #trialSucceeded(durationMs: number): void {
    const { successThreshold, window } = this.#settings;
    this.#successes += 1;
    if (window && isSlow(durationMs, window)) this.#slowSuccesses += 1;
    if (this.#successes < successThreshold) return;
    // Trials that succeed too slowly show a link that the window would shut out again at once.
    const isTooSlow = window !== null && this.#slowSuccesses / this.#successes >= window.slowRate;
    if (!isTooSlow) this.#failures = 0;
    this.#enter(isTooSlow ? "open" : "closed");
  }

  #failed(kind: FailureKind, durationMs: number): void {
    this.#failures += 1;
    this.#lastFailure = this.#clock.now();
    this.#lastKind = kind;
    const now = this.#clock.monotonic();
    this.#window?.add(now, true, durationMs);
    const opens =
      this.#state === "half_open" ||
      this.#failures >= this.#settings.failureThreshold ||
      this.#window?.isBad(now);
    if (opens) this.#enter("open");
    else this.#onChange("count");
  }

  /** Of two reset times the later holds: a short rate limit does not lift a quota. */
  #refuseFor(ms: number, kind: FailureKind | null): void {
    if (!(ms > 0)) return;
    const wait = new Wait(this.#clock, Math.min(ms, longestRefusalMs));
    if (this.#refusedFor && this.#refusedFor.until >= wait.until) return;
    this.#refusedFor = wait;
    this.#refusedKind = kind;
    this.#onChange("state");
  }

  /** The only way from one state to another, and so to the next generation. */
  #enter(state: CircuitState, waitMs = this.#settings.recoveryMs): void {
    this.#state = state;
    this.#generation += 1;
    this.#recovery = state === "open" ? new Wait(this.#clock, waitMs) : null;
    this.#trials.clear();
    this.#successes = 0;
    this.#slowSuccesses = 0;
    this.#window?.clear();
    this.#onChange("state");
  }
}
