/** A repetition shorter than this may be chance ("the ", a digit) and is never trimmed. */
const leastOverlap = 12;
/** How far back a link that continues may begin again. */
const longestOverlap = 2_000;

/**
 * The joint between a broken answer and its continuation by another link. A continuing link may repeat the end of what it
 * was given, or all of it: its text is held back while it does, and what it repeats is trimmed.
 */
export class Joint {
  /** The answer as it was handed over: without the blanks at its end, which no prefill may have. */
  readonly #kept: string;
  readonly #blanks: string;
  #held = "";
  #open = true;

  /** `before`: the answer so far. */
  constructor(before: string) {
    this.#kept = before.trimEnd();
    this.#blanks = before.slice(this.#kept.length);
  }

  /** The new part of a piece of the continuation, perhaps nothing yet. */
  add(text: string): string {
    if (!this.#open) return text;
    this.#held += text;
    return this.#mayRepeat() ? "" : this.end();
  }

  /** The continuation is over, or is known not to repeat: whatever is held back and new. */
  end(): string {
    if (!this.#open) return "";
    this.#open = false;
    return withoutLead(this.#held.slice(this.#overlap()), this.#blanks);
  }

  /** Whether all that is held back could be the beginning of a repetition, or of the blanks that are there already. */
  #mayRepeat(): boolean {
    if (this.#blanks.startsWith(this.#held)) return this.#held.length < this.#blanks.length;
    if (this.#kept.startsWith(this.#held)) return true;
    if (this.#held.startsWith(this.#kept))
      return this.#blanks.startsWith(this.#held.slice(this.#kept.length));
    return this.#held.length < longestOverlap && this.#kept.slice(-longestOverlap).includes(this.#held);
  }

  /** How many characters of what is held back repeat the whole of the answer, or its end. */
  #overlap(): number {
    if (this.#kept.length >= leastOverlap && this.#held.startsWith(this.#kept)) return this.#kept.length;
    const most = Math.min(this.#held.length, this.#kept.length, longestOverlap);
    for (let length = most; length >= leastOverlap; length--) {
      if (this.#kept.endsWith(this.#held.slice(0, length))) return length;
    }
    return 0;
  }
}

/** The text without what it has of the blanks that stand before it already. */
function withoutLead(text: string, blanks: string): string {
  let same = 0;
  while (same < blanks.length && text[same] === blanks[same]) same++;
  return text.slice(same);
}
