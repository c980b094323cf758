import { isDeepStrictEqual } from "node:util";

/** How alike two answers are, 0 to 1. An embedder's cosine can take the place of the words that they share. */
export type Similarity = (a: string, b: string) => number | Promise<number>;

export interface AgreementRule {
  how: "exact" | "json" | "similarity";
  /** The least similarity at which two answers agree; for `similarity` alone. */
  threshold: number;
  similarity?: Similarity;
}

/** Whether two answers say the same, and how alike they are (1 for equal, 0 for unlike where the rule knows nothing between). */
export async function agreementOf(
  a: string,
  b: string,
  { how, threshold, similarity = sharedWords }: AgreementRule,
): Promise<{ agree: boolean; similarity: number }> {
  if (how === "similarity") {
    const alike = await similarity(a, b);
    return { agree: alike >= threshold, similarity: alike };
  }
  const agree = how === "json" ? sameJson(a, b) : normalised(a) === normalised(b);
  return { agree, similarity: Number(agree) };
}

/** A text without what does not change its meaning: case, blanks, punctuation at its ends and between words. */
export function normalised(text: string): string {
  return wordsOf(text).join(" ");
}

/** Numbers keep their point, comma and sign: 1.5 is not 15. */
function wordsOf(text: string): string[] {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[-−]?\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{M}]+/gu) ?? []
  );
}

/** The share of words that two texts have in common, counted as often as they occur (Sørensen and Dice), 0 to 1. */
export function sharedWords(a: string, b: string): number {
  const left = wordsOf(a);
  const right = wordsOf(b);
  if (left.length + right.length === 0) return 1;
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count === 0) continue;
    counts.set(word, count - 1);
    shared++;
  }
  return (2 * shared) / (left.length + right.length);
}

/** The order of keys does not count, nor does a Markdown fence. What is not JSON agrees with nothing. */
function sameJson(a: string, b: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(withoutFence(a)), JSON.parse(withoutFence(b)));
  } catch {
    return false;
  }
}

function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/i.exec(text)?.[1] ?? text;
}
