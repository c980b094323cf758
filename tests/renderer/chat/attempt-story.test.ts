import { describe, expect, test } from "vitest";
import type { Attempt } from "../../../electron/contract/index.ts";
import { spanOf, storyOf } from "../../../renderer/chat/attempt-story.ts";
import { attempt } from "../support/fixtures.ts";

const at = (ms: number) => new Date(Date.parse("2026-03-02T09:15:00.000Z") + ms).toISOString();
const story = (one: Attempt, attempts: Attempt[], seams: { offset: number; link: string }[] = []) =>
  storyOf(one, { attempts, seams });

describe("an attempt's part in an answer", () => {
  const first = attempt({ outcome: "cancelled", started_at: at(0), duration_ms: 900 });
  const hedge = attempt({ link: "second", started_at: at(500), duration_ms: 700 });

  test("of a hedge: who was slower, and why there were two", () => {
    expect(story(first, [first, hedge])).toBe("Was slower than second and was stopped.");
    expect(story(hedge, [first, hedge])).toBe("Was asked as well, because primary had not begun to answer.");
  });

  test("is nothing where one link came after the other, however their clocks were rounded", () => {
    const failed = attempt({
      outcome: "failed",
      first_token_ms: null,
      started_at: at(0),
      duration_ms: 501.4,
    });
    expect(story(hedge, [failed, hedge])).toBeNull();
    expect(story(failed, [failed, hedge])).toBeNull();
  });

  test("is nothing where the person stopped the only one", () => {
    expect(story(first, [first])).toBeNull();
  });

  test("of one that broke off: whether its text was gone on with or taken back", () => {
    const broken = attempt({ outcome: "failed", started_at: at(0), duration_ms: 400 });
    expect(story(broken, [broken, hedge], [{ offset: 9, link: "second" }])).toBe(
      "Broke off in the middle; second went on from there.",
    );
    expect(story(broken, [broken, hedge])).toBe(
      "Broke off in the middle; its text was taken back, and second began anew.",
    );
    expect(story(broken, [broken])).toBe("Broke off in the middle.");
  });

  test("of a link that was passed over is nothing", () => {
    const skipped = attempt({ outcome: "skipped", started_at: at(600), duration_ms: 0 });
    expect(story(skipped, [skipped, hedge])).toBeNull();
  });
});

test("attempts take as long as from the first beginning to the last end, also where they overlap", () => {
  const long = attempt({ started_at: at(0), duration_ms: 1_000 });
  const short = attempt({ started_at: at(300), duration_ms: 100 });
  expect(spanOf([long, short])).toEqual({ firstMs: Date.parse(at(0)), wholeMs: 1_000 });
});
