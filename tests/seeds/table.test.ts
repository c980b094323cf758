import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { patternOf } from "./proof.ts";
import { proofs } from "./proofs/index.ts";
import { occurrences, pathOf } from "./switch-off.ts";
import { readTable } from "./table.ts";

const tests = resolve(import.meta.dirname, "..");
const rows = readTable();
const all = Object.entries(proofs).flatMap(([mechanism, own]) =>
  own.map((proof) => ({ mechanism, proof, about: `${mechanism}: ${proof.source}` })),
);
const known = (mechanism: string) => proofs[mechanism] ?? [];

// Whether the tests fail without their mechanisms takes minutes: npm run seeds:prove.
describe("docs/seeds.md", () => {
  it("has a proof for each mechanism, and no proof without one", () => {
    expect(Object.keys(proofs)).toEqual(rows.map(({ mechanism }) => mechanism));
  });

  it.each(rows)("names the tests of the proofs: $mechanism", ({ mechanism, tests }) => {
    const proven = new Set(known(mechanism).map(({ test }) => test.file));
    expect([...proven].toSorted()).toEqual(tests.toSorted());
  });

  it.each(rows)("names the files that the proofs change: $mechanism", ({ mechanism, where }) => {
    const isNamed = (file: string) =>
      where.some((place) => (place.endsWith("/") ? file.startsWith(place) : file === place));
    expect(known(mechanism).filter(({ file }) => !isNamed(file))).toEqual([]);
  });
});

describe("a proof", () => {
  it.each(all)("finds what it switches off exactly once: $about", ({ proof }) => {
    expect(occurrences(proof, readFileSync(pathOf(proof), "utf8"))).toBe(1);
  });

  it.each(all)("names a test that exists: $about", ({ proof: { test } }) => {
    const quoted = [`"${test.title}"`, `\`${test.title}\``];
    const text = readFileSync(join(tests, test.file), "utf8");
    expect(quoted.reduce((sum, title) => sum + text.split(title).length - 1, 0)).toBe(1);
  });
});

it("a title's pattern means the title, and anything in the place of its values", () => {
  const matches = (title: string, name: string) => new RegExp(`${patternOf(title)}$`).test(name);
  expect(matches("is (really) $about: 80 %?", "is (really) this: 80 %?")).toBe(true);
  expect(matches("%s answers", "/v1/x answers")).toBe(true);
  expect(matches("a.b", "acb")).toBe(false);
});
