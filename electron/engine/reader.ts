import type { LlamaContextSequence, Token } from "node-llama-cpp";

/**
 * A prompt is read in pieces that keep native code busy for about this long, milliseconds: llama.cpp can't be stopped inside of
 * one, and a stop is to be heard within 300 ms.
 */
const pieceMs = 200;
/** llama.cpp's flash attention on the CPU works on this many tokens at a time; with fewer it falls back to a way half as fast. */
const tile = 64;
/** A whole tile is worth this much more than its time. */
const tileBonus = 1.4;
const smallestPiece = 8;
const firstPiece = 16;
const largestPiece = 512;
/** What is left of an observed speed with each piece after it. */
const forgetting = 0.9;

/**
 * A clock of the work that this process does on the CPU with `threads` threads, milliseconds. A piece's time on it is what it would
 * take on a machine that does nothing else: pieces cut short because of other programs' load would only add to the load.
 */
export function cpuClock(threads: number): () => number {
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000 / threads;
  };
}

/** Reads prompts into sequences, in pieces as large as an abort in time allows. */
export class Reader {
  readonly #clock: () => number;
  #size = firstPiece;
  /** Tokens a millisecond. */
  #perMs = 0;

  /** `clock` gives milliseconds: `cpuClock` where the CPU evaluates, or else those of the wall. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Evaluates what of `tokens` is not in `sequence` yet, which holds their beginning. Given all at once, a prompt would be read to
   * its end whatever the signal says: minutes, for a long conversation on a slow machine. Throws the signal's reason.
   */
  async read(sequence: LlamaContextSequence, tokens: readonly Token[], signal: AbortSignal): Promise<void> {
    await this.approach(sequence, tokens, signal);
    const last = tokens.slice(sequence.nextTokenIndex);
    if (last.length > 0) await sequence.evaluateWithoutGeneratingNewTokens(last);
    signal.throwIfAborted();
  }

  /** As `read`, but leaves a last piece to a generation, which needs something to start from and samples from it in one go. */
  async approach(
    sequence: LlamaContextSequence,
    tokens: readonly Token[],
    signal: AbortSignal,
  ): Promise<void> {
    for (let at = sequence.nextTokenIndex; ; ) {
      signal.throwIfAborted();
      const left = tokens.length - at;
      const pieces = Math.ceil(left / this.#size);
      if (pieces <= 1) return;
      // equal ones: a short last piece would cost more than its share
      const piece = tokens.slice(at, at + Math.ceil(left / pieces));
      const started = this.#clock();
      await sequence.evaluateWithoutGeneratingNewTokens(piece);
      at += piece.length;
      this.#learn(piece.length, this.#clock() - started);
    }
  }

  /** The best of the last pieces counts: a slow one was most likely held up by something else. The size at most doubles. */
  #learn(tokens: number, ms: number): void {
    this.#perMs = Math.max(tokens / Math.max(1, ms), this.#perMs * forgetting);
    const fits = Math.floor(this.#perMs * pieceMs);
    const size = Math.min(largestPiece, this.#size * 2, fits);
    this.#size = size < tile && fits * tileBonus >= tile ? tile : Math.max(smallestPiece, size);
  }
}
