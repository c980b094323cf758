import { expect, it } from "vitest";
import { config, durationAbove0, problemWords } from "../../electron/contract/index.ts";

/** What is said of a config that can't be used. */
function wordsOf(given: object): string[] {
  const issues = config.safeParse(given).error?.issues ?? [];
  return issues.map((issue) => `${issue.path.join(".")}: ${problemWords(config, given, issue)}`);
}

it.each([
  ["telemetry.interval", { telemetry: { interval: "0s" } }],
  ["health.probe_interval", { health: { probe_interval: "0ms" } }],
  ["health.probe_timeout", { health: { probe_timeout: "0.0m" } }],
  ["gateway.request_timeout", { gateway: { request_timeout: "00h" } }],
  ["deadline", { deadline: "0d" }],
])("refuses a %s of 0 and says what to write", (key, given) => {
  expect(wordsOf(given)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^${key}: "[\\d.]+[a-z]+" must be more than 0: write a number and a unit, such as 500ms, 30s or 5m$`,
      ),
    ),
  ]);
});

it("says one thing of what is no duration at all", () => {
  expect(wordsOf({ deadline: "soon" })).toEqual([
    'deadline: "soon" is not a duration: write a number and a unit, such as 500ms, 30s, 5m, 2h or 90d',
  ]);
  expect(durationAbove0.parse("0.5s")).toBe("0.5s");
});

it("takes 0 where it means at once, or never again", () => {
  const given = { hedge: { after: "0ms" }, gateway: { grace: "0s" }, offline: { retry_after: "0s" } };
  expect(config.parse(given)).toEqual(given);
});

it.each(["postgres://me:abcdef123@host/db", "postgresql://me@host/db?password=abcdef123"])(
  "refuses a password in %s, also where no file is checked, and names the variable for it",
  (store) => {
    const [words = "", ...others] = wordsOf({ cache: { store } });
    expect(others).toEqual([]);
    expect(words).toMatch(/^cache\.store: .*HOLDFAST_CACHE_PASSWORD/);
    expect(words).not.toContain("abcdef123");
  },
);
