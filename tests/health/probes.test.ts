import { describe, expect, it, vi } from "vitest";
import { ProviderFailure } from "../../electron/chain/index.ts";
import type { BreakerConfig } from "../../electron/contract/index.ts";
import { Breakers, type Probed, type ProbeResult, Probes } from "../../electron/health/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { link, type TestLink } from "./support/links.ts";

const a = link("a");
const local = link("here", { provider: "llama", baseUrl: null, tier: "local" });
const settings = { enabled: true, intervalMs: 30_000, timeoutMs: 10_000, idleAfterMs: 600_000 };
const minute = 60_000;

interface Options {
  links?: TestLink[];
  breaker?: BreakerConfig;
  probe?(link: TestLink, signal: AbortSignal): Promise<Probed>;
  enabled?: boolean;
  random?(): number;
}

function setUp({ links = [a], breaker = {}, probe, enabled = true, random = () => 0.5 }: Options = {}) {
  const clock = new FakeClock();
  const sent: { link: string; at: number; signal: AbortSignal }[] = [];
  const results: ProbeResult[] = [];
  const around = { battery: false, metered: false, localOnly: false, offline: new Set<string>() };
  const breakers = new Breakers({
    clock,
    counts: () => true,
    store: { load: () => null, save() {} },
    onWarning: vi.fn(),
  });
  breakers.configure(links.map((of) => ({ ...of, breaker })));
  const healthy = async () => ({ firstTokenMs: 80 });
  const probes = new Probes<TestLink>({
    clock,
    random,
    settings: { ...settings, enabled },
    probe(of, signal) {
      sent.push({ link: of.id, at: clock.monotonic(), signal });
      return (probe ?? healthy)(of, signal);
    },
    breakers,
    surroundings: {
      onBattery: () => around.battery,
      isMetered: () => around.metered,
      isLocalOnly: () => around.localOnly,
      isOffline: ({ id }) => around.offline.has(id),
    },
    onResult: (result) => results.push(result),
  });
  probes.configure(links);
  probes.noteRequest();
  return { clock, probes, breakers, sent, results, around };
}
const times = (sent: readonly { at: number }[]) => sent.map(({ at }) => at);
const fails = async (): Promise<Probed> => {
  throw new ProviderFailure("overloaded", "busy", { status: 503 });
};

describe("rhythm", () => {
  it("probes each link once an interval", async () => {
    const { clock, sent, results } = setUp({ links: [a, link("b")] });
    await clock.advance(minute);
    expect(sent.map(({ link: id, at }) => [id, at])).toEqual([
      ["a", 30_000],
      ["b", 30_000],
      ["a", 60_000],
      ["b", 60_000],
    ]);
    expect(results[0]).toEqual({ link: "a", at: "2026-01-01T00:00:30.000Z", ok: true, firstTokenMs: 80 });
  });

  it.each([
    [0, 22_500],
    [0.75, 33_750],
  ])("comes up to a quarter sooner or later, by chance (%d)", async (chance, at) => {
    const { clock, sent } = setUp({ random: () => chance });
    await clock.advance(40_000);
    expect(times(sent)).toEqual([at]);
  });

  it("leaves out the probe of a link that a request has just shown", async () => {
    const { clock, probes, sent } = setUp();
    await clock.advance(20_000);
    probes.noteAttempt("a");
    await clock.advance(20_000);
    expect(sent).toEqual([]);
    await clock.advance(10_000);
    expect(times(sent)).toEqual([50_000]);
  });

  it("never has two probes of a link under way, even of one that does not obey its stop", async () => {
    const { clock, sent, results, probes } = setUp({ probe: () => new Promise(() => {}) });
    await clock.advance(30_000);
    probes.wake();
    probes.noteAttempt("a");
    probes.configure([a]);
    await clock.advance(5 * minute);
    expect(sent).toHaveLength(1);
    expect(results).toHaveLength(1);
  });
});

describe("time limit", () => {
  it("stops a probe that has no answer, and counts it as failed", async () => {
    const obeys = (_: TestLink, signal: AbortSignal) =>
      new Promise<Probed>((_, reject) => {
        signal.addEventListener("abort", () => reject(new ProviderFailure("cancelled", "stopped")));
      });
    const { clock, sent, results, breakers } = setUp({ probe: obeys });
    await clock.advance(40_000);
    expect(sent[0]?.signal.aborted).toBe(true);
    expect(results).toMatchObject([{ link: "a", ok: false, kind: "timeout_first_token" }]);
    expect(breakers.of("a")?.failure_count).toBe(1);
    await clock.advance(30_000);
    expect(sent).toHaveLength(2);
  });

  it("leaves no timer behind when the answer comes", async () => {
    const { clock } = setUp();
    await clock.advance(30_000);
    expect(clock.waiting).toBe(1);
  });
});

describe("silence", () => {
  it("sends nothing and sets no timer when probes are turned off", async () => {
    const { clock, probes, sent } = setUp({ enabled: false });
    probes.wake();
    probes.noteAttempt("a");
    await clock.advance(10 * minute);
    expect(sent).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  it("stops a probe under way when probes are turned off", async () => {
    const { clock, probes, sent, results } = setUp({ probe: () => new Promise(() => {}) });
    await clock.advance(30_000);
    probes.configure([a], { ...settings, enabled: false });
    await clock.advance(minute);
    expect(sent[0]?.signal.aborted).toBe(true);
    expect(results).toEqual([]);
  });

  it("pauses when nobody has asked anything for a while, without a timer, until the next request", async () => {
    const { clock, probes, sent } = setUp();
    await clock.advance(10 * minute);
    const before = sent.length;
    await clock.advance(60 * minute);
    expect(sent).toHaveLength(before);
    expect(clock.waiting).toBe(0);
    probes.noteRequest();
    await clock.advance(30_000);
    expect(sent).toHaveLength(before + 1);
  });

  it.each(["battery", "metered"] as const)("pauses on %s, and makes up for it when told", async (what) => {
    const { clock, probes, sent, around } = setUp();
    around[what] = true;
    await clock.advance(5 * minute);
    expect(sent).toEqual([]);
    around[what] = false;
    probes.wake();
    await clock.advance(1_000);
    expect(sent).toHaveLength(1);
  });

  it("sends nothing to a link that is known to be out of reach", async () => {
    const { clock, sent, around } = setUp({ links: [a, link("b")] });
    around.offline.add("a");
    await clock.advance(minute);
    expect(new Set(sent.map(({ link: id }) => id))).toEqual(new Set(["b"]));
  });

  it("sends nothing beyond this machine in a local-only setup", async () => {
    const { clock, sent, around } = setUp({ links: [a, link("b", { tier: "backup" }), local] });
    around.localOnly = true;
    await clock.advance(5 * minute);
    expect(new Set(sent.map(({ link: id }) => id))).toEqual(new Set(["here"]));
  });

  it("stops a probe under way when the setup becomes local-only", async () => {
    const { clock, probes, sent, results, around } = setUp({ probe: () => new Promise(() => {}) });
    await clock.advance(30_000);
    around.localOnly = true;
    probes.wake();
    await clock.advance(minute);
    expect(sent[0]?.signal.aborted).toBe(true);
    expect(results).toEqual([]);
  });

  it("ends with its probes stopped and no timer left", async () => {
    const { clock, probes, sent } = setUp({ probe: () => new Promise(() => {}) });
    await clock.advance(30_000);
    probes[Symbol.dispose]();
    await clock.advance(10 * minute);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.signal.aborted).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it("forgets links that have left the chain", async () => {
    const { clock, probes, sent } = setUp();
    probes.configure([link("b")]);
    await clock.advance(30_000);
    expect(sent.map(({ link: id }) => id)).toEqual(["b"]);
  });
});

describe("breaker", () => {
  it("finds a recovery without a request: trials follow as soon as the breaker lets them through", async () => {
    const { clock, breakers, sent } = setUp({ breaker: { failure_threshold: 1, recovery_timeout: "5s" } });
    breakers.tryAcquire("a")?.failure("server");
    await clock.advance(30_000);
    expect(times(sent)).toEqual([30_000]);
    await clock.advance(4_000);
    expect(times(sent)).toEqual([30_000, 32_000, 34_000]);
    expect(breakers.of("a")?.state).toBe("closed");
  });

  it("comes as soon as an open breaker has waited, when a request opened it", async () => {
    const { clock, probes, breakers, sent } = setUp({
      breaker: { failure_threshold: 1, recovery_timeout: "5s" },
    });
    breakers.tryAcquire("a")?.failure("server");
    probes.noteAttempt("a");
    await clock.advance(5_500);
    expect(times(sent)).toEqual([5_500]);
  });

  it("leaves a link alone until its reset time", async () => {
    const { clock, breakers, sent } = setUp();
    breakers.tryAcquire("a")?.failure("quota_exhausted", 5 * minute);
    await clock.advance(5 * minute - 1);
    expect(sent).toEqual([]);
    await clock.advance(minute);
    expect(sent.length).toBeGreaterThan(0);
  });

  it("opens it by failures, as requests do", async () => {
    const { clock, breakers, results } = setUp({ probe: fails, breaker: { failure_threshold: 2 } });
    await clock.advance(minute);
    expect(results).toMatchObject([
      { ok: false, kind: "overloaded", message: "busy", status: 503 },
      { ok: false },
    ]);
    expect(breakers.of("a")?.state).toBe("open");
  });

  it("does not wipe out the failures of requests by its own successes while closed", async () => {
    const { clock, breakers, sent } = setUp();
    breakers.tryAcquire("a")?.failure("server");
    await clock.advance(minute);
    expect(sent).toHaveLength(2);
    expect(breakers.of("a")?.failure_count).toBe(1);
  });

  it("gives its half-open place back when it is stopped", async () => {
    const { clock, breakers, probes } = setUp({
      probe: () => new Promise(() => {}),
      breaker: { failure_threshold: 1, half_open_max_calls: 1, recovery_timeout: "5s" },
    });
    breakers.tryAcquire("a")?.failure("server");
    await clock.advance(30_000);
    expect(breakers.tryAcquire("a")).toBeNull();
    probes[Symbol.dispose]();
    await clock.advance(0);
    expect(breakers.tryAcquire("a")).not.toBeNull();
  });
});

it("takes an error of no known kind for a failure", async () => {
  const { clock, results } = setUp({
    probe: async () => {
      throw new Error("unforeseen");
    },
  });
  await clock.advance(30_000);
  expect(results).toMatchObject([{ ok: false, kind: "server", message: "unforeseen" }]);
});
