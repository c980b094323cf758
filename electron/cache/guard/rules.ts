import type { Comparison } from "./comparison.ts";
import { languageOf } from "./language.ts";
import type { Reading } from "./reading.ts";

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

/** In the order in which their reasons are told. */
const rules: readonly Rule[] = [
  ({ a, b }) => {
    const [ours, theirs] = [languageOf(a.words), languageOf(b.words)];
    return ours === theirs ? null : `language: ${ours} and ${theirs}`;
  },
  ({ a, b }) =>
    a.quantities.join() === b.quantities.join()
      ? null
      : `numbers: ${joined(a.quantities)} and ${joined(b.quantities)}`,
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
  ({ a, b }) => (differ(a.persons, b.persons) ? "persons: he, she or a name" : null),
  ({ comparison: { turned } }) => (turned === null ? null : `direction: ${turned} is on the other side`),
  ({ comparison: { inverted } }) =>
    inverted === null ? null : `order: ${inverted[0]} and ${inverted[1]} have changed places`,
  ({ a, b }) =>
    a.joins.size === 1 && b.joins.size === 1 && differ(a.joins, b.joins) ? "and is not or" : null,
  ({ a, b }) =>
    a.tense !== "" && b.tense !== "" && a.tense !== b.tense && a.intent !== "how"
      ? `time: ${a.tense} and ${b.tense}`
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
