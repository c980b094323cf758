import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Weights, weightedOrder } from "../../electron/health/index.ts";
import { ManualClock } from "./support/manual-clock.ts";

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function setUp() {
  const clock = new ManualClock();
  const counts = (kind: string) => kind !== "invalid_request";
  return { clock, weights: new Weights({ clock, random: seeded(1), counts, halfLifeMs: 60_000 }) };
}
const failed = { link: "a", outcome: "failed", kind: "server" } as const;

describe("penalty", () => {
  it("halves a link's weight for each recent failure", () => {
    const { weights } = setUp();
    expect(weights.penalty("a")).toBe(1);
    weights.record(failed);
    weights.record(failed);
    expect(weights.penalty("a")).toBe(0.25);
    expect(weights.penalty("b")).toBe(1);
  });

  it("lets a failure count half as much after each half-life", () => {
    const { weights, clock } = setUp();
    weights.record(failed);
    weights.record(failed);
    clock.pass(60_000);
    expect(weights.penalty("a")).toBeCloseTo(0.5);
    weights.record(failed);
    expect(weights.penalty("a")).toBeCloseTo(0.25);
    clock.pass(3_600_000);
    expect(weights.penalty("a")).toBeCloseTo(1);
  });

  it("is lifted by a success", () => {
    const { weights } = setUp();
    weights.record(failed);
    weights.record({ link: "a", outcome: "answered", kind: null });
    expect(weights.penalty("a")).toBe(1);
  });

  it.each([
    { link: "a", outcome: "cancelled", kind: "cancelled" },
    { link: "a", outcome: "skipped", kind: "server" },
    { link: "a", outcome: "failed", kind: "invalid_request" },
  ] as const)("takes no notice of what says nothing of the link: $outcome, $kind", (attempt) => {
    const { weights } = setUp();
    weights.record(attempt);
    expect(weights.penalty("a")).toBe(1);
  });

  it("forgets links that have left the chain", () => {
    const { weights } = setUp();
    weights.record(failed);
    weights.configure([{ id: "b" }]);
    expect(weights.penalty("a")).toBe(1);
  });
});

describe("order", () => {
  it("puts links first as often as their weights say, and second as often as is left", () => {
    const { weights } = setUp();
    const links = [
      { id: "a", weight: 6 },
      { id: "b", weight: 3 },
      { id: "c", weight: 1 },
    ];
    const firsts: Record<string, number> = {};
    let bAfterA = 0;
    for (let n = 0; n < 20_000; n++) {
      const [first, second] = weights.order(links).map(({ id }) => id);
      firsts[first ?? ""] = (firsts[first ?? ""] ?? 0) + 1;
      if (first === "a" && second === "b") bAfterA += 1;
    }
    expect((firsts.a ?? 0) / 20_000).toBeCloseTo(0.6, 1);
    expect((firsts.b ?? 0) / 20_000).toBeCloseTo(0.3, 1);
    expect(bAfterA / (firsts.a ?? 1)).toBeCloseTo(0.75, 1);
  });

  it("shifts requests away from a link that fails", () => {
    const { weights } = setUp();
    for (let n = 0; n < 10; n++) weights.record(failed);
    const links = [
      { id: "a", weight: 1 },
      { id: "b", weight: 1 },
    ];
    const firsts = Array.from({ length: 1_000 }, () => weights.order(links)[0]?.id);
    expect(firsts.filter((id) => id === "a").length).toBeLessThan(10);
  });

  it("is always a full order of all that was given, whatever the weights and the chance", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e300, noNaN: true }))),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (given, chance) => {
          const items = given.map((weight, index) => ({ weight, index }));
          const order = weightedOrder(
            items,
            ({ weight }) => weight,
            () => chance,
          );
          expect(new Set(order)).toEqual(new Set(items));
          const lastPositive = order.findLastIndex(({ weight }) => weight > 1e-290);
          expect(order.slice(0, lastPositive + 1).every(({ weight }) => weight > 0)).toBe(true);
        },
      ),
      { seed: 4 },
    );
  });
});
