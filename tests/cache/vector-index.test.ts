import { expect, test } from "vitest";
import { unit, VectorIndex } from "../../electron/cache/vector-index.ts";

/** Numbers that look random and are the same on each run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function vectors(count: number, dimensions: number, seed = 1): Float32Array[] {
  const next = random(seed);
  return Array.from({ length: count }, () =>
    unit(Float32Array.from({ length: dimensions }, () => next() - 0.5)),
  );
}

const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

test.each([384, 1024, 50])(
  "the nearest of 5,000 vectors of %i numbers is the one that comparing all of them finds",
  (dimensions) => {
    const all = vectors(5_000, dimensions);
    const index = new VectorIndex(dimensions);
    for (const [key, vector] of all.entries()) index.set(key, "g", vector);
    const noise = vectors(100, dimensions, 2);
    for (const [at, extra] of noise.entries()) {
      const query = unit(
        (all[at * 50] as Float32Array).map((value, place) => value + 0.5 * (extra[place] ?? 0)),
      );
      const best = all
        .map((vector, key) => ({ key, similarity: cosine(query, vector) }))
        .sort((a, b) => b.similarity - a.similarity)[0];
      const [found] = index.search(query, "g", 1);
      expect(found?.key).toBe(best?.key);
      expect(found?.similarity).toBeCloseTo(best?.similarity ?? 0, 5);
    }
  },
);

test("a search sees its own group only", () => {
  const index = new VectorIndex(2);
  index.set(1, "a", Float32Array.of(1, 0));
  index.set(2, "b", Float32Array.of(0, 1));
  expect(index.search(Float32Array.of(0, 1), "a", 5)).toEqual([{ key: 1, similarity: 0 }]);
  expect(index.search(Float32Array.of(0, 1), "c", 5)).toEqual([]);
});

test("after removals and replacements the same is found as in an index that was built anew", () => {
  const all = vectors(9_000, 32);
  const index = new VectorIndex(32);
  for (const [key, vector] of all.entries()) index.set(key, "g", vector);
  for (let key = 0; key < 9_000; key += 3) index.delete(key);
  for (let key = 1; key < 9_000; key += 3) index.set(key, "g", all[key - 1] as Float32Array);
  const anew = new VectorIndex(32);
  for (let key = 0; key < 9_000; key += 1) {
    if (key % 3 === 1) anew.set(key, "g", all[key - 1] as Float32Array);
    if (key % 3 === 2) anew.set(key, "g", all[key] as Float32Array);
  }
  expect(index.size).toBe(6_000);
  for (const query of vectors(20, 32, 3))
    expect(index.search(query, "g", 3)).toEqual(anew.search(query, "g", 3));
});

test("a vector of another length is refused", () => {
  expect(() => new VectorIndex(4).set(1, "g", new Float32Array(3))).toThrow(/3 numbers where 4/);
});
