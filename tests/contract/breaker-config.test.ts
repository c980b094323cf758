import { expect, it } from "vitest";
import { type BreakerConfig, breakerConfig } from "../../electron/contract/index.ts";

it("accepts every key of a breaker", () => {
  const all: BreakerConfig = {
    failure_threshold: 5,
    recovery_timeout: "30s",
    half_open_max_calls: 3,
    success_threshold: 2,
    window: "60s",
    minimum_calls: 10,
    failure_rate: 0.5,
    slow_call: "20s",
    slow_call_rate: 1,
  };
  expect(breakerConfig.parse(all)).toEqual(all);
  expect(breakerConfig.parse({})).toEqual({});
});

it.each([
  ["minimum_calls", { minimum_calls: 10 }, "window"],
  ["failure_rate", { failure_rate: 0.5 }, "window"],
  ["slow_call", { slow_call: "20s" }, "window"],
  ["slow_call_rate", { window: "60s", slow_call_rate: 0.5 }, "slow_call"],
] as const)("names %s as without effect when what it needs is missing", (key, config, needed) => {
  const issues = breakerConfig.safeParse(config).error?.issues ?? [];
  expect(issues.map(({ path }) => path)).toEqual([[key]]);
  expect(issues[0]?.message).toContain(`"${needed}"`);
});

it.each([{ failure_rate: 0 }, { failure_rate: 1.5 }, { success_threshold: 0 }, { window: "ten" }])(
  "refuses %o",
  (part) => {
    expect(breakerConfig.safeParse({ window: "60s", ...part }).success).toBe(false);
  },
);
