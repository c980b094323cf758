import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unit } from "../../../electron/cache/vector-index.ts";

/** Questions of the project's own pairs: what is asked, and what was asked earlier. */
export function questions(): { asked: string[]; earlier: string[] } {
  const pairs = ["dev.jsonl", "heldout.jsonl"].flatMap((name) =>
    readFileSync(join(import.meta.dirname, "pairs", name), "utf8")
      .trim()
      .split("\n")
      .map((line): { a: string; b: string; same: boolean } => JSON.parse(line)),
  );
  return {
    asked: pairs.filter(({ same }) => same).map(({ b }) => b),
    earlier: [...new Set(pairs.map(({ a }) => a))],
  };
}

/** Numbers from 0 to below 1 that look random and are the same on each run (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Length of the noise beside a vector of length 1: what comes of it lies at a cosine of about 0.8 to where it began. */
const noise = 0.75;

/** `count` vectors of length 1 in a row: the given ones, then mixtures of two of them with noise. */
export function jittered(base: readonly Float32Array[], count: number, next: () => number): Float32Array {
  const dimensions = base[0]?.length ?? 0;
  const all = new Float32Array(count * dimensions);
  const pick = () => base[Math.floor(next() * base.length)] as Float32Array;
  for (let n = 0; n < count; n += 1) {
    const given = base[n];
    all.set(given ?? mixture(pick(), pick(), next), n * dimensions);
  }
  return all;
}

function mixture(one: Float32Array, other: Float32Array, next: () => number): Float32Array {
  const share = next() / 2;
  const width = noise * Math.sqrt(12 / one.length);
  return unit(
    one.map((value, at) => (1 - share) * value + share * (other[at] ?? 0) + (next() - 0.5) * width),
  );
}

/** The nearest of vectors in a row, all of them compared. */
export function nearest(
  vectors: Float32Array,
  query: Float32Array,
  count: number,
): { key: number; similarity: number }[] {
  const dimensions = query.length;
  const best: { key: number; similarity: number }[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let key = 0, begin = 0; begin < vectors.length; key += 1, begin += dimensions) {
    let similarity = 0;
    for (let at = 0; at < dimensions; at += 1) {
      similarity += (vectors[begin + at] as number) * (query[at] as number);
    }
    if (similarity <= least && best.length === count) continue;
    best.push({ key, similarity });
    best.sort((a, b) => b.similarity - a.similarity);
    best.length = Math.min(best.length, count);
    least = best.at(-1)?.similarity ?? least;
  }
  return best;
}
