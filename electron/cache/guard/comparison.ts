import { intentAgreement } from "./framing.ts";
import { areAntonyms, areSynonyms } from "./lexicon.ts";
import type { Item, Reading } from "./reading.ts";
import { areDerived, isSlip, stemOf } from "./words.ts";

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
  /** Whether both ask for something of two things whose order means nothing: which is larger, how far apart. */
  symmetric: boolean;
}

export function compared(a: Reading, b: Reading): Comparison {
  const matches = matched(a.items, b.items);
  const ours = new Set(matches.map((match) => match.a));
  const theirs = new Set(matches.map((match) => match.b));
  const restA = a.items.filter((_, at) => !ours.has(at));
  const restB = b.items.filter((_, at) => !theirs.has(at));
  const onlyA = restB.length === 0 ? restA.filter((item) => !isRedundant(item, a.items)) : restA;
  const onlyB = restA.length === 0 ? restB.filter((item) => !isRedundant(item, b.items)) : restB;
  const antonyms: [string, string][] = [];
  for (const one of onlyA) {
    const other = onlyB.find((item) => areAntonyms(one.stem, item.stem) || areAntonyms(one.text, item.text));
    if (other !== undefined) antonyms.push([one.text, other.text]);
  }
  const contest = isContest(a, b) || isContest(b, a);
  const symmetric = contest || (a.intent === "distance" && b.intent === "distance");
  return {
    matches,
    onlyA,
    onlyB,
    antonyms,
    inverted: symmetric ? null : inversion(a, b, matches),
    symmetric,
    turned: symmetric ? null : turnedAround(a.items, b.items, matches),
    intents: contest ? 2 : intentAgreement(a.intent, b.intent),
  };
}

/** Words that only say what kind of thing a named one is, as in "a monstera plant" or "which city". */
const kinds = new Set(
  (
    "city country plant recipe word term website app software program language command company river mountain planet animal " +
    "man woman disease condition movie film novel song fruit vegetable"
  )
    .split(" ")
    .map(stemOf),
);

/** Whether an item adds nothing to the one beside it. Where both questions have a word more, neither is redundant. */
function isRedundant(item: Item, items: readonly Item[]): boolean {
  if (!kinds.has(item.stem)) return false;
  const at = items.indexOf(item);
  const before = items[at - 1];
  return at === 0 || (before !== undefined && before.class === "noun" && before.role === item.role);
}

function matched(a: readonly Item[], b: readonly Item[]): Comparison["matches"] {
  const found: Comparison["matches"] = [];
  const free = new Set(b.keys());
  const left = new Set(a.keys());
  const rounds = [
    [
      "same",
      (one: Item, other: Item) =>
        one.text === other.text ||
        // a silent e that a stem lacks: a car is not care
        (one.stem === other.stem && one.text !== `${other.text}e` && other.text !== `${one.text}e`),
    ],
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

const isListed = ({ role }: Item) => /^(?:and|or|vs|versus|between)\b/.test(role);

/** "Is A larger than B" and "which is larger, B or A": the order of the two means nothing. */
const isContest = (a: Reading, b: Reading) =>
  a.items.some(({ role }) => role === "than") &&
  b.items.some(({ role }) => role.startsWith("or")) &&
  /^(?:what|which|who|definition)$/.test(b.intent);

/** The first two items whose order differs, where neither preposition nor a list explains it. */
function inversion(a: Reading, b: Reading, matches: Comparison["matches"]): [string, string] | null {
  const turnable = a.passive || b.passive || a.asksObject !== b.asksObject;
  const sameWords = bagAgreement(a, b) >= shuffledFrom;
  for (const [at, first] of matches.entries()) {
    for (const second of matches.slice(at + 1)) {
      if (first.b <= second.b) continue;
      const [a1, a2, b1, b2] = [a.items[first.a], a.items[second.a], b.items[first.b], b.items[second.b]];
      if (!a1 || !a2 || !b1 || !b2) continue;
      // a verb and its noun change places when one is made from the other; not when every word is the same
      if (a1.class !== a2.class && !sameWords && !turnable) continue;
      const neighbours = second.a === first.a + 1 && first.b === second.b + 1;
      // "cats and dogs" is "dogs and cats"; "a Thai cook" is "a cook and Thai"
      if (isListed(a2) && isListed(b1) && (neighbours || a2.role === b1.role)) continue;
      if (neighbours && (isListed(a2) || isListed(b1)) && !a.joins.has("or") && !b.joins.has("or")) continue;
      // "on Windows, how do I open it" is "how do I open it on Windows"
      if ((a1.role !== "" && a1.role === b1.role) || (a2.role !== "" && a2.role === b2.role)) continue;
      // "a visa for Japan" is "a Japan visa": one of them stands free in one and under a preposition in the other
      const moved = (ours: Item, theirs: Item) =>
        ours.role !== theirs.role &&
        ((loose.has(ours.role) && loose.has(theirs.role)) ||
          isSource(ours, theirs) ||
          isSource(theirs, ours));
      if (!sameWords && moved(a1, b1) !== moved(a2, b2)) continue;
      return [a1.text, a2.text];
    }
  }
  return null;
}

/** From here on two questions are the same words in another order, and any change of places counts. */
const shuffledFrom = 0.9;

/** Dice's coefficient of all words of both, articles and the like among them. */
export function bagAgreement(a: Reading, b: Reading): number {
  const left = b.words.map(({ stem }) => stem);
  let same = 0;
  for (const { stem } of a.words) {
    const at = left.indexOf(stem);
    if (at < 0) continue;
    left.splice(at, 1);
    same += 1;
  }
  return (2 * same) / Math.max(1, a.words.length + b.words.length);
}

/** "the background from a photo" is "the background of a photo". */
const isSource = (one: Item, other: Item) => one.role === "from" && other.role === "of";

const loose = new Set(["", "to", "for", "in", "on", "at", "about", "with", "of"]);

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
      return ours.text;
    }
  }
  return null;
}
