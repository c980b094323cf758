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
  return { verdict: score >= similarFrom ? "similar" : "different", reason: swapped ?? "wording", score };
}

/** What keeps two questions from being the same however close they are: a word that only one of them has, be it in
 * another's place, an adjective more, or a narrower scope. */
function swap({ onlyA, onlyB }: Comparison): string | null {
  const [one, other] = [onlyA[0], onlyB[0]];
  if (one !== undefined && other !== undefined) return `another word: ${one.text} and ${other.text}`;
  const more = one ?? other;
  return more === undefined
    ? null
    : `another scope: only one of them has ${`${more.role} ${more.text}`.trim()}`;
}
