import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { networkOf, whereabouts } from "../../electron/health/index.ts";

describe("whereabouts", () => {
  it.each([
    ["http://127.0.0.1:4000/v1", "loopback"],
    ["http://127.8.8.8", "loopback"],
    ["http://localhost:11434", "loopback"],
    ["http://api.localhost", "loopback"],
    ["http://[::1]:8080/v1", "loopback"],
    ["http://192.168.1.20:11434", "lan"],
    ["http://10.0.0.7/v1", "lan"],
    ["http://172.31.0.1/v1", "lan"],
    ["http://[fd12::1]/v1", "lan"],
    ["http://gpu-box:8000/v1", "lan"],
    ["http://gpu.local/v1", "lan"],
    ["http://172.32.0.1/v1", "internet"],
    ["http://10.example.com/v1", "internet"],
    ["http://[2001:db8::1]/v1", "internet"],
    ["https://api.openai.com/v1", "internet"],
    ["https://localhost.example.com", "internet"],
  ] as const)("finds %s in the %s", (baseUrl, reach) => {
    expect(whereabouts({ provider: "openai-compatible", baseUrl }).reach).toBe(reach);
  });

  it("knows where a provider's own address leads", () => {
    expect(whereabouts({ provider: "llama", baseUrl: null }).reach).toBe("loopback");
    expect(whereabouts({ provider: "ollama", baseUrl: null }).reach).toBe("loopback");
    expect(whereabouts({ provider: "openai", baseUrl: null })).toEqual({ host: "openai", reach: "internet" });
  });
});

describe("network", () => {
  const info = (address: string, internal = false): NetworkInterfaceInfo => ({
    address,
    netmask: "255.255.255.0",
    family: "IPv4",
    mac: "00:00:00:00:00:01",
    internal,
    cidr: null,
  });

  it("is none when all that is up leads nowhere", () => {
    expect(networkOf({})).toBeNull();
    expect(
      networkOf({
        lo: [info("127.0.0.1", true)],
        docker0: [info("172.17.0.1")],
        eth0: [info("169.254.3.4"), info("fe80::1")],
      }),
    ).toBeNull();
  });

  it("is another when an address changes, and the same when only the order does", () => {
    const home = networkOf({ wlan0: [info("192.168.1.5")], eth0: [info("10.0.0.2")] });
    expect(home).toBe(networkOf({ eth0: [info("10.0.0.2")], wlan0: [info("192.168.1.5")] }));
    expect(home).not.toBe(networkOf({ wlan0: [info("172.20.10.2")], eth0: [info("10.0.0.2")] }));
  });
});
