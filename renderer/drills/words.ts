import type { DrillFinding, Mechanism } from "../../electron/contract/index.ts";

/** What can be switched off in a drill. */
export const mechanismWords: Record<Mechanism, string> = {
  backup: "Backup links",
  local: "Local links",
  retry: "Retries",
  breaker: "Breakers",
  hedge: "Hedging",
  recovery: "Recovery in mid-answer",
  quality: "Requirements",
  cache: "The cache",
};

/** How an expectation came out: a word, and its colour. */
export const outcomeLooks: Record<DrillFinding["outcome"], { label: string; color: string }> = {
  passed: { label: "Passed", color: "text-good" },
  failed: { label: "Failed", color: "text-bad" },
  unchecked: { label: "Not checked", color: "text-caution" },
  open: { label: "Open", color: "text-ink-faint" },
};
