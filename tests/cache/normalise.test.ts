import { describe, expect, test } from "vitest";
import { normaliseQuestion } from "../../electron/cache/normalise.ts";

describe("questions that are the same", () => {
  test.each([
    ["What is a seam?", "  what IS a\n seam  "],
    ["What is a seam?", "What is a seam"],
    ["What is a seam?", "What is a seam?!…"],
    ["Where is Zürich?", "Where is Zu\u0308rich?"],
    ["ｆｕｌｌ ｗｉｄｔｈ？", "full width?"],
    ["什么是故障转移。", "什么是故障转移"],
    ["Help!", "help"],
  ])("%j and %j", (a, b) => {
    expect(normaliseQuestion(a)).toBe(normaliseQuestion(b));
  });
});

describe("questions that are not", () => {
  test.each([
    ["What is 5²?", "What is 52?"],
    ["What is x₁?", "What is x1?"],
    ["What is 5!", "What is 5"],
    ["What is n!?", "What is n?"],
    ["What is 5!!", "What is 5!"],
    ["What does ls -R do?", "What does ls -r do?"],
    ["What does `Map` mean?", "What does `map` mean?"],
    ["Fix ```\nif x:\n  y\n```", "Fix ```\nif x:\ny\n```"],
    ["What is C#?", "What is C?"],
    ["What is C++?", "What is C?"],
    ["Is 3.5 more than 3?", "Is 35 more than 3?"],
  ])("%j is not %j", (a, b) => {
    expect(normaliseQuestion(a)).not.toBe(normaliseQuestion(b));
  });
});

test("a question of signs alone is left with nothing or itself, and never throws", () => {
  expect(["", "   ", "?", "...", "!", "`"].map(normaliseQuestion)).toEqual(["", "", "", "", "!", "`"]);
});

test.each([".", "!", "` ", "```", "- ", "²", "-a "])(
  "a long run of %j takes no longer than its length",
  (sign) => {
    const text = `${sign.repeat(100_000)}x`;
    const before = performance.now();
    normaliseQuestion(text);
    expect(performance.now() - before).toBeLessThan(2_000);
  },
);
