import type { Comparison } from "./comparison.ts";
import { featuresOf, pairOf } from "./features.ts";
import { refusal } from "./rules.ts";
import { scored } from "./scorer.ts";

/** What the guard says of a stored question and one that is asked. */
export interface Judgement {
  /** `same`: its answer may be served. `similar`: it may be offered, folded. `different`: neither. */
  verdict: "same" | "similar" | "different";
  /** Why it is not `same`; null where it is. */
  reason: string | null;
  /** How likely the two ask the same, 0 to 1; 0 where a rule refuses. */
  score: number;
}

/** The least score of `same`. */
export const sameFrom = 0.4;
/** The least score of `similar`. */
export const similarFrom = 0.1;

/** Characters of a question. Longer ones hold so much that only equal ones ask the same. */
const longest = 600;

/** Judges whether two questions ask the same. `similarity` is the cosine of their vectors, -1 to 1. */
export function judge(a: string, b: string, similarity: number): Judgement {
  if (Math.max(a.length, b.length) > longest) {
    return a.trim() === b.trim()
      ? { verdict: "same", reason: null, score: 1 }
      : { verdict: "different", reason: "length: too long to be compared word by word", score: 0 };
  }
  const pair = pairOf(a, b);
  const reason = refusal(pair);
  if (reason !== null) return { verdict: "different", reason, score: 0 };
  const score = scored(featuresOf(pair, similarity));
  const swapped = swap(pair.comparison);
  if (score >= sameFrom && swapped === null) return { verdict: "same", reason: null, score };
  const only = [...pair.comparison.onlyA, ...pair.comparison.onlyB].map(({ text }) => text).slice(0, 6);
  const what =
    swapped !== null
      ? swapped
      : only.length === 0
        ? "wording"
        : `wording: only one of them has ${only.join(", ")}`;
  return { verdict: score >= similarFrom ? "similar" : "different", reason: what, score };
}

/** Words that add nothing to a question that has all the others. */
const light = new Set(
  (
    "kind level process procedure amount number quantity value content work job item step name idea idea's tip example option detail case " +
    "question problem issue health body life time language state feature account subscription phone device machine drinking going " +
    "ideal perfect appropriate suitable certain specific particular new actual common basic general whole possible " +
    "usually normally typically generally quickly currently now successfully together drink eat go buy walk keep try become suffer experience " +
    "happen occur exist consider look serve play apply perform provide offer offered available called located"
  ).split(" "),
);

/** What keeps two questions from being the same however close they are: a word that only one of them has and that carries
 * the question, be it in another's place, an adjective more, or a narrower scope. */
function swap({ onlyA, onlyB }: Comparison): string | null {
  const [ours, theirs] = [onlyA, onlyB].map((items) => items.filter(({ text }) => !light.has(text)));
  const [one, other] = [ours?.[0], theirs?.[0]];
  if (one !== undefined && other !== undefined) return `another word: ${one.text} and ${other.text}`;
  const more = one ?? other;
  return more === undefined
    ? null
    : `another scope: only one of them has ${`${more.role} ${more.text}`.trim()}`;
}
