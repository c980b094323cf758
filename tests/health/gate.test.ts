import { describe, expect, it } from "vitest";
import type { Permit } from "../../electron/chain/index.ts";
import type { Attempt } from "../../electron/contract/index.ts";
import {
  Breakers,
  Connectivity,
  HealthGate,
  type HealthLink,
  Latencies,
  Weights,
} from "../../electron/health/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { link as testLink } from "./support/links.ts";

const link = (id: string): HealthLink => testLink(id);
const a = link("a");
const b = link("b");

function setUp() {
  const clock = new FakeClock();
  const system = { network: "eth0 10.0.0.2" as string | null };
  const counts = () => true;
  const connectivity = new Connectivity({ clock, network: () => system.network });
  const breakers = new Breakers({ clock, counts, store: { load: () => null, save() {} }, onWarning() {} });
  const gate = new HealthGate({
    clock,
    breakers,
    connectivity,
    weights: new Weights({ clock, counts }),
    latencies: new Latencies({ clock }),
  });
  gate.configure(
    [a, b].map((one) => ({ ...one, breaker: { failure_threshold: 1, half_open_max_calls: 1 } })),
  );
  return { clock, system, gate, breakers, connectivity };
}

function permit(gate: HealthGate, of = a): Permit {
  const got = gate.tryAcquire(of);
  if ("refused" in got) throw new Error(got.message);
  return got;
}

const attempt = (over: Partial<Attempt> = {}) => ({
  link: "a",
  outcome: "answered" as const,
  kind: null,
  status: 200,
  first_token_ms: 100,
  ...over,
});

describe("refusals", () => {
  it("say what led there and how long it lasts", () => {
    const { gate } = setUp();
    permit(gate).failure("overloaded", null);
    expect(gate.tryAcquire(a)).toEqual({
      refused: true,
      kind: "overloaded",
      message: 'Link "a" kept failing and is left alone for another 30 s.',
    });
  });

  it("say that others are trying", async () => {
    const { gate, clock } = setUp();
    permit(gate).failure("server", null);
    await clock.advance(30_000);
    permit(gate);
    expect(gate.tryAcquire(a)).toMatchObject({ kind: "server", message: expect.stringMatching(/trying/) });
  });

  it.each([
    [600_000, "10 min"],
    [6 * 3_600_000, "6 h"],
    [7 * 86_400_000, "7 days"],
  ])("name a quota's reset time: %d ms as %s", (ms, words) => {
    const { gate } = setUp();
    permit(gate).failure("quota_exhausted", ms);
    expect(gate.tryAcquire(a)).toEqual({
      refused: true,
      kind: "quota_exhausted",
      message: `The provider of link "a" asks to be left alone for another ${words}.`,
    });
  });

  it("come without trying anything when there is no network", () => {
    const { gate, system, connectivity, breakers } = setUp();
    system.network = null;
    connectivity.networkChanged();
    expect(gate.tryAcquire(a)).toEqual({
      refused: true,
      kind: "network",
      message: "This machine has no network.",
    });
    expect(breakers.of("a")).toMatchObject({ state: "closed", failure_count: 0 });
  });

  it("come for a Retry-After that the chain does not wait for", () => {
    const { gate, breakers } = setUp();
    gate.configure([a, b]);
    permit(gate).failure("rate_limited", null);
    permit(gate).failure("rate_limited", 5_000);
    expect(gate.tryAcquire(a)).toMatchObject({ refused: true, kind: "rate_limited" });
    expect(breakers.refusal("a")?.reason).toBe("reset_time");
  });
});

describe("permits", () => {
  it("report to the link's breaker", async () => {
    const { gate, breakers, clock } = setUp();
    permit(gate).failure("server", null);
    await clock.advance(30_000);
    permit(gate).cancel();
    permit(gate).success();
    expect(breakers.of("a")?.state).toBe("closed");
  });
});

describe("what attempts and probes have shown", () => {
  it("is the median time to the first token, and the 95th percentile once there is enough of it", () => {
    const { gate } = setUp();
    for (let n = 1; n <= 9; n++) gate.record(attempt({ first_token_ms: n * 10 }));
    expect(gate.latencyMs(a)).toBe(50);
    expect(gate.p95Ms(a)).toBeNull();
    gate.recordProbe({ link: "a", at: "2026-01-01T00:00:00.000Z", ok: true, firstTokenMs: 100 });
    expect(gate.p95Ms(a)).toBe(100);
    expect(gate.latencyMs(b)).toBeNull();
  });

  it("takes confidence from a link that fails", () => {
    const { gate } = setUp();
    gate.record(attempt({ outcome: "failed", kind: "server", first_token_ms: null }));
    expect(gate.confidence(a)).toBe(0.5);
    expect(gate.confidence(b)).toBe(1);
  });

  it("tells when nothing can be reached, probes included", () => {
    const { gate } = setUp();
    const failed = {
      at: "2026-01-01T00:00:00.000Z",
      ok: false,
      kind: "network",
      message: "",
      status: null,
    } as const;
    gate.record(attempt({ outcome: "failed", kind: "network", status: null, first_token_ms: null }));
    gate.recordProbe({ link: "b", ...failed });
    gate.recordProbe({ link: "a", ...failed });
    expect(gate.tryAcquire(b)).toMatchObject({ refused: true, message: expect.stringMatching(/internet/) });
  });

  it("is nothing for a link that has left the chain", () => {
    const { gate } = setUp();
    gate.record(attempt({ link: "gone" }));
    expect(gate.latencyMs({ id: "gone" })).toBeNull();
  });
});
