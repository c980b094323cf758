import type { Clock } from "../chain/index.ts";
import type { Embedder } from "./embedder.ts";
import type { EntryStore } from "./entry.ts";
import { unit } from "./vector-index.ts";

export interface BacklogParts {
  store: Pick<EntryStore, "unembedded" | "embed">;
  embedder(): Embedder;
  clock: Pick<Clock, "after">;
}

/** Texts that are embedded at once. */
const batch = 16;
/** How long a new entry waits for others, milliseconds: to look for what waits costs as much for one as for many. */
const gatherMs = 200;
const firstWaitMs = 5_000;
const longestWaitMs = 10 * 60_000;

/**
 * Embeds in the background what has no vector of the embedder in use: new entries, and all of them after the embedder was
 * changed. An embedder that can't be reached is asked again after a while, which grows up to ten minutes.
 */
export class Backlog implements AsyncDisposable {
  readonly #parts: BacklogParts;
  readonly #abort = new AbortController();
  #running: Promise<void> | null = null;
  #again = false;
  #waitMs = firstWaitMs;
  #cancelWait: (() => void) | null = null;
  #cancelGathering: (() => void) | null = null;

  constructor(parts: BacklogParts) {
    this.#parts = parts;
  }

  /** Says that there may be something to embed. */
  wake(): void {
    if (this.#abort.signal.aborted) return;
    this.#stopGathering();
    this.#cancelWait?.();
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** The same a moment later, once for all that say so until then. */
  wakeSoon(): void {
    if (this.#abort.signal.aborted) return;
    this.#cancelGathering ??= this.#parts.clock.after(gatherMs, () => this.wake());
  }

  /** Resolves when nothing is being embedded, nor about to be. */
  async settled(): Promise<void> {
    if (this.#cancelGathering !== null) this.wake();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    this.#stopGathering();
    this.#cancelWait?.();
    await this.#running;
  }

  #stopGathering(): void {
    this.#cancelGathering?.();
    this.#cancelGathering = null;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#abort.signal.aborted) {
        this.#again = false;
        while ((await this.#batch()) === batch);
      }
      this.#waitMs = firstWaitMs;
    } catch {
      // The look-up tells the person of an embedder that is away; here it is only asked again.
      if (this.#abort.signal.aborted) return;
      this.#cancelWait = this.#parts.clock.after(this.#waitMs, () => this.wake());
      this.#waitMs = Math.min(this.#waitMs * 2, longestWaitMs);
    }
  }

  async #batch(): Promise<number> {
    const { store } = this.#parts;
    const embedder = this.#parts.embedder();
    const { signal } = this.#abort;
    const waiting = await store.unembedded(embedder.id, batch);
    if (waiting.length === 0) return 0;
    const vectors = await embedder.embed(
      waiting.map(({ text }) => text),
      signal,
    );
    signal.throwIfAborted();
    await store.embed(
      embedder.id,
      waiting.map(({ id }, at) => ({ id, vector: unit(vectors[at] as Float32Array) })),
    );
    return waiting.length;
  }
}
