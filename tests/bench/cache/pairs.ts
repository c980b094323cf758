import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export interface Pair {
  a: string;
  b: string;
  /** Whether both ask the same thing. */
  same: boolean;
  kind: string;
}

export interface PairSet {
  title: string;
  pairs: Pair[];
}

const read = (path: string): Pair[] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Pair);

const everySecond = (pairs: Pair[]) => pairs.filter((_, at) => at % 2 === 1);
const secondHalf = (pairs: Pair[]) => pairs.slice(pairs.length / 2);

/** Sets that are not ours to ship. Of each only the part is measured that the guard was never mended on. */
const others = [
  ["qqp_dev.jsonl", "Quora Question Pairs, the half kept aside", secondHalf],
  ["pawsqqp_dev.jsonl", "PAWS-QQP, the half kept aside", everySecond],
  ["checklist_dev.jsonl", "CheckList for QQP, the half kept aside", everySecond],
  ["mrpc_dev.jsonl", "Microsoft Research Paraphrase Corpus", (pairs: Pair[]) => pairs],
] as const;

/** Pairs that the guard was mended on. */
const mendedOn = (own: string) =>
  ["dev.jsonl", "heldout.jsonl", "further.jsonl"].flatMap((file) => read(join(own, file)));

/** Pairs that were written without a look at the guard, less those of which a question is among those it was mended on. */
function blind(own: string): Pair[] {
  const plain = (text: string) => text.toLowerCase().replace(/[ ?.]+$/, "");
  const seen = new Set(mendedOn(own).flatMap(({ a, b }) => [plain(a), plain(b)]));
  return read(join(own, "blind.jsonl")).filter(({ a, b }) => !seen.has(plain(a)) && !seen.has(plain(b)));
}

/** Our own sets, and those found in `folder`. */
export function pairSets(folder: string | undefined): PairSet[] {
  const own = resolve(import.meta.dirname, "pairs");
  const found = others.flatMap(([file, title, aside]) => {
    const path = folder === undefined ? "" : join(folder, file);
    return existsSync(path) ? [{ title, pairs: aside(read(path)) }] : [];
  });
  return [
    { title: "Our pairs, written blind", pairs: blind(own) },
    { title: "Our pairs that the guard was mended on", pairs: mendedOn(own) },
    ...found,
  ];
}
