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
  const openA = restA.filter((item) => !isCovered(item, b));
  const openB = restB.filter((item) => !isCovered(item, a));
  const onlyA = openB.length === 0 ? openA.filter((item) => !isRedundant(item, a.items)) : openA;
  const onlyB = openA.length === 0 ? openB.filter((item) => !isRedundant(item, b.items)) : openB;
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

const stemsOf = (words: string) => new Set(words.split(" ").map(stemOf));

/** Words that only say what kind of thing is meant by the one before, as in "a monstera plant" or "which city". */
const kinds = stemsOf(
  "city country plant recipe word term website program command company river mountain planet animal " +
    "man woman disease condition movie film novel song fruit vegetable",
);
/** Words that do so behind a name only: a Netflix subscription, an Android phone. */
const kindsOfNamed = stemsOf(
  "account subscription phone app application software file files format service browser keyboard language",
);
/** Words that add nothing to a question that has all the others. */
const light = stemsOf(
  "kind level process procedure amount number quantity content job item name idea tip example option detail case question " +
    "problem issue health body calculate compute skill " +
    "ideal perfect appropriate suitable certain specific particular actual common basic whole successfully together indeed truly actually " +
    "usually normally typically generally currently try become happen occur exist offer available called",
);

/** Whether an item adds nothing to its question. Asked only where the other question has no word more. */
function isRedundant(item: Item, items: readonly Item[]): boolean {
  if (!item.named && light.has(item.stem)) return true;
  const at = items.indexOf(item);
  const before = items[at - 1];
  if (kindsOfNamed.has(item.stem)) return before?.named === true;
  if (!kinds.has(item.stem)) return false;
  return at === 0 || (before !== undefined && before.class === "noun" && before.role === item.role);
}

/** Whether a word of the other question says the same that is no item there: "make" for "create", "cost" for "fee". */
function isCovered({ text, stem, named }: Item, { words, items }: Reading): boolean {
  if (named) return false;
  const free = words.filter((word) => !items.some((item) => item.text === word.text));
  return free.some(
    (word) =>
      word.text.length > 2 &&
      (areSynonyms(stem, word.stem) === "everyday" ||
        (word.text.length > 4 && areDerived(text, word.text))) &&
      !areAntonyms(stem, word.stem),
  );
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
      if ((a1.class !== a2.class || b1.class !== b2.class) && !sameWords && !turnable) continue;
      const neighbours = second.a === first.a + 1 && first.b === second.b + 1;
      // "cats and dogs" is "dogs and cats"; "a Thai cook" is "a cook and Thai"
      if (isListed(a2) && isListed(b1) && (neighbours || a2.role === b1.role)) continue;
      if (neighbours && (isListed(a2) || isListed(b1)) && !a.joins.has("or") && !b.joins.has("or")) continue;
      // "on Windows, how do I open it" is "how do I open it on Windows"
      if ((a1.role !== "" && a1.role === b1.role) || (a2.role !== "" && a2.role === b2.role)) continue;
      // "a branch in Git" is "a Git branch"
      if (isCompound(a1, a2, second.a - first.a, b2, b1, first.b - second.b)) continue;
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

/** Whether what stands behind a preposition in one question stands right before the same thing in the other. */
function isCompound(a1: Item, a2: Item, apartA: number, b2: Item, b1: Item, apartB: number): boolean {
  const behind = new Set(["in", "on", "of", "for"]);
  return (
    apartA === 1 &&
    apartB === 1 &&
    ((behind.has(a2.role) && !behind.has(b2.role) && a2.named) ||
      (behind.has(b1.role) && !behind.has(a1.role) && b1.named))
  );
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
  ["by", ["for", "to", "about", "of"]],
  ["until", ["since", "after"]],
  ["near", ["in", "at", "on"]],
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
