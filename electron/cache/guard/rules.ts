import { bagAgreement, type Comparison } from "./comparison.ts";
import { languageOf } from "./language.ts";
import { isLight, isSmall, type Reading } from "./reading.ts";

/** What two questions are judged by. */
export interface Pair {
  a: Reading;
  b: Reading;
  comparison: Comparison;
}

/** A rule: why two questions can't be the same one, or null where it has nothing to say. */
type Rule = (pair: Pair) => string | null;

const joined = (list: Iterable<string>) => [...list].join(", ") || "none";
const differ = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  a.size !== b.size || [...a].some((one) => !b.has(one));

/** Whether the same words stand in both, but a small one ("not", "once", "still") leans on another word. */
function isShuffled(a: Reading, b: Reading): boolean {
  if (bagAgreement(a, b) < 0.95) return false;
  const leanings = ({ words }: Reading) => {
    const heavy = words.filter(({ text }) => !isLight(text));
    return new Set(
      heavy.flatMap(({ text, stem }, at) => (isSmall(text) ? [`${stem} ${heavy[at + 1]?.stem ?? ""}`] : [])),
    );
  };
  return differ(leanings(a), leanings(b));
}

/** Small words that make another verb of the one they stand with: break down, break up. */
const adrift = new Set(["up", "down", "off", "out"]);

/** In the order in which their reasons are told. */
const rules: readonly Rule[] = [
  ({ a, b }) => {
    const [ours, theirs] = [languageOf(a.words), languageOf(b.words)];
    return ours === theirs ? null : `language: ${ours} and ${theirs}`;
  },
  ({ a, b }) =>
    a.quantities.toSorted().join() === b.quantities.toSorted().join()
      ? null
      : `numbers: ${joined(a.quantities)} and ${joined(b.quantities)}`,
  ({ a, b, comparison: { symmetric } }) =>
    symmetric || a.quantities.join() === b.quantities.join()
      ? null
      : `order: ${joined(a.quantities)} and ${joined(b.quantities)}`,
  ({ a, b }) => {
    const [onlyA, onlyB] = [a, b].map(({ ways }, at) =>
      [...ways].find((way) => !(at === 0 ? b : a).ways.has(way)),
    );
    return onlyA !== undefined && onlyB !== undefined && (adrift.has(onlyA) || adrift.has(onlyB))
      ? `direction: ${onlyA} and ${onlyB}`
      : null;
  },
  ({ a, b, comparison: { antonyms } }) => {
    const turns = a.negations + b.negations + antonyms.length;
    if (turns % 2 === 0) return null;
    const [pair] = antonyms;
    return pair === undefined ? "negation: only one of them has it" : `opposites: ${pair[0]} and ${pair[1]}`;
  },
  ({ comparison: { onlyA, onlyB } }) => {
    const names = [...onlyA, ...onlyB].filter(({ named }) => named).map(({ text }) => text);
    return names.length === 0 ? null : `names: only one of them has ${joined(names)}`;
  },
  ({ a, b }) => (differ(a.turns, b.turns) ? `small words: ${joined(a.turns)} and ${joined(b.turns)}` : null),
  ({ a, b }) => (a.persons.join() !== b.persons.join() ? "persons: he, she, me or a name" : null),
  ({ comparison: { turned } }) => (turned === null ? null : `direction: ${turned} is on the other side`),
  ({ comparison: { inverted } }) =>
    inverted === null ? null : `order: ${inverted[0]} and ${inverted[1]} have changed places`,
  ({ a, b }) => (isShuffled(a, b) ? "order: the same words stand in another order" : null),
  ({ a, b }) =>
    a.joins.size === 1 && b.joins.size === 1 && differ(a.joins, b.joins) ? "and is not or" : null,
  ({ a, b }) =>
    a.tense !== "" && b.tense !== "" && a.tense !== b.tense && a.intent !== "how"
      ? `time: ${a.tense} and ${b.tense}`
      : null,
  ({ a, b }) => {
    if (a.intent !== "yes-no" || b.intent !== "yes-no" || a.modal === b.modal) return null;
    const matters = (a.modal !== "" && b.modal !== "") || [a.modal, b.modal].includes("should");
    return matters ? `question: ${a.modal || "is"} and ${b.modal || "is"}` : null;
  },
  ({ a, b }) => {
    const modals = [a.modal, b.modal];
    return a.intent !== "how" && modals.includes("must") && (modals.includes("can") || modals.includes("may"))
      ? `question: ${a.modal} and ${b.modal}`
      : null;
  },
  ({ a, b }) =>
    a.asksOf !== null && b.asksOf !== null && a.asksOf !== b.asksOf
      ? `persons: ${a.asksOf} and ${b.asksOf}`
      : null,
  ({ a, b, comparison: { intents } }) => (intents === 0 ? `question: ${a.intent} and ${b.intent}` : null),
];

/** The first reason why two questions can't be the same one, or null. */
export function refusal(pair: Pair): string | null {
  for (const rule of rules) {
    const reason = rule(pair);
    if (reason !== null) return reason;
  }
  return null;
}
