import { describe, expect, it, vi } from "vitest";
import type { FailureKind } from "../../electron/contract/index.ts";
import { Connectivity } from "../../electron/health/index.ts";
import { link, type TestLink } from "./support/links.ts";
import { ManualClock } from "./support/manual-clock.ts";

const a = link("a");
const b = link("b");
const here = link("here", { baseUrl: "http://127.0.0.1:9000/v1" });
const near = link("near", { baseUrl: "http://192.168.1.20:8000/v1" });

function setUp(links: readonly TestLink[] = [a, b, here, near]) {
  const clock = new ManualClock();
  const system = { network: "wlan0 192.168.1.5" as string | null, asked: 0 };
  const onChange = vi.fn();
  const connectivity = new Connectivity({
    clock,
    network() {
      system.asked += 1;
      return system.network;
    },
    onChange,
  });
  connectivity.configure(links);
  const fail = (of: TestLink, kind: FailureKind = "network", status: number | null = null) =>
    connectivity.record(of, { outcome: "failed", kind, status });
  return { clock, system, connectivity, fail, onChange };
}

describe("as the system tells it", () => {
  it("passes over everything beyond this machine when no interface is up, and nothing on it", () => {
    const { connectivity, system, clock } = setUp();
    system.network = null;
    clock.pass(1_000);
    expect(connectivity.reasonFor(a)).toBe("no_network");
    expect(connectivity.reasonFor(near)).toBe("no_network");
    expect(connectivity.reasonFor(here)).toBeNull();
    expect(connectivity.reasonFor(link("engine", { provider: "llama", baseUrl: null }))).toBeNull();
  });

  it("sees the network return within a second, and at once when told", () => {
    const { connectivity, system, clock } = setUp();
    system.network = null;
    connectivity.networkChanged();
    expect(connectivity.reasonFor(a)).toBe("no_network");
    system.network = "eth0 10.0.0.2";
    clock.pass(1_000);
    expect(connectivity.reasonFor(a)).toBeNull();
    system.network = null;
    connectivity.networkChanged();
    system.network = "eth0 10.0.0.2";
    connectivity.networkChanged();
    expect(connectivity.reasonFor(a)).toBeNull();
  });

  it("is asked once a second, however many requests want to know", () => {
    const { connectivity, system } = setUp();
    for (let n = 0; n < 1_000; n++) connectivity.reasonFor(a);
    expect(system.asked).toBe(1);
  });
});

describe("as requests show it", () => {
  it("takes it for offline when every host failed in a row without a connection", () => {
    const { connectivity, fail } = setUp();
    fail(a);
    fail(b, "timeout_connect");
    expect(connectivity.reasonFor(a)).toBeNull();
    fail(a);
    expect(connectivity.reasonFor(a)).toBe("unreachable");
    expect(connectivity.reasonFor(b)).toBe("unreachable");
  });

  it("lets links in the local network be tried: they need no internet", () => {
    const { connectivity, fail } = setUp();
    for (const of of [a, b, a]) fail(of);
    expect(connectivity.reasonFor(near)).toBeNull();
    expect(connectivity.reasonFor(here)).toBeNull();
  });

  it("holds a host's failures against that host alone while another has not failed", () => {
    const { connectivity, fail } = setUp();
    for (let n = 0; n < 10; n++) fail(a);
    expect(connectivity.reason).toBeNull();
  });

  it("counts links of one host once", () => {
    const twin = link("twin", { baseUrl: "https://a.example/other" });
    const { connectivity, fail } = setUp([a, twin, b]);
    for (const of of [a, twin, a, twin]) fail(of);
    expect(connectivity.reason).toBeNull();
  });

  it.each([
    ["an answer", null],
    ["a refused key", "auth"],
    ["a server error", "server"],
    ["a rate limit", "rate_limited"],
  ] as const)("starts over at a sign of life: %s", (_, kind) => {
    const { connectivity, fail } = setUp();
    fail(a);
    fail(b);
    connectivity.record(a, { outcome: kind ? "failed" : "answered", kind, status: 200 });
    fail(a);
    fail(b);
    expect(connectivity.reason).toBeNull();
  });

  it.each(["timeout_first_token", "truncated", "malformed"] as const)(
    "makes nothing of %s, for or against",
    (kind) => {
      const { connectivity, fail } = setUp();
      for (let n = 0; n < 5; n++) {
        fail(a, kind);
        fail(b, kind);
      }
      expect(connectivity.reason).toBeNull();
      fail(a);
      fail(b);
      fail(a, kind);
      fail(b);
      expect(connectivity.reason).toBe("unreachable");
    },
  );

  it("takes no notice of links on this machine, of skipped attempts and of stops", () => {
    const { connectivity, fail } = setUp();
    fail(a);
    fail(b);
    fail(here);
    connectivity.record(b, { outcome: "skipped", kind: "network", status: null });
    connectivity.record(b, { outcome: "cancelled", kind: "cancelled", status: null });
    expect(connectivity.reason).toBeNull();
  });

  it("tells a network's sign-in page from none: something answered in the host's place", () => {
    const { connectivity, fail } = setUp();
    for (const of of [a, b, a]) fail(of, "network", 511);
    expect(connectivity.reasonFor(a)).toBe("sign_in_page");
  });

  it("is over at once with a single success", () => {
    const { connectivity, fail } = setUp();
    for (const of of [a, b, a]) fail(of);
    connectivity.record(b, { outcome: "answered", kind: null, status: 200 });
    expect(connectivity.reasonFor(a)).toBeNull();
  });

  it("is over at once in another network", () => {
    const { connectivity, fail, system, clock } = setUp();
    for (const of of [a, b, a]) fail(of);
    clock.pass(1_000);
    expect(connectivity.reasonFor(a)).toBe("unreachable");
    system.network = "wlan0 172.20.10.2";
    clock.pass(1_000);
    expect(connectivity.reasonFor(a)).toBeNull();
  });

  it("lets a request find out after a while, whose first failure settles it again", () => {
    const { connectivity, fail, clock } = setUp();
    for (const of of [a, b, a]) fail(of);
    clock.pass(15_000);
    expect(connectivity.reasonFor(a)).toBeNull();
    fail(a);
    expect(connectivity.reasonFor(b)).toBe("unreachable");
  });

  it("says nothing when the chain has no host of the internet", () => {
    const { connectivity, fail } = setUp([here]);
    for (let n = 0; n < 5; n++) fail(a);
    expect(connectivity.reason).toBeNull();
  });
});

it("tells of each change once", () => {
  const { connectivity, fail, onChange, system } = setUp();
  for (const of of [a, b, a, b, a]) fail(of);
  expect(onChange).toHaveBeenCalledTimes(1);
  connectivity.record(b, { outcome: "answered", kind: null, status: 200 });
  expect(onChange).toHaveBeenCalledTimes(2);
  system.network = null;
  connectivity.networkChanged();
  connectivity.networkChanged();
  expect(onChange).toHaveBeenCalledTimes(3);
});

it("knows it in well under five milliseconds", () => {
  const { connectivity, fail } = setUp();
  for (const of of [a, b, a]) fail(of);
  const before = performance.now();
  for (let n = 0; n < 1_000; n++) connectivity.reasonFor(a);
  expect((performance.now() - before) / 1_000).toBeLessThan(1);
});
