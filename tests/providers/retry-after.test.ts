import { describe, expect, test } from "vitest";
import { retryAfterMs, spanMs } from "../../electron/providers/retry-after.ts";

const now = Date.UTC(2026, 10, 21, 9, 0, 0);
const wait = (headers: Record<string, string>, text = "") => retryAfterMs(new Headers(headers), text, now);

describe("how long to wait", () => {
  test.each([
    ["milliseconds", { "retry-after-ms": "250", "retry-after": "9" }, 250],
    ["seconds", { "retry-after": "2" }, 2_000],
    ["seconds with a fraction", { "retry-after": "0.5" }, 500],
    ["a date", { "retry-after": "Sat, 21 Nov 2026 09:00:30 GMT" }, 30_000],
    ["a date that has passed", { "retry-after": "Sat, 21 Nov 2026 08:00:00 GMT" }, 0],
    [
      "OpenAI's reset of requests",
      { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" },
      360_000,
    ],
    [
      "Anthropic's reset of tokens",
      {
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2026-11-21T09:01:00Z",
      },
      60_000,
    ],
    [
      "the longest of the limits that are used up",
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "20s",
      },
      20_000,
    ],
  ])("is read from %s", (_, headers, ms) => {
    expect(wait(headers as Record<string, string>)).toBe(ms);
  });

  test("is not read from a limit that is not used up", () => {
    expect(wait({ "x-ratelimit-remaining-tokens": "4000", "x-ratelimit-reset-tokens": "20s" })).toBeNull();
  });

  test.each([
    ["Please try again in 1.2s.", 1_200],
    ["Please retry in 23.5s.", 23_500],
    ["Please try again in 6m0s.", 360_000],
  ])("is read from the sentence %j", (text, ms) => {
    expect(wait({}, text)).toBe(ms);
  });

  test("is null when nobody says, or says nonsense", () => {
    expect(wait({})).toBeNull();
    expect(wait({ "retry-after": "soon" })).toBeNull();
  });
});

test.each([
  ["20ms", 20],
  ["1s", 1_000],
  ["1h2m3.5s", 3_723_500],
  ["", null],
  ["5", null],
  ["1 s", null],
])("the span %j is %j ms", (text, ms) => {
  expect(spanMs(text)).toBe(ms);
});
