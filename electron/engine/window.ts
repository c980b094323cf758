import type { ChatHistoryItem } from "node-llama-cpp";

/**
 * A history without its oldest turn: what the system said stays, and so does the last question with the answer to it. Null when
 * there is no older turn.
 */
export function withoutOldestTurn(history: readonly ChatHistoryItem[]): ChatHistoryItem[] | null {
  const begin = history.findIndex(({ type }) => type !== "system");
  const last = history.findLastIndex(({ type }) => type === "user");
  if (begin === -1 || begin >= last) return null;
  const next = history.findIndex(
    ({ type }, index) => index > begin && type === "user" && history[index - 1]?.type !== "user",
  );
  return next === -1 ? null : [...history.slice(0, begin), ...history.slice(next)];
}

/** The history without as many of its oldest turns as it takes to have at most `limit` tokens, or without all older turns. */
export function trimmedTo(
  history: readonly ChatHistoryItem[],
  limit: number,
  count: (history: readonly ChatHistoryItem[]) => number,
): ChatHistoryItem[] {
  let kept = [...history];
  while (count(kept) > limit) {
    const shorter = withoutOldestTurn(kept);
    if (shorter === null) break;
    kept = shorter;
  }
  return kept;
}
