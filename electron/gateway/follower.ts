/**
 * Follows a restarted answer while it repeats what a client has already been sent, for streams that cannot retract.
 * Give it every piece of text; it gives back what is new, or says that the restarted answer departs from the first.
 */
export class Follower {
  #sent = "";
  #again: string | null = null;

  /** The answer starts again from the beginning. */
  restart(): void {
    this.#again = "";
  }

  /** The text to send now, perhaps none; null when this answer is no longer the one that was begun. */
  follow(text: string): string | null {
    if (this.#again === null) {
      this.#sent += text;
      return text;
    }
    this.#again += text;
    if (this.#sent.startsWith(this.#again)) return "";
    if (!this.#again.startsWith(this.#sent)) return null;
    const fresh = this.#again.slice(this.#sent.length);
    this.#sent = this.#again;
    this.#again = null;
    return fresh;
  }

  /** Whether a restarted answer may end here: not before it has said all that the first one had. */
  get isWhole(): boolean {
    return this.#again === null || this.#again === this.#sent;
  }
}
