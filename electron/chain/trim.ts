import type { Message } from "../contract/index.ts";

/**
 * A conversation without the older half of its turns: what the system said and the last question stay. Null when there is
 * nothing left to take away. A tool's result never stands without its call.
 */
export function withoutOldestTurns(messages: readonly Message[]): Message[] | null {
  const system = messages.filter(({ role }) => role === "system");
  const turns = messages.filter(({ role }) => role !== "system");
  const starts = turns.flatMap(({ role }, index) => (role === "user" ? [index] : []));
  const keepFrom = starts[Math.ceil(starts.length / 2)];
  if (keepFrom === undefined || keepFrom === 0) return null;
  return [...system, ...turns.slice(keepFrom)];
}
