import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Level, level } from "../../electron/contract/index.ts";
import {
  initialLevel,
  type LevelObservation,
  type LevelSettings,
  type LevelState,
  levelDefaults,
  levelOf,
  observeLevel,
} from "../../electron/health/index.ts";

const answered = (at: Level): LevelObservation => ({ type: "answered", level: at });
const ok = (link: string, at: Level): LevelObservation => ({ type: "link_ok", link, level: at });
const failed = (link: string): LevelObservation => ({ type: "link_failed", link });
const set = (to: Level): LevelObservation => ({ type: "set", level: to });
const tick: LevelObservation = { type: "tick" };

/** Observations and pauses in milliseconds, from where everything works; gives the level after each observation. */
function levels(
  steps: readonly (LevelObservation | number)[],
  settings: Partial<LevelSettings> = {},
): Level[] {
  const all = { ...levelDefaults, ...settings };
  let now = 5_000;
  let state: LevelState = initialLevel(now, all);
  const seen: Level[] = [];
  for (const step of steps) {
    if (typeof step === "number") {
      now += step;
    } else {
      state = observeLevel(state, step, now, all);
      seen.push(levelOf(state));
    }
  }
  return seen;
}
const last = (...given: Parameters<typeof levels>) => levels(...given).at(-1);

describe("down", () => {
  it("goes after the second request in a row that was answered below, to where that was", () => {
    expect(levels([answered("reduced"), answered("reduced")])).toEqual(["full", "reduced"]);
    expect(last([answered("cached"), answered("cached")])).toBe("cached");
  });

  it("goes no further down than the best of those answers", () => {
    expect(last([answered("reduced"), answered("offline")])).toBe("reduced");
  });

  it("stays when a request in between was answered as it should be", () => {
    expect(last([answered("reduced"), answered("full"), answered("reduced")])).toBe("full");
  });

  it("goes on by what answers from there: seed 001's steps", () => {
    const steps = (["reduced", "minimal", "cached", "offline"] as const).flatMap((at) => [
      answered(at),
      answered(at),
    ]);
    expect(levels(steps).filter((_, index) => index % 2 === 1)).toEqual([
      "reduced",
      "minimal",
      "cached",
      "offline",
    ]);
  });

  it("misses nothing that no link of the chain has", () => {
    expect(last([answered("reduced"), answered("reduced")], { best: "reduced" })).toBe("full");
    expect(last([answered("cached"), answered("cached")], { best: "reduced" })).toBe("cached");
  });
});

describe("up", () => {
  const down = [answered("reduced"), answered("reduced")];

  it("goes when a better link has succeeded twice in a row", () => {
    expect(levels([...down, 10_000, ok("a", "full"), ok("a", "full")]).slice(-2)).toEqual([
      "reduced",
      "full",
    ]);
  });

  it("is not led by a link that flaps", () => {
    const flaps = Array.from({ length: 10 }, () => [ok("a", "full"), failed("a")]).flat();
    expect(last([...down, 10_000, ...flaps])).toBe("reduced");
  });

  it("is led by one good link, though another keeps failing", () => {
    expect(last([...down, 10_000, ok("a", "full"), failed("b"), ok("a", "full")])).toBe("full");
  });

  it("waits a while after it went down, whatever succeeds", () => {
    const good = [ok("a", "full"), ok("a", "full")];
    expect(last([...down, 9_999, ...good])).toBe("reduced");
    expect(last([...down, 9_999, ...good, 1, ok("a", "full")])).toBe("full");
  });

  it("goes no higher than the link that succeeded", () => {
    const offline = [answered("offline"), answered("offline")];
    expect(last([...offline, 10_000, ok("l", "reduced"), ok("l", "reduced")])).toBe("reduced");
  });

  it("takes no notice of links at or below the level", () => {
    expect(last([...down, 10_000, ok("l", "minimal"), ok("l", "minimal"), ok("m", "reduced")])).toBe(
      "reduced",
    );
  });
});

describe("trial", () => {
  const down = [answered("cached"), answered("cached")];

  it("raises the level after a minute without news, so that setups without probes recover", () => {
    expect(last([...down, 59_999, tick])).toBe("cached");
    expect(last([...down, 60_000, tick])).toBe("full");
    expect(last([...down, 60_000, answered("full"), answered("full")])).toBe("full");
  });

  it("ends at its first miss, where the answer came from", () => {
    expect(last([...down, 60_000, tick, answered("cached")])).toBe("cached");
    expect(last([...down, 60_000, tick, answered("reduced")])).toBe("reduced");
  });

  it("waits twice as long after each in vain, up to a quarter of an hour", () => {
    const inVain = [60_000, tick, answered("cached")];
    expect(last([...down, ...inVain, 119_999, tick])).toBe("cached");
    expect(last([...down, ...inVain, 120_000, tick])).toBe("full");
    const often = Array.from({ length: 8 }, () => [900_000, tick, answered("cached")]).flat();
    const trials = levels([...down, ...often]).filter((_, index) => index >= 2 && index % 2 === 0);
    expect(new Set(trials)).toEqual(new Set(["full"]));
  });

  it("waits a minute again once one was not in vain", () => {
    const back = [60_000, tick, answered("cached"), 120_000, tick, answered("full")];
    expect(last([...down, ...back, ...down, 60_000, tick])).toBe("full");
  });

  it("goes no higher than there is a link, nor than the ceiling", () => {
    expect(last([...down, 60_000, tick], { best: "minimal" })).toBe("minimal");
    expect(last([set("reduced"), ...down, 60_000, tick])).toBe("reduced");
    expect(last([set("reduced"), 60_000, tick, answered("cached")])).toBe("reduced");
  });
});

describe("by hand", () => {
  it("is a ceiling: the chain goes below it, never above", () => {
    expect(last([set("reduced"), 60_000, ok("a", "full"), ok("a", "full")])).toBe("reduced");
    expect(last([set("reduced"), answered("cached"), answered("cached")])).toBe("cached");
    expect(last([set("reduced"), answered("reduced"), answered("reduced")])).toBe("reduced");
  });

  it("is lifted by full", () => {
    expect(levels([set("minimal"), set("full")])).toEqual(["minimal", "full"]);
  });

  it("gives the levels below it another chance", () => {
    expect(last([answered("offline"), answered("offline"), set("full")])).toBe("full");
  });
});

it("never stands above the ceiling and changes nothing that it was given, whatever it sees", () => {
  const anyLevel = fc.constantFrom(...level.options);
  const anyLink = fc.constantFrom("a", "b", "c");
  const observation: fc.Arbitrary<LevelObservation> = fc.oneof(
    fc.record({ type: fc.constant("answered" as const), level: anyLevel }),
    fc.record({ type: fc.constant("link_ok" as const), link: anyLink, level: anyLevel }),
    fc.record({ type: fc.constant("link_failed" as const), link: anyLink }),
    fc.record({ type: fc.constant("set" as const), level: anyLevel }),
    fc.constant(tick),
  );
  const steps = fc.array(fc.tuple(observation, fc.nat(100_000)), { size: "max", maxLength: 60 });
  fc.assert(
    fc.property(steps, anyLevel, (given, best) => {
      const settings = { ...levelDefaults, best };
      let now = 0;
      let state = initialLevel(now, settings);
      for (const [observed, waitMs] of given) {
        now += waitMs;
        state = observeLevel(Object.freeze(state), observed, now, settings);
        if (observed.type === "set") expect(levelOf(state)).toBe(observed.level);
        expect(level.options.indexOf(levelOf(state))).toBeGreaterThanOrEqual(
          level.options.indexOf(state.ceiling),
        );
      }
    }),
    { seed: 4 },
  );
});
