import { expect, it } from "vitest";
import type { Attempt } from "../../electron/contract/index.ts";
import { LinkHealth } from "../../electron/health/index.ts";

const attempt = (over: Partial<Attempt>): Attempt => ({
  link: "a",
  provider: "openai",
  model: "m",
  tier: "cloud",
  outcome: "answered",
  kind: null,
  message: null,
  status: 200,
  request_id: null,
  started_at: "2026-01-01T00:00:00.000Z",
  connect_ms: 10,
  first_token_ms: 120,
  duration_ms: 1_000,
  usage: null,
  cost_usd: null,
  ...over,
});
const failed = attempt({ outcome: "failed", kind: "server", message: "500", first_token_ms: null });

it("is unknown until a link was tried", () => {
  expect(new LinkHealth().of("a")).toMatchObject({ light: "unknown", checked_at: null });
});

it("counts failures in a row, and keeps the last latency that was seen", () => {
  const health = new LinkHealth();
  health.record(attempt({}));
  health.record(failed);
  health.record(failed);
  expect(health.of("a")).toEqual({
    light: "failing",
    consecutive_failures: 2,
    last_failure: { kind: "server", message: "500", at: "2026-01-01T00:00:01.000Z" },
    latency_ms: 120,
    checked_at: "2026-01-01T00:00:01.000Z",
  });
});

it("is well again after one success, and still knows the last failure", () => {
  const health = new LinkHealth();
  health.record(failed);
  health.record(attempt({}));
  expect(health.of("a")).toMatchObject({
    light: "ok",
    consecutive_failures: 0,
    last_failure: { kind: "server" },
  });
});

it("learns nothing from a stop by the person", () => {
  const health = new LinkHealth();
  health.record(attempt({ outcome: "cancelled", kind: "cancelled" }));
  expect(health.of("a").light).toBe("unknown");
});
