import { expect, it } from "vitest";
import { Weights } from "../../electron/health/index.ts";
import { ManualClock } from "./support/manual-clock.ts";

function setUp() {
  const clock = new ManualClock();
  const counts = (kind: string) => kind !== "invalid_request";
  return { clock, weights: new Weights({ clock, counts, halfLifeMs: 60_000 }) };
}
const failed = { link: "a", outcome: "failed", kind: "server" } as const;

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
