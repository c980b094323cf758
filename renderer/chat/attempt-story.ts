import type { Attempt, Seam } from "../../electron/contract/index.ts";

const startOf = (attempt: Attempt) => Date.parse(attempt.started_at);
const endOf = (attempt: Attempt) => startOf(attempt) + attempt.duration_ms;

/** When the first of some attempts began, and how long they took together; `wholeMs` is never 0. */
export function spanOf(attempts: readonly Attempt[]): { firstMs: number; wholeMs: number } {
  const firstMs = Math.min(...attempts.map(startOf));
  return { firstMs, wholeMs: Math.max(1, Math.max(...attempts.map(endOf)) - firstMs) };
}

const isAsked = ({ outcome }: Attempt) => outcome !== "skipped";

/** Two clocks time an attempt; what overlaps by less may just as well have come one after the other, milliseconds. */
const clockSlackMs = 20;

/** The other link that was asked while this one was, if any. */
function rivalOf(attempt: Attempt, attempts: readonly Attempt[]): Attempt | null {
  if (!isAsked(attempt)) return null;
  const rivals = attempts.filter(
    (other) =>
      other !== attempt &&
      isAsked(other) &&
      startOf(attempt) + clockSlackMs < endOf(other) &&
      startOf(other) + clockSlackMs < endOf(attempt),
  );
  return rivals.find(({ outcome }) => outcome === "answered") ?? rivals[0] ?? null;
}

/** That it raced another link, and how that ended. */
function raceWords(attempt: Attempt, attempts: readonly Attempt[]): string | null {
  const rival = rivalOf(attempt, attempts);
  if (rival === null) return null;
  if (attempt.outcome === "cancelled") {
    return rival.outcome === "answered" ? `Was slower than ${rival.link} and was stopped.` : null;
  }
  if (startOf(attempt) <= startOf(rival)) return null;
  return `Was asked as well, because ${rival.link} had not begun to answer.`;
}

/** What became of its text, when it had begun to answer and broke off. */
function breakWords(attempt: Attempt, attempts: readonly Attempt[], seams: readonly Seam[]): string | null {
  if (attempt.outcome !== "failed" || attempt.first_token_ms === null) return null;
  if (attempt.kind === "bad_output")
    return "Its answer was whole, did not meet the requirements, and was taken back.";
  const next = attempts.slice(attempts.indexOf(attempt) + 1).filter(isAsked);
  const goesOn = next.find((other) => seams.some((seam) => seam.link === other.link));
  if (goesOn !== undefined) return `Broke off in the middle; ${goesOn.link} went on from there.`;
  const whole = next.find((other) => other.outcome === "answered");
  return whole === undefined
    ? "Broke off in the middle."
    : `Broke off in the middle; its text was taken back, and ${whole.link} began anew.`;
}

/** An attempt's part in the answer, as far as its own record does not tell it; null where there is nothing to tell. */
export function storyOf(
  attempt: Attempt,
  { attempts, seams }: { attempts: readonly Attempt[]; seams: readonly Seam[] },
): string | null {
  const sentences = [raceWords(attempt, attempts), breakWords(attempt, attempts, seams)];
  return sentences.filter((sentence) => sentence !== null).join(" ") || null;
}
