import { styleText } from "node:util";
import type { Notice, Receipt, Tier } from "../../contract/index.ts";

/** Where a command reads and writes; tests give their own. */
export interface Terminal {
  out: NodeJS.WritableStream;
  /** Badges, notices and progress: whatever is not the answer itself. */
  err: NodeJS.WriteStream;
  in: NodeJS.ReadStream;
  /** Aborts when the person presses Ctrl+C. */
  signal: AbortSignal;
}

const tierWords: Record<Tier, string> = {
  cloud: "Cloud",
  backup: "Backup",
  local: "Local",
  cache: "Cached",
  offline: "Offline",
};

const tierColours: Record<Tier, "green" | "cyan" | "yellow" | "magenta" | "red"> = {
  cloud: "green",
  backup: "cyan",
  local: "yellow",
  cache: "magenta",
  offline: "red",
};

/** One line that says who answered: `[Local] starter, 412 ms to the first word`. */
export function badge(receipt: Receipt, terminal: Terminal): string {
  const word = styleText(tierColours[receipt.tier], `[${tierWords[receipt.tier]}]`, { stream: terminal.err });
  const answered = receipt.attempts.findLast(
    ({ outcome, link }) => outcome === "answered" && link === receipt.link,
  );
  const speed =
    answered?.first_token_ms == null ? "" : `, ${Math.round(answered.first_token_ms)} ms to the first word`;
  const failed = receipt.attempts.filter(({ outcome }) => outcome === "failed").length;
  const tries = failed === 0 ? "" : `, after ${failed} failed ${failed === 1 ? "attempt" : "attempts"}`;
  return `${word} ${receipt.link ?? "nothing answered"}${speed}${tries}`;
}

/** A notice as lines: what is so, and why. */
export function noticeLines({ text, reason }: Notice, terminal: Terminal): string {
  const why = reason === null ? "" : `\n  ${styleText("dim", reason, { stream: terminal.err })}`;
  return `• ${text}${why}`;
}
