import type { Attempt, Receipt } from "../../electron/contract/index.ts";

const startOf = (attempt: Attempt) => Date.parse(attempt.started_at);
const endOf = (attempt: Attempt) => startOf(attempt) + attempt.duration_ms;

/** When the first of some attempts began, and how long they took together; `wholeMs` is never 0. */
export function spanOf(attempts: readonly Attempt[]): { firstMs: number; wholeMs: number } {
  const firstMs = Math.min(...attempts.map(startOf));
  return { firstMs, wholeMs: Math.max(1, Math.max(...attempts.map(endOf)) - firstMs) };
}

const isAsked = ({ outcome }: Attempt) => outcome !== "skipped";

/** Whether two links were asked at the same time. */
function overlap(one: Attempt, other: Attempt): boolean {
  return (
    one !== other &&
    isAsked(one) &&
    isAsked(other) &&
    startOf(one) < endOf(other) &&
    startOf(other) < endOf(one)
  );
}

/**
 * What an attempt's own record does not say of its part in the answer: that it raced another one, and what became of its
 * text when it broke off. Null where there is nothing to tell.
 */
export function storyOf(
  attempt: Attempt,
  { attempts, seams = [] }: Pick<Receipt, "attempts"> & Partial<Receipt>,
): string | null {
  const rival = attempts.find((other) => overlap(attempt, other));
  if (attempt.outcome === "cancelled" && rival?.outcome === "answered") {
    return `Was slower than ${rival.link} and was stopped.`;
  }
  if (rival !== undefined && attempt.outcome !== "cancelled" && startOf(attempt) > startOf(rival)) {
    return `Was asked as well, because ${rival.link} had not begun to answer.`;
  }
  if (attempt.outcome !== "failed" || attempt.first_token_ms === null) return null;
  const next = attempts.slice(attempts.indexOf(attempt) + 1).filter(isAsked);
  const goesOn = next.find((other) => seams.some((seam) => seam.link === other.link));
  if (goesOn !== undefined) return `Broke off in the middle; ${goesOn.link} went on from there.`;
  const whole = next.find((other) => other.outcome === "answered");
  return whole === undefined
    ? "Broke off in the middle."
    : `Broke off in the middle; its text was taken back, and ${whole.link} began anew.`;
}
