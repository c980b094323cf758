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

/** Under these, a word more makes another question: "for children", "with a broken arm". */
const narrowing = new Set(
  "for with without as while during in on at after before against than via through".split(" "),
);

/** What keeps two questions from being the same however close they are: one thing put in another's place, an adjective
 * more, or a narrower scope. */
function swap({ onlyA, onlyB }: Comparison): string | null {
  for (const one of onlyA) {
    const other = onlyB.find((item) => item.class === one.class);
    if (other !== undefined) return `another word: ${one.text} and ${other.text}`;
  }
  const only = [...onlyA, ...onlyB];
  const more = only.find((item) => item.class === "adjective");
  if (more !== undefined) return `another word: only one of them is ${more.text}`;
  const narrower = only.find(({ role }) => narrowing.has(role));
  return narrower === undefined
    ? null
    : `another scope: only one of them is ${narrower.role} ${narrower.text}`;
}
