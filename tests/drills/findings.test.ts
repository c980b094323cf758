import { describe, expect, it } from "vitest";
import type { DrillAnswer, DrillExpectation } from "../../electron/contract/index.ts";
import { findingOf, percentileOf, type Seen } from "../../electron/drills/findings.ts";
import { seriesOf } from "../../electron/drills/metrics-text.ts";

const plain: DrillAnswer = {
  n: 1,
  group: null,
  prompt: "Well?",
  at_ms: 0,
  tier: "cloud",
  level: "full",
  link: "primary",
  attempts: [],
  notices: [],
  first_token_ms: 100,
  duration_ms: 200,
  whole: true,
  text: "All is well.",
  failure: null,
  cost_usd: null,
};
const answers = (...changes: Partial<DrillAnswer>[]): DrillAnswer[] =>
  changes.map((change, index) => ({ ...plain, n: index + 1, ...change }));
const reading = (atMs: number, text: string) => ({ atMs, series: seriesOf(text) });

function judged(expectation: DrillExpectation, seen: Partial<Seen>) {
  const all: Seen = { answers: [], samples: [], lines: [], alerts: null, ...seen };
  const { outcome, seen: words } = findingOf(expectation, all, true);
  return [outcome, words];
}

describe("of answers", () => {
  it("all must fit unless a share is given, and only those that are meant", () => {
    const seen = {
      answers: answers({ group: "a" }, { group: "a", tier: "backup" }, { group: "b", tier: "local" }),
    };
    expect(judged({ check: "tier", is: "cloud", of: "a" }, seen)).toEqual([
      "failed",
      "1 of 2 (50 %): cloud 1, backup 1",
    ]);
    expect(judged({ check: "tier", is: "cloud", of: "a", share: 0.5 }, seen)[0]).toBe("passed");
    expect(judged({ check: "tier", is: ["cloud", "backup"], of: "a" }, seen)[0]).toBe("passed");
    expect(judged({ check: "tier", is: "local", share_at_most: 0.2 }, seen)[0]).toBe("failed");
    expect(judged({ check: "tier", is: "cache", share_at_most: 0 }, seen)[0]).toBe("passed");
  });

  it("nothing holds of answers that there are none of", () => {
    expect(judged({ check: "tier", is: "cloud" }, {})).toEqual(["failed", "There was nothing to look at."]);
    expect(judged({ check: "nothing_lost" }, {})[0]).toBe("failed");
    expect(judged({ check: "first_token", within: "1s" }, {})[0]).toBe("failed");
  });

  it("level, link, notice, text and wholeness", () => {
    const seen = {
      answers: answers({ notices: ["backup_used"], text: "Sure! Yes." }, { whole: false, level: "minimal" }),
    };
    expect(judged({ check: "level", is: "full" }, seen)[0]).toBe("failed");
    expect(judged({ check: "link", is: "primary" }, seen)[0]).toBe("passed");
    expect(judged({ check: "notice", code: "backup_used", share: 0.5 }, seen)[0]).toBe("passed");
    expect(judged({ check: "text", contains: "sure!", share_at_most: 0 }, seen)).toEqual([
      "failed",
      "1 of 2 (50 %)",
    ]);
    expect(judged({ check: "whole" }, seen)[0]).toBe("failed");
  });

  it("the percentile of times, and an answer that never came was not quick", () => {
    const quick = answers(...Array.from({ length: 19 }, () => ({})));
    const never = answers({ first_token_ms: null, whole: false, failure: "offline" });
    expect(judged({ check: "first_token", within: "150ms" }, { answers: [...quick, ...never] })).toEqual([
      "passed",
      "100 ms",
    ]);
    expect(
      judged({ check: "first_token", within: "150ms", percentile: 100 }, { answers: [...quick, ...never] }),
    ).toEqual(["failed", "some never came"]);
    expect(judged({ check: "duration", within: "100ms" }, { answers: quick })).toEqual(["failed", "200 ms"]);
  });

  it("an honest failure is not lost; no end, and an end without a word, are", () => {
    const honest = answers({ tier: "offline", whole: false, failure: "Nothing can answer." });
    expect(judged({ check: "nothing_lost" }, { answers: honest })[0]).toBe("passed");
    expect(
      judged(
        { check: "nothing_lost" },
        { answers: answers({ tier: null, whole: false, failure: "It threw." }) },
      )[0],
    ).toBe("failed");
    expect(judged({ check: "nothing_lost" }, { answers: answers({ whole: false }) })).toEqual([
      "failed",
      "1 of 1 lost",
    ]);
  });
});

describe("of metrics", () => {
  const samples = [
    reading(0, 'up{link="a"} 1\n'),
    reading(1_000, 'up{link="a"} 0\ntries_total{link="a",kind="x"} 3\ntries_total{link="b",kind="x"} 4\n'),
    reading(2_000, 'up{link="a"} 1\ntries_total{link="a",kind="x"} 5\ntries_total{link="b",kind="x"} 4\n'),
  ];

  it("a counter rises from nothing, over all series that fit", () => {
    expect(
      judged({ check: "metric", name: "tries_total", rises_by: { at_least: 9, at_most: 9 } }, { samples }),
    ).toEqual(["passed", "rose by 9"]);
    expect(
      judged(
        { check: "metric", name: "tries_total", labels: { link: "a" }, rises_by: { at_most: 4 } },
        { samples },
      )[0],
    ).toBe("failed");
  });

  it("a gauge reaches a value in between, and ends at another", () => {
    const of = { check: "metric", name: "up", labels: { link: "a" } } as const;
    expect(judged({ ...of, reaches: { at_most: 0 }, ends_at: { at_least: 1 } }, { samples })).toEqual([
      "passed",
      "between 0 and 1, ended at 1",
    ]);
    expect(judged({ ...of, ends_at: { at_most: 0 } }, { samples })[0]).toBe("failed");
    expect(judged({ ...of, reaches: { at_least: 2 } }, { samples })[0]).toBe("failed");
  });

  it("reads labels with quotes and line ends in them", () => {
    expect(seriesOf('# HELP a b\na_b{one="x\\"y\\\\",two="l\\n"} 1.5e3 1700000000\nc 2\n')).toEqual([
      { name: "a_b", labels: { one: 'x"y\\', two: "l\n" }, value: 1_500 },
      { name: "c", labels: {}, value: 2 },
    ]);
  });
});

it("counts the lines of the log that fit", () => {
  const lines = [
    { event: "request", tier: "backup" },
    { event: "request", tier: "cloud" },
    { event: "breaker", tier: "backup" },
  ];
  expect(judged({ check: "log", event: "request", with: { tier: "backup" } }, { lines })).toEqual([
    "passed",
    "1 line",
  ]);
  expect(judged({ check: "log", event: "request", at_least: 3 }, { lines })[0]).toBe("failed");
  expect(judged({ check: "log", event: "request", at_most: 1 }, { lines })[0]).toBe("failed");
  expect(judged({ check: "log", event: "level", at_most: 0 }, { lines })[0]).toBe("passed");
});

it("alerts fire, stay silent, are not known, or can't be judged", () => {
  const alerts = { fired: new Set(["A"]), known: new Set(["A", "B"]) };
  expect(judged({ check: "alert", name: "A" }, { alerts })).toEqual(["passed", "fired"]);
  expect(judged({ check: "alert", name: "B" }, { alerts })).toEqual(["failed", "silent"]);
  expect(judged({ check: "alert", name: "B", fires: false }, { alerts })[0]).toBe("passed");
  expect(judged({ check: "alert", name: "C", fires: false }, { alerts })[0]).toBe("failed");
  expect(judged({ check: "alert", name: "A" }, { alerts: { unchecked: "No promtool." } })).toEqual([
    "unchecked",
    "No promtool.",
  ]);
});

it("nothing is settled before the end", () => {
  const seen: Seen = { answers: answers({ tier: "backup" }), samples: [], lines: [], alerts: null };
  expect(findingOf({ check: "tier", is: "cloud" }, seen, false)).toMatchObject({
    outcome: "open",
    seen: "0 of 1 (0 %): backup 1",
  });
  expect(findingOf({ check: "tier", is: "cloud", of: "later" }, seen, false).seen).toBe("nothing yet");
});

it("takes the nearest rank as the percentile", () => {
  expect([50, 95, 100].map((at) => percentileOf([4, 1, 3, 2], at))).toEqual([2, 4, 4]);
  expect(percentileOf([], 95)).toBeNull();
});
