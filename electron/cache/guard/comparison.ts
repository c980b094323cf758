import { intentAgreement } from "./framing.ts";
import { areAntonyms, areSynonyms } from "./lexicon.ts";
import type { Item, Reading } from "./reading.ts";
import { areDerived, isSlip } from "./words.ts";

/** What was found when two questions were laid side by side. */
export interface Comparison {
  /** Items of both that say the same, by their places. */
  matches: { a: number; b: number; how: "same" | "derived" | "everyday" | "dictionary" }[];
  /** Items that only one question has. */
  onlyA: Item[];
  onlyB: Item[];
  antonyms: [string, string][];
  /** Two items of one kind that stand the other way round, and for no harmless reason. */
  inverted: [string, string] | null;
  /** An item that stands under opposite prepositions: from and to. */
  turned: string | null;
  intents: 0 | 1 | 2;
}

export function compared(a: Reading, b: Reading): Comparison {
  const matches = matched(a.items, b.items);
  const ours = new Set(matches.map((match) => match.a));
  const theirs = new Set(matches.map((match) => match.b));
  const onlyA = a.items.filter((_, at) => !ours.has(at));
  const onlyB = b.items.filter((_, at) => !theirs.has(at));
  const antonyms: [string, string][] = [];
  for (const one of onlyA) {
    const other = onlyB.find((item) => areAntonyms(one.stem, item.stem) || areAntonyms(one.text, item.text));
    if (other !== undefined) antonyms.push([one.text, other.text]);
  }
  return {
    matches,
    onlyA,
    onlyB,
    antonyms,
    inverted: inversion(a.items, b.items, matches),
    turned: turnedAround(a.items, b.items, matches),
    intents: intentAgreement(a.intent, b.intent),
  };
}

function matched(a: readonly Item[], b: readonly Item[]): Comparison["matches"] {
  const found: Comparison["matches"] = [];
  const free = new Set(b.keys());
  const left = new Set(a.keys());
  const rounds = [
    ["same", (one: Item, other: Item) => one.stem === other.stem || one.text === other.text],
    [
      "derived",
      (one: Item, other: Item) =>
        areDerived(one.text, other.text) ||
        (!one.named && !other.named && isSlip(one.text, other.text) && !areAntonyms(one.stem, other.stem)),
    ],
    ["everyday", (one: Item, other: Item) => areSynonyms(one.stem, other.stem) === "everyday"],
    [
      "dictionary",
      (one: Item, other: Item) =>
        areSynonyms(one.stem, other.stem) === "dictionary" && !areAntonyms(one.stem, other.stem),
    ],
  ] as const;
  for (const [how, agrees] of rounds) {
    for (const at of left) {
      const one = a[at];
      if (one === undefined) continue;
      let best: number | null = null;
      for (const place of free) {
        const other = b[place];
        if (other === undefined || !agrees(one, other)) continue;
        // of equal words, the one under the same preposition
        if (best === null || (other.role === one.role && b[best]?.role !== one.role)) best = place;
      }
      if (best === null) continue;
      found.push({ a: at, b: best, how });
      free.delete(best);
      left.delete(at);
    }
  }
  return found.sort((one, other) => one.a - other.a);
}

const isListed = (item: Item) => item.role.startsWith("and") || item.role.startsWith("or");

/** The first two items of the same class whose order differs, where neither preposition nor a list explains it. */
function inversion(
  a: readonly Item[],
  b: readonly Item[],
  matches: Comparison["matches"],
): [string, string] | null {
  for (const [at, first] of matches.entries()) {
    for (const second of matches.slice(at + 1)) {
      if (first.b <= second.b) continue;
      const [a1, a2, b1, b2] = [a[first.a], a[second.a], b[first.b], b[second.b]];
      if (!a1 || !a2 || !b1 || !b2 || a1.class !== a2.class) continue;
      const neighbours = second.a === first.a + 1 && first.b === second.b + 1;
      // "cats and dogs" is "dogs and cats"
      if (neighbours && isListed(a2) && isListed(b1)) continue;
      if (isListed(a2) && isListed(b1) && a2.role === b1.role) continue;
      // "on Windows, how do I open it" is "how do I open it on Windows"
      if ((a1.role !== "" && a1.role === b1.role) || (a2.role !== "" && a2.role === b2.role)) continue;
      // "a visa for Japan" is "a Japan visa"
      const compound = (left: Item, right: Item) => loose.has(right.role) && left.role !== right.role;
      if (neighbours && compound(a1, a2) !== compound(b2, b1)) continue;
      return [a1.text, a2.text];
    }
  }
  return null;
}

const loose = new Set(["for", "in", "on", "at", "about", "with", "of"]);

const opposed = new Map<string, string[]>([
  ["from", ["to", "into", "onto", "toward", "towards", "for"]],
  ["before", ["after", "during"]],
  ["after", ["during"]],
  ["with", ["without", "against"]],
  ["above", ["below", "under"]],
  ["over", ["under", "below"]],
  ["in", ["out", "outside"]],
  ["on", ["off", "under"]],
  ["up", ["down"]],
  ["for", ["against", "without"]],
  ["inside", ["outside"]],
  ["than", ["", "to"]],
  ["by", ["for", "to"]],
  ["until", ["since", "after"]],
]);

function turnedAround(a: readonly Item[], b: readonly Item[], matches: Comparison["matches"]): string | null {
  for (const match of matches) {
    const [ours, theirs] = [a[match.a], b[match.b]];
    if (!ours || !theirs || ours.role === theirs.role) continue;
    if (opposed.get(ours.role)?.includes(theirs.role) || opposed.get(theirs.role)?.includes(ours.role)) {
      if (ours.role === "than" || theirs.role === "than") {
        // only against a subject: "is A faster than B" and "which is faster, A or B" ask the same
        const list = [...a, ...b].some(isListed);
        if (list) continue;
      }
      return ours.text;
    }
  }
  return null;
}
