import { expect, it } from "vitest";
import { Latencies } from "../../electron/health/index.ts";
import { ManualClock } from "./support/manual-clock.ts";

function setUp(capacity?: number) {
  const clock = new ManualClock();
  return { clock, latencies: new Latencies({ clock, ...(capacity ? { capacity } : {}) }) };
}

it("knows nothing of a link that has not begun to answer", () => {
  const { latencies } = setUp();
  latencies.record("a", null);
  expect(latencies.of("a")).toBeNull();
});

it("gives the median and the 95th percentile of what it saw", () => {
  const { latencies } = setUp();
  for (let ms = 100; ms >= 1; ms--) latencies.record("a", ms);
  latencies.record("b", 7);
  expect(latencies.of("a")).toEqual({ p50: 50, p95: 95, samples: 100 });
  expect(latencies.of("b")).toEqual({ p50: 7, p95: 7, samples: 1 });
});

it("keeps the last so many and no more", () => {
  const { latencies } = setUp(3);
  for (const ms of [900, 1, 2, 3]) latencies.record("a", ms);
  expect(latencies.of("a")).toEqual({ p50: 2, p95: 3, samples: 3 });
});

it("lets old observations go, one after another", () => {
  const { latencies, clock } = setUp();
  latencies.record("a", 900);
  clock.pass(60_000);
  latencies.record("a", 100);
  expect(latencies.of("a")?.p95).toBe(900);
  clock.pass(29 * 60_000);
  expect(latencies.of("a")).toEqual({ p50: 100, p95: 100, samples: 1 });
  clock.pass(60_000);
  expect(latencies.of("a")).toBeNull();
});

it("forgets links that have left the chain", () => {
  const { latencies } = setUp();
  latencies.record("a", 5);
  latencies.configure([{ id: "b" }]);
  expect(latencies.of("a")).toBeNull();
});
