import { type Comparison, compared } from "./comparison.ts";
import { type Item, type Reading, readingOf } from "./reading.ts";
import type { Pair } from "./rules.ts";

/** The names of the counters that the scorer reads, in their order. `scripts/guard` trains on the same. */
export const featureNames = [
  "similarity",
  "onlyMin",
  "onlyMax",
  "nounsMin",
  "nounsMax",
  "verbsMin",
  "verbsMax",
  "modifiersMin",
  "modifiersMax",
  "matchedShare",
  "exactShare",
  "everyday",
  "dictionary",
  "derived",
  "intents",
  "modalsDiffer",
  "wordsMin",
  "wordsDiffer",
  "lettersAgree",
  "substituted",
  "negations",
  "sameLast",
] as const;

const count = (items: readonly Item[], ...classes: readonly Item["class"][]) =>
  items.filter((item) => classes.includes(item.class)).length;

/** The counters of a pair, all symmetrical: which question was asked first makes no difference. */
export function featuresOf({ a, b, comparison }: Pair, similarity: number): number[] {
  const { matches, onlyA, onlyB } = comparison;
  const both = (of: (items: readonly Item[]) => number) => {
    const [ours, theirs] = [of(onlyA), of(onlyB)];
    return [Math.min(ours, theirs), Math.max(ours, theirs)];
  };
  const how = (kind: Comparison["matches"][number]["how"]) =>
    matches.filter((match) => match.how === kind).length;
  const total = a.items.length + b.items.length;
  return [
    similarity,
    ...both((items) => items.length),
    ...both((items) => count(items, "noun")),
    ...both((items) => count(items, "verb")),
    ...both((items) => count(items, "adjective", "adverb")),
    total === 0 ? 0 : (2 * matches.length) / total,
    total === 0 ? 0 : (2 * how("same")) / total,
    how("everyday"),
    how("dictionary"),
    how("derived"),
    comparison.intents,
    a.modal !== "" && b.modal !== "" && a.modal !== b.modal ? 1 : 0,
    Math.min(a.items.length, b.items.length),
    Math.abs(a.words.length - b.words.length),
    letterAgreement(a, b),
    substitutions(a, b, comparison),
    a.negations + b.negations,
    a.items.at(-1)?.stem === b.items.at(-1)?.stem ? 1 : 0,
  ];
}

/** Dice's coefficient of the three-letter pieces of the items. */
function letterAgreement(a: Reading, b: Reading): number {
  const pieces = ({ items }: Reading) => {
    const text = ` ${items.map(({ text: word }) => word).join(" ")} `;
    return new Set(Array.from({ length: Math.max(0, text.length - 2) }, (_, at) => text.slice(at, at + 3)));
  };
  const [ours, theirs] = [pieces(a), pieces(b)];
  const size = ours.size + theirs.size;
  return size === 0 ? 0 : (2 * [...ours].filter((piece) => theirs.has(piece)).length) / size;
}

/** How many items stand where the other question has another, between the same neighbours. */
function substitutions(a: Reading, b: Reading, { matches }: Comparison): number {
  const partner = new Map(matches.map((match) => [match.a, match.b]));
  const theirs = new Set(matches.map((match) => match.b));
  let found = 0;
  for (let at = 0; at < a.items.length; at++) {
    if (partner.has(at)) continue;
    const before = at === 0 ? -1 : partner.get(at - 1);
    const after = at === a.items.length - 1 ? b.items.length : partner.get(at + 1);
    const byBefore = before !== undefined && before + 1 < b.items.length && !theirs.has(before + 1);
    const byAfter = after !== undefined && after > 0 && !theirs.has(after - 1);
    if (byBefore || byAfter) found += 1;
  }
  return found;
}

/** Reads two questions and lays them side by side, in an order that does not depend on which was asked first. */
export function pairOf(one: string, other: string): Pair {
  const [a, b] = one < other ? [readingOf(one), readingOf(other)] : [readingOf(other), readingOf(one)];
  return { a, b, comparison: compared(a, b) };
}
