import { describe, expect, it, vi } from "vitest";
import type { BreakerConfig, FailureKind } from "../../electron/contract/index.ts";
import { Breaker, breakerSettings, type FoundElsewhere, type Permit } from "../../electron/health/index.ts";
import { ManualClock } from "./support/manual-clock.ts";

const start = Date.UTC(2026, 0, 1);
const iso = (afterMs: number) => new Date(start + afterMs).toISOString();
const counts = (kind: FailureKind) => kind !== "invalid_request";

function setUp(config: BreakerConfig = {}) {
  const clock = new ManualClock();
  const onChange = vi.fn();
  const breaker = new Breaker({ settings: breakerSettings(config), clock, counts, onChange });
  return { clock, breaker, onChange };
}

/** A permit that must be there. */
function taken(breaker: Breaker): Permit {
  const permit = breaker.tryAcquire();
  if (!permit) throw new Error("the breaker refused");
  return permit;
}

function fail(breaker: Breaker, times: number): void {
  for (let n = 0; n < times; n++) taken(breaker).failure("server");
}

/** A breaker that has opened and waited out its recovery time. */
function halfOpen(config: BreakerConfig = {}) {
  const made = setUp({ failure_threshold: 1, ...config });
  fail(made.breaker, 1);
  made.clock.pass(30_000);
  expect(made.breaker.snapshot().state).toBe("half_open");
  return made;
}

describe("closed", () => {
  it("opens at the fifth failure in a row", () => {
    const { breaker, clock } = setUp();
    clock.pass(1_000);
    fail(breaker, 4);
    expect(breaker.snapshot()).toEqual({
      state: "closed",
      failure_count: 4,
      last_failure: iso(1_000),
      opens_until: null,
    });
    fail(breaker, 1);
    expect(breaker.snapshot()).toEqual({
      state: "open",
      failure_count: 5,
      last_failure: iso(1_000),
      opens_until: iso(31_000),
    });
    expect(breaker.tryAcquire()).toBeNull();
    expect(breaker.refusal()).toEqual({ reason: "open", until: start + 31_000, kind: "server" });
  });

  it("starts counting again after a success", () => {
    const { breaker } = setUp();
    fail(breaker, 4);
    taken(breaker).success();
    fail(breaker, 4);
    expect(breaker.snapshot().state).toBe("closed");
  });

  it.each([
    ["a failure that is not the link's", (permit: Permit) => permit.failure("invalid_request")],
    ["a cancelled call", (permit: Permit) => permit.cancel()],
    ["a permit dropped unreported", (permit: Permit) => permit[Symbol.dispose]()],
  ])("neither adds to the count nor clears it by %s", (_, report) => {
    const { breaker } = setUp();
    fail(breaker, 4);
    report(taken(breaker));
    expect(breaker.snapshot()).toMatchObject({ state: "closed", failure_count: 4 });
  });

  it("hears the first report of a permit only", () => {
    const { breaker } = setUp();
    const permit = taken(breaker);
    permit.failure("server");
    permit.failure("server");
    permit.success();
    expect(breaker.snapshot().failure_count).toBe(1);
  });

  it("ignores a success that began before the opening it has recovered from", () => {
    const { breaker, clock } = setUp({ failure_threshold: 2, half_open_max_calls: 1 });
    const early = taken(breaker);
    fail(breaker, 2);
    clock.pass(30_000);
    taken(breaker).success();
    fail(breaker, 1);
    early.success();
    expect(breaker.snapshot()).toMatchObject({ state: "closed", failure_count: 1 });
  });
});

describe("open", () => {
  it("ignores late successes and failures: neither closes it nor lengthens the wait", () => {
    const { breaker, clock } = setUp({ failure_threshold: 1 });
    const [first, second] = [taken(breaker), taken(breaker)];
    fail(breaker, 1);
    clock.pass(20_000);
    first.success();
    second.failure("server");
    expect(breaker.snapshot()).toMatchObject({ state: "open", failure_count: 1, opens_until: iso(30_000) });
  });

  it("lets trials through once the recovery time is over, and not a millisecond before", () => {
    const { breaker, clock } = setUp({ failure_threshold: 1 });
    fail(breaker, 1);
    clock.pass(29_999);
    expect(breaker.tryAcquire()).toBeNull();
    clock.pass(1);
    expect(breaker.tryAcquire()).not.toBeNull();
  });

  it("does not wait longer for a machine that slept, nor for a calendar that was set back", () => {
    const slept = setUp({ failure_threshold: 1 });
    fail(slept.breaker, 1);
    slept.clock.setCalendar(3_600_000);
    expect(slept.breaker.snapshot().state).toBe("half_open");

    const setBack = setUp({ failure_threshold: 1 });
    fail(setBack.breaker, 1);
    setBack.clock.setCalendar(-3_600_000);
    expect(setBack.breaker.snapshot().opens_until).toBe(iso(-3_600_000 + 30_000));
    setBack.clock.pass(30_000);
    expect(setBack.breaker.snapshot().state).toBe("half_open");
  });

  it("refuses in well under 20 microseconds", () => {
    const { breaker } = setUp({ failure_threshold: 1 });
    fail(breaker, 1);
    const times = Array.from({ length: 5_000 }, () => {
      const before = process.hrtime.bigint();
      breaker.tryAcquire();
      return Number(process.hrtime.bigint() - before) / 1_000;
    }).sort((a, b) => a - b);
    expect(times[2_500]).toBeLessThan(20);
  });
});

describe("half open", () => {
  it("refuses more trials at once than allowed, without queueing them", () => {
    const { breaker } = halfOpen();
    for (let n = 0; n < 3; n++) taken(breaker);
    expect(breaker.tryAcquire()).toBeNull();
    expect(breaker.refusal()).toEqual({ reason: "trials_taken", until: null, kind: "server" });
  });

  it("closes when as many trials as allowed have succeeded", () => {
    const { breaker } = halfOpen();
    for (let n = 0; n < 2; n++) taken(breaker).success();
    expect(breaker.snapshot().state).toBe("half_open");
    taken(breaker).success();
    expect(breaker.snapshot()).toMatchObject({ state: "closed", failure_count: 0, opens_until: null });
  });

  it("lets no more trials through than are needed to close", () => {
    const { breaker } = halfOpen();
    taken(breaker).success();
    taken(breaker);
    taken(breaker);
    expect(breaker.tryAcquire()).toBeNull();
  });

  it("closes at the success threshold, be it below or above the trials allowed at once", () => {
    const below = halfOpen({ success_threshold: 1 });
    taken(below.breaker).success();
    expect(below.breaker.snapshot().state).toBe("closed");

    const above = halfOpen({ half_open_max_calls: 1, success_threshold: 3 });
    for (let n = 0; n < 3; n++) {
      expect(above.breaker.snapshot().state).toBe("half_open");
      taken(above.breaker).success();
    }
    expect(above.breaker.snapshot().state).toBe("closed");
  });

  it("opens again at the first failed trial, for a whole recovery time", () => {
    const { breaker } = halfOpen();
    const other = taken(breaker);
    taken(breaker).failure("timeout_first_token");
    other.success();
    expect(breaker.snapshot()).toMatchObject({ state: "open", failure_count: 2, opens_until: iso(60_000) });
  });

  it("gets the place of a cancelled trial back, and is neither closed nor opened by it", () => {
    const { breaker } = halfOpen({ half_open_max_calls: 1 });
    taken(breaker).cancel();
    expect(breaker.snapshot().state).toBe("half_open");
    expect(breaker.tryAcquire()).not.toBeNull();
  });

  it("gives the place of a trial that hangs to another after a minute, and still hears what it says", () => {
    const { breaker, clock } = halfOpen({ half_open_max_calls: 1 });
    const hung = taken(breaker);
    clock.pass(59_999);
    expect(breaker.tryAcquire()).toBeNull();
    clock.pass(1);
    expect(breaker.tryAcquire()).not.toBeNull();
    hung.failure("timeout_total");
    expect(breaker.snapshot().state).toBe("open");
  });

  it("ignores late reports: none frees a place, closes or opens", () => {
    const { breaker, clock } = setUp({ failure_threshold: 1, half_open_max_calls: 1 });
    const [first, second, third] = [taken(breaker), taken(breaker), taken(breaker)];
    fail(breaker, 1);
    clock.pass(30_000);
    taken(breaker);
    first.success();
    second.failure("server");
    third.cancel();
    expect(breaker.snapshot().state).toBe("half_open");
    expect(breaker.tryAcquire()).toBeNull();
  });

  it("ignores trials of an earlier recovery", () => {
    const { breaker, clock } = halfOpen({ half_open_max_calls: 2 });
    const earlier = taken(breaker);
    taken(breaker).failure("server");
    clock.pass(30_000);
    taken(breaker);
    taken(breaker);
    earlier.failure("server");
    expect(breaker.snapshot().state).toBe("half_open");
    expect(breaker.tryAcquire()).toBeNull();
  });
});

describe("reset times", () => {
  it("refuses a link until the time that its provider named, and shows it as open", () => {
    const { breaker, clock } = setUp();
    taken(breaker).failure("quota_exhausted", 3_600_000);
    expect(breaker.refusal()).toEqual({
      reason: "reset_time",
      until: start + 3_600_000,
      kind: "quota_exhausted",
    });
    expect(breaker.snapshot()).toMatchObject({ state: "open", opens_until: iso(3_600_000) });
    clock.pass(3_600_000);
    expect(breaker.snapshot()).toMatchObject({ state: "closed", opens_until: null });
    expect(breaker.tryAcquire()).not.toBeNull();
  });

  it("keeps the later of two, whichever came first", () => {
    const { breaker } = setUp();
    const [first, second, third] = [taken(breaker), taken(breaker), taken(breaker)];
    first.failure("quota_exhausted", 60_000);
    second.failure("rate_limited", 5_000);
    third.failure("rate_limited", 90_000);
    expect(breaker.refusal()).toMatchObject({ until: start + 90_000, kind: "rate_limited" });
  });

  it("keeps one that a late failure brings: it is a fact about the provider", () => {
    const { breaker } = setUp({ failure_threshold: 1 });
    const late = taken(breaker);
    fail(breaker, 1);
    late.failure("quota_exhausted", 90_000);
    expect(breaker.refusal()).toEqual({
      reason: "reset_time",
      until: start + 90_000,
      kind: "quota_exhausted",
    });
  });

  it.each([Number.NaN, -1, 0, null])("takes no notice of %s", (ms) => {
    const { breaker } = setUp();
    taken(breaker).failure("rate_limited", ms);
    expect(breaker.refusal()).toBeNull();
  });

  it("shuts no link out for longer than a quota can last", () => {
    const { breaker, clock } = setUp();
    taken(breaker).failure("quota_exhausted", Number.POSITIVE_INFINITY);
    clock.pass(32 * 24 * 3_600_000);
    expect(breaker.refusal()).toBeNull();
  });

  it("is lifted by hand, and everything that was counted with it", () => {
    const { breaker } = setUp({ failure_threshold: 2 });
    fail(breaker, 1);
    taken(breaker).failure("quota_exhausted", 60_000);
    breaker.reset();
    expect(breaker.snapshot()).toEqual({
      state: "closed",
      failure_count: 0,
      last_failure: null,
      opens_until: null,
    });
  });
});

describe("window", () => {
  const window: BreakerConfig = {
    failure_threshold: 100,
    window: "10s",
    minimum_calls: 4,
    failure_rate: 0.5,
  };

  it("opens at the failure rate, however many successes lie between", () => {
    const { breaker } = setUp(window);
    for (const ok of [true, false, true]) ok ? taken(breaker).success() : fail(breaker, 1);
    expect(breaker.snapshot().state).toBe("closed");
    fail(breaker, 1);
    expect(breaker.snapshot().state).toBe("open");
  });

  it("says nothing before it has seen enough calls", () => {
    const { breaker } = setUp(window);
    fail(breaker, 3);
    expect(breaker.snapshot().state).toBe("closed");
  });

  it("forgets calls that are older than it is long", () => {
    const { breaker, clock } = setUp(window);
    fail(breaker, 3);
    clock.pass(10_000);
    fail(breaker, 3);
    expect(breaker.snapshot().state).toBe("closed");
  });

  it("opens at the slow-call rate, though every call succeeds", () => {
    const { breaker, clock } = setUp({ ...window, slow_call: "2s", slow_call_rate: 0.5 });
    for (const tookMs of [2_000, 2_000, 2_001]) {
      const permit = taken(breaker);
      clock.pass(tookMs);
      permit.success();
    }
    expect(breaker.snapshot().state).toBe("closed");
    const permit = taken(breaker);
    clock.pass(2_001);
    permit.success();
    expect(breaker.snapshot().state).toBe("open");
  });

  it("stays shut to a link whose trials are as slow as before", () => {
    const { breaker, clock } = halfOpen({ window: "10s", slow_call: "2s", half_open_max_calls: 1 });
    const permit = taken(breaker);
    clock.pass(3_000);
    permit.success();
    expect(breaker.snapshot()).toMatchObject({ state: "open", failure_count: 1 });
  });

  it("judges each recovery by its own trials", () => {
    const { breaker, clock } = halfOpen({ window: "10s", slow_call: "2s", slow_call_rate: 0.6 });
    const slow = taken(breaker);
    const slowToo = taken(breaker);
    clock.pass(3_000);
    slow.success();
    slowToo.success();
    taken(breaker).failure("server");
    clock.pass(30_000);
    for (let n = 0; n < 3; n++) taken(breaker).success();
    expect(breaker.snapshot().state).toBe("closed");
  });

  it("opens again at the first failed trial, however few failures came in a row", () => {
    const { breaker, clock } = setUp(window);
    fail(breaker, 4);
    clock.pass(30_000);
    fail(breaker, 1);
    expect(breaker.snapshot()).toMatchObject({ state: "open", opens_until: iso(60_000) });
  });

  it("starts anew when the breaker closes", () => {
    const { breaker, clock } = setUp({ ...window, half_open_max_calls: 1, recovery_timeout: "1s" });
    fail(breaker, 4);
    clock.pass(1_000);
    taken(breaker).success();
    fail(breaker, 3);
    expect(breaker.snapshot().state).toBe("closed");
  });
});

describe("restart", () => {
  /** Another process, later: the steady clock has begun anew. */
  function restarted(before: ReturnType<typeof setUp>, afterMs: number, config: BreakerConfig) {
    const next = setUp(config);
    next.clock.setCalendar(before.clock.now() - start + afterMs);
    expect(next.breaker.restore(JSON.parse(JSON.stringify(before.breaker)))).toBe(true);
    return next;
  }

  it("keeps an open breaker open for the rest of its wait", () => {
    const config = { failure_threshold: 1 };
    const before = setUp(config);
    fail(before.breaker, 1);
    const { breaker, clock } = restarted(before, 10_000, config);
    expect(breaker.snapshot()).toEqual({
      state: "open",
      failure_count: 1,
      last_failure: iso(0),
      opens_until: iso(30_000),
    });
    clock.pass(20_000);
    expect(breaker.snapshot().state).toBe("half_open");
  });

  it("keeps the count of failures in a row, and reset times", () => {
    const before = setUp();
    fail(before.breaker, 3);
    taken(before.breaker).failure("quota_exhausted", 86_400_000);
    const { breaker } = restarted(before, 3_600_000, {});
    expect(breaker.snapshot()).toMatchObject({ failure_count: 4, opens_until: iso(86_400_000) });
    expect(breaker.refusal()).toMatchObject({ reason: "reset_time", kind: "quota_exhausted" });
  });

  it("begins the recovery anew when it was half open", () => {
    const before = halfOpen({ half_open_max_calls: 1 });
    taken(before.breaker);
    const { breaker } = restarted(before, 0, { failure_threshold: 1, half_open_max_calls: 1 });
    expect(breaker.snapshot().state).toBe("half_open");
    expect(breaker.tryAcquire()).not.toBeNull();
  });

  it("waits no longer than a fresh opening when the calendar was set back meanwhile", () => {
    const before = setUp({ failure_threshold: 1 });
    fail(before.breaker, 1);
    const { breaker, clock } = restarted(before, -86_400_000, { failure_threshold: 1 });
    clock.pass(30_000);
    expect(breaker.snapshot().state).toBe("half_open");
  });

  it.each([
    ["of a newer version", { version: 2, state: "closed" }],
    ["that is damaged", { version: 1, state: "ajar" }],
    ["with times that no calendar has", { ...new Breaker(setUpParts()).toJSON(), last_failure: 1e300 }],
    ["that is none", null],
  ])("refuses a state %s and changes nothing", (_, json) => {
    const { breaker } = setUp({ failure_threshold: 1 });
    fail(breaker, 1);
    expect(breaker.restore(json)).toBe(false);
    expect(breaker.snapshot().state).toBe("open");
  });
});

it("tells of each change of state, of counts apart, and of nothing else", () => {
  const { breaker, clock, onChange } = setUp({ failure_threshold: 2, half_open_max_calls: 1 });
  taken(breaker).success();
  fail(breaker, 2);
  clock.pass(30_000);
  breaker.snapshot();
  taken(breaker).cancel();
  taken(breaker).success();
  expect(onChange.mock.calls.flat()).toEqual(["count", "state", "state", "state"]);
});

function setUpParts() {
  return { settings: breakerSettings(), clock: new ManualClock(), counts };
}

describe("what another gateway found out", () => {
  const found: FoundElsewhere = {
    state: "open",
    opensInMs: 10_000,
    refusedInMs: 0,
    kind: "server",
    refusedKind: null,
    failures: 5,
  };

  it("opens it for as long as it is open there, and no longer than an opening of its own", () => {
    const { breaker } = setUp();
    breaker.adopt(found);
    expect(breaker.refusal()).toEqual({ reason: "open", until: start + 10_000, kind: "server" });
    breaker.adopt({ ...found, opensInMs: 3_600_000 });
    expect(breaker.refusal()).toMatchObject({ until: start + 30_000 });
  });

  it("neither shortens a wait nor opens it when that is over", () => {
    const { breaker } = setUp();
    breaker.adopt({ ...found, opensInMs: 0 });
    expect(breaker.refusal()).toBeNull();
    fail(breaker, 5);
    breaker.adopt({ ...found, opensInMs: 1_000 });
    expect(breaker.refusal()).toMatchObject({ until: start + 30_000 });
  });

  it("closes it, and makes what its own trials say late", () => {
    const { breaker } = halfOpen();
    const trial = taken(breaker);
    breaker.adopt({ ...found, state: "closed", opensInMs: 0, failures: 0 });
    trial.failure("server");
    expect(breaker.snapshot()).toMatchObject({ state: "closed", failure_count: 0 });
  });

  it.each(["network", "timeout_connect", "auth"] as const)(
    "does not close what was opened by %s, which is this gateway's own trouble: its own trials do",
    (kind) => {
      const { breaker, clock } = setUp({ failure_threshold: 1, half_open_max_calls: 1 });
      taken(breaker).failure(kind);
      const closed: FoundElsewhere = { ...found, state: "closed", opensInMs: 0, failures: 0 };
      breaker.adopt(closed);
      expect(breaker.refusal()).toMatchObject({ reason: "open", kind });
      clock.pass(25_000);
      // What others see of the place meanwhile does not hide what is wrong here.
      breaker.adopt(found);
      breaker.adopt(closed);
      expect(breaker.refusal()).toMatchObject({ reason: "open", kind });
      clock.pass(10_000);
      breaker.adopt(closed);
      expect(breaker.snapshot().state).toBe("half_open");
      taken(breaker).success();
      expect(breaker.snapshot().state).toBe("closed");
    },
  );

  it("brings a reset time along, which a recovery elsewhere does not lift", () => {
    const { breaker } = setUp();
    breaker.adopt({ ...found, state: "closed", refusedInMs: 60_000, refusedKind: "quota_exhausted" });
    breaker.adopt({ ...found, state: "closed", opensInMs: 0 });
    expect(breaker.refusal()).toEqual({
      reason: "reset_time",
      until: start + 60_000,
      kind: "quota_exhausted",
    });
  });
});
