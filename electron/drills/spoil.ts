import type { Spoiling } from "../contract/index.ts";

/** Spoils a stream of text, piece by piece; null says that the answer ends here, as if it were whole. */
export type Spoiler = (piece: string) => string | null;

const shortLength = 12;
const chatter = "Sure! Here is what you asked for:\n\n";

/** A new spoiler for each answer. */
export const spoilers: Record<Spoiling, () => Spoiler> = {
  /** Each word backwards. */
  garble: () => (piece) => piece.replace(/\p{L}+/gu, (word) => [...word].reverse().join("")),
  shorten: () => {
    let said = 0;
    return (piece) => {
      if (said >= shortLength) return null;
      const kept = piece.slice(0, shortLength - said);
      said += piece.length;
      return kept;
    };
  },
  /** Words around what should stand alone, such as JSON. */
  chatter: () => {
    let begun = false;
    return (piece) => {
      const text = begun ? piece : chatter + piece;
      begun = true;
      return text;
    };
  },
  /** Its first piece again and again. */
  repeat: () => {
    let first: string | null = null;
    return (piece) => {
      first ??= `${piece.trim()} `;
      return first;
    };
  },
};
