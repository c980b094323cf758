import type { Entry } from "./answer.ts";

/** A question with the answers that were given to it, oldest first. */
export interface Turn {
  question: Entry;
  variants: readonly Entry[];
}

/** Groups messages into turns, in the order of the questions. An answer without its question is left out. */
export function turnsOf(entries: Iterable<Entry>): Turn[] {
  const turns = new Map<string, { question: Entry; variants: Entry[] }>();
  const answers: Entry[] = [];
  for (const entry of entries) {
    if (entry.message.role === "user") turns.set(entry.message.id, { question: entry, variants: [] });
    else answers.push(entry);
  }
  for (const entry of answers) {
    const { answers: question } = entry.message;
    if (question !== null) turns.get(question)?.variants.push(entry);
  }
  return [...turns.values()];
}

/**
 * The variant that is shown: the one that was chosen, else the newest. An answer that is still on offer (`offered`, by its
 * id) waits for the person's choice.
 */
export function shownVariant(
  turn: Turn,
  chosen: ReadonlyMap<string, string>,
  offered: string | null = null,
): Entry | null {
  const id = chosen.get(turn.question.message.id);
  return (
    turn.variants.find((entry) => entry.message.id === id) ??
    turn.variants.findLast((entry) => entry.message.id !== offered) ??
    turn.variants.at(-1) ??
    null
  );
}
