import { describe, expect, it, onTestFinished } from "vitest";
import { Health } from "../../electron/app/health.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";

/** Health over a network that the test sets, null for none; `told` is what it told, in order. */
function setUp() {
  const clock = new FakeClock();
  const told: string[] = [];
  const system = { network: "eth0 192.0.2.7" as string | null, onBattery: false, isMetered: false };
  const health = new Health({
    clock,
    store: { load: () => null, save: () => {} },
    budget: { allows: () => true, state: () => ({ cap_usd: null }) as never },
    random: () => 0.5,
    probe: async () => ({ firstTokenMs: null }),
    network: () => system.network,
    onBattery: () => system.onBattery,
    isMetered: () => system.isMetered,
    onChange: () => {},
    onWarning: (text) => told.push(text),
    onProbe: () => {},
    onRecovery: () => told.push("recovery"),
    onBadSign: () => told.push("bad sign"),
  });
  onTestFinished(() => health[Symbol.dispose]());
  return { clock, told, system, health };
}

describe("the network", () => {
  it("is seen to go and to return within seconds, although nobody asks anything", async () => {
    const { clock, told, system, health } = setUp();
    health.watchNetwork();
    system.network = null;
    await clock.advance(5_000);
    expect(told).toEqual(["bad sign"]);
    expect(health.offline).toBe("no_network");
    system.network = "wlan0 192.0.2.8";
    await clock.advance(5_000);
    expect(told).toEqual(["bad sign", "recovery"]);
  });

  it("is not looked at by hosts that do not stay, nor after the end", async () => {
    const { clock, health } = setUp();
    expect(clock.waiting).toBe(0);
    health.watchNetwork();
    health.watchNetwork();
    expect(clock.waiting).toBe(1);
    health[Symbol.dispose]();
    expect(clock.waiting).toBe(0);
  });
});

it.each(["onBattery", "isMetered"] as const)("nothing is sent unasked while the host says %s", (what) => {
  const { system, health } = setUp();
  const link = linkOf({ id: "first" });
  health.configure([link], { enabled: true, intervalMs: 30_000, timeoutMs: 10_000, idleAfterMs: 600_000 });
  health.noteRequest();
  expect(health.mayAsk(link)).toBe(true);
  system[what] = true;
  expect(health.mayAsk(link)).toBe(false);
});
