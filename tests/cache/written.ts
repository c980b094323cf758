import type { NewEntry } from "../../electron/cache/index.ts";

/** The key that the writing child and those who read after it share. */
export const key = new Uint8Array(32).fill(9);

/** The entry of a number: long enough that a write takes several pages. */
export const entryOf = (n: number): NewEntry => ({
  fingerprint: "start",
  question: `question ${n}`,
  originalQuestion: `Question ${n}?`,
  answer: `Answer ${n}. ${"It goes on. ".repeat(400)}`,
  receipt: {
    requested_tier: "cloud",
    tier: "cloud",
    link: "primary",
    provider: "openai",
    model: "m",
    level: "full",
    reason: null,
    attempts: [],
    seams: [],
    notices: [],
    dropped: [],
    usage: null,
    cost_usd: null,
    similarity: null,
    age_s: null,
    original_question: null,
  },
  createdAt: Date.now(),
  expiresAt: null,
  conversation: null,
});

export function vectorOf(n: number): Float32Array {
  const vector = new Float32Array(384);
  vector[n % 384] = 1;
  return vector;
}
