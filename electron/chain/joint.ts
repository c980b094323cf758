/** A repetition shorter than this may be chance ("the ", a digit) and is never trimmed. */
const leastOverlap = 12;
/** How far back a link that continues may begin again. */
const longestOverlap = 2_000;

/**
 * The joint between a broken answer and its continuation by another link. A continuing link may repeat the end of what it
 * was given, or all of it: its text is held back while it does, and what it repeats is trimmed.
 */
export class Joint {
  readonly #before: string;
  #held = "";
  #open = true;

  /** `before`: the answer so far. */
  constructor(before: string) {
    this.#before = before;
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
    return withoutDoubleSpace(this.#before, this.#held.slice(this.#overlap()));
  }

  /** Whether all that is held back could be the beginning of a repetition. */
  #mayRepeat(): boolean {
    if (this.#before.startsWith(this.#held)) return this.#held.length < this.#before.length;
    return this.#held.length < longestOverlap && this.#before.slice(-longestOverlap).includes(this.#held);
  }

  /** How many characters of what is held back repeat the whole of the answer, or its end. */
  #overlap(): number {
    if (this.#before.length >= leastOverlap && this.#held.startsWith(this.#before))
      return this.#before.length;
    const most = Math.min(this.#held.length, this.#before.length, longestOverlap);
    for (let length = most; length >= leastOverlap; length--) {
      if (this.#before.endsWith(this.#held.slice(0, length))) return length;
    }
    return 0;
  }
}

/** A prefill can't end in blanks (providers refuse that), so the blank at the joint may come twice. */
function withoutDoubleSpace(before: string, text: string): string {
  return /\s$/.test(before) ? text.trimStart() : text;
}
