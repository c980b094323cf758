import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { FailureKind } from "../../electron/contract/index.ts";
import { Breaker, type BreakerSettings, type Permit } from "../../electron/health/index.ts";
import { BreakerModel, legalTransitions, type ModelPermit, type Report } from "./support/breaker-model.ts";
import { ManualClock } from "./support/manual-clock.ts";

// Hundreds of histories take a second on an idle machine and several on a busy one.
vi.setConfig({ testTimeout: 30_000 });

const kinds: Partial<Record<Report, FailureKind>> = {
  counted: "server",
  uncounted: "invalid_request",
  reset_time: "rate_limited",
};

type Step =
  | { do: "acquire" }
  | { do: "report"; permit: number; what: Report; resetMs: number }
  | { do: "pass"; ms: number }
  | { do: "restart" };

const settings: fc.Arbitrary<BreakerSettings> = fc.record({
  failureThreshold: fc.integer({ min: 1, max: 4 }),
  recoveryMs: fc.integer({ min: 0, max: 30 }),
  halfOpenMaxCalls: fc.integer({ min: 1, max: 4 }),
  successThreshold: fc.integer({ min: 1, max: 5 }),
  trialMs: fc.integer({ min: 1, max: 40 }),
  window: fc.constant(null),
});

/** Reports name any permit ever given, so early, late and repeated ones all come up. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("acquire" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("report" as const),
      permit: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 3 }) }, fc.nat(30)),
      what: fc.oneof(
        { weight: 4, arbitrary: fc.constant<Report>("counted") },
        { weight: 4, arbitrary: fc.constant<Report>("success") },
        fc.constantFrom<Report>("uncounted", "reset_time", "cancel"),
      ),
      resetMs: fc.integer({ min: -5, max: 25 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
);

class History {
  readonly clock = new ManualClock();
  readonly model: BreakerModel;
  readonly seen = new Set<string>();
  #breaker: Breaker;
  /** The newest first. */
  #permits: { real: Permit; model: ModelPermit }[] = [];

  constructor(settings: BreakerSettings) {
    this.model = new BreakerModel(settings);
    this.#breaker = this.#create();
  }

  run(step: Step): void {
    const now = this.clock.monotonic();
    if (step.do === "pass") this.clock.pass(step.ms);
    else if (step.do === "acquire") this.acquire(now);
    else if (step.do === "restart") this.#restart(now);
    else this.#report(step, now);
  }

  check(): void {
    const now = this.clock.monotonic();
    const iso = (ms: number | null) =>
      ms === null ? null : new Date(this.clock.now() - now + ms).toISOString();
    const state = this.model.stateAt(now);
    const opensUntil = this.model.opensUntil(now);
    expect(this.#breaker.snapshot()).toEqual({
      state: opensUntil === null ? state : "open",
      failure_count: this.model.failures,
      last_failure: iso(this.model.lastFailure),
      opens_until: iso(opensUntil),
    });
    if (state === "half_open")
      expect(this.model.placesTaken(now)).toBeLessThanOrEqual(this.model.settings.halfOpenMaxCalls);
  }

  /** Whether a permit was given. */
  acquire(now: number): boolean {
    const refusal = this.#breaker.refusal();
    const real = this.#breaker.tryAcquire();
    const model = this.model.acquire(now);
    expect(real === null).toBe(model === null);
    expect(refusal === null).toBe(model !== null);
    this.seen.add(`${model ? "permitted" : "refused"} ${this.model.stateAt(now)}`);
    if (real && model) this.#permits.unshift({ real, model });
    return real !== null;
  }

  #report({ permit, what, resetMs }: Step & { do: "report" }, now: number): void {
    const found = this.#permits[permit];
    if (!found) return;
    this.model.report(found.model, what, resetMs, now);
    const kind = kinds[what];
    if (what === "success") found.real.success();
    else if (kind) found.real.failure(kind, what === "reset_time" ? resetMs : null);
    else found.real.cancel();
  }

  #restart(now: number): void {
    const saved = JSON.stringify(this.#breaker);
    this.#breaker = this.#create();
    expect(this.#breaker.restore(JSON.parse(saved))).toBe(true);
    this.model.stateAt(now);
    this.model.restart(now);
    this.#permits = [];
  }

  #create(): Breaker {
    return new Breaker({
      settings: this.model.settings,
      clock: this.clock,
      counts: (kind) => kind === "server",
    });
  }
}

it("does in every history what the plain rules say, and moves along legal transitions only", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 120, size: "max" }), (chosen, steps) => {
      const history = new History(chosen);
      for (const next of steps) {
        history.run(next);
        history.check();
      }
      const states = history.model.history;
      for (const [index, state] of states.slice(1).entries()) {
        const before = states[index];
        if (before) expect(legalTransitions[before]).toContain(state);
        seen.add(`${before} to ${state}`);
      }
      for (const one of history.seen) seen.add(one);
    }),
    { numRuns: 500, seed: 4 },
  );
  expect([...seen].sort()).toEqual([
    "closed to open",
    "half_open to closed",
    "half_open to open",
    "open to half_open",
    "permitted closed",
    "permitted half_open",
    "refused closed",
    "refused half_open",
    "refused open",
  ]);
});

it("is never wedged: whatever came before, it permits a call once its waits are over", () => {
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 80, size: "max" }), (chosen, steps) => {
      const history = new History(chosen);
      for (const next of steps) history.run(next);
      history.clock.pass(100);
      expect(history.acquire(history.clock.monotonic())).toBe(true);
    }),
    { numRuns: 300, seed: 4 },
  );
});
