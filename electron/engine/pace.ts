/** Measures tokens a second from the first token to the last. */
export class Pace {
  #tokens = 0;
  #firstTokens = 0;
  #firstAt = 0;
  #lastAt = 0;

  add(tokens: number): void {
    if (tokens === 0) return;
    this.#lastAt = performance.now();
    if (this.#tokens === 0) {
      this.#firstAt = this.#lastAt;
      this.#firstTokens = tokens;
    }
    this.#tokens += tokens;
  }

  /** Null before the second token. */
  tokensPerSecond(): number | null {
    const seconds = (this.#lastAt - this.#firstAt) / 1000;
    return seconds > 0 ? (this.#tokens - this.#firstTokens) / seconds : null;
  }
}
