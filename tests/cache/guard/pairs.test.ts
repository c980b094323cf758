import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judge } from "../../../electron/cache/guard/index.ts";

interface Pair {
  a: string;
  b: string;
  same: boolean;
}

const pairs = ["dev", "heldout", "further"].flatMap((half) =>
  readFileSync(new URL(`../../bench/cache/pairs/${half}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Pair),
);

/** The share of pairs that are served when their vectors are as near as this, percent. */
function served(same: boolean, similarity: number): number {
  const asked = pairs.filter((pair) => pair.same === same);
  const hits = asked.filter(({ a, b }) => judge(a, b, similarity).verdict === "same");
  return (100 * hits.length) / asked.length;
}

describe("over the pairs of the bench", () => {
  it("serves most paraphrases and few look-alikes, however near their vectors are", () => {
    expect(served(true, 0.95)).toBeGreaterThan(70);
    expect(served(false, 0.95)).toBeLessThanOrEqual(0.5);
  });

  it("judges alike whichever question was asked first", () => {
    const turned = pairs.filter(({ a, b }) => judge(a, b, 0.9).verdict !== judge(b, a, 0.9).verdict);
    expect(turned).toEqual([]);
  });
});

it("takes long texts of any signs", () => {
  const text = "¿¡`--x {a} 1,2,3 of by to and or — not 😀 \u0000 ".repeat(2000);
  expect(judge(text, text, 1).verdict).toBe("same");
  expect(judge(text, `${text}!`, 1).verdict).toBe("different");
  expect(judge(text, "", 0).verdict).not.toBe("same");
  expect(judge("", "", 1).score).toBeLessThanOrEqual(1);
});
