import type { LlamaContextSequence, Token } from "node-llama-cpp";

/**
 * A prompt is read in pieces that keep native code busy for about this long, milliseconds: llama.cpp can't be stopped inside of
 * one, and a stop is to be heard within 300 ms on a machine that is at times twice as slow.
 */
const pieceMs = 100;
const smallestPiece = 8;
const firstPiece = 16;
const largestPiece = 512;

/** Reads prompts into sequences, in pieces as large as an abort in time allows. */
export class Reader {
  #size = firstPiece;

  /**
   * Evaluates what of `tokens` is not in `sequence` yet, which holds their beginning. Given all at once, a prompt would be read to
   * its end whatever the signal says: minutes, for a long conversation on a slow machine. Throws the signal's reason.
   */
  async read(sequence: LlamaContextSequence, tokens: readonly Token[], signal: AbortSignal): Promise<void> {
    for (let at = sequence.nextTokenIndex; at < tokens.length; ) {
      signal.throwIfAborted();
      const piece = tokens.slice(at, at + this.#size);
      const started = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens(piece);
      at += piece.length;
      this.#learn(piece.length, performance.now() - started);
    }
    signal.throwIfAborted();
  }

  /** A short piece says little about long ones, so that the size at most doubles. */
  #learn(tokens: number, ms: number): void {
    const fits = Math.floor((tokens * pieceMs) / Math.max(1, ms));
    const reach = tokens < this.#size ? this.#size : this.#size * 2;
    this.#size = Math.max(smallestPiece, Math.min(largestPiece, reach, fits));
  }
}
