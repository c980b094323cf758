/** A value that can be watched: the newest is given, and again whenever `changed` is called; what a slow watcher misses is skipped. */
export class Watched<T> {
  readonly #read: () => T;
  readonly #wakes = new Set<() => void>();

  constructor(read: () => T) {
    this.#read = read;
  }

  get now(): T {
    return this.#read();
  }

  changed(): void {
    for (const wake of this.#wakes) wake();
  }

  /** Calls `listener` at every change; the function given back ends that. */
  onChange(listener: () => void): () => void {
    this.#wakes.add(listener);
    return () => this.#wakes.delete(listener);
  }

  async *watch(signal?: AbortSignal): AsyncGenerator<T, void, void> {
    let wake = () => {};
    let stale = true;
    const onChange = () => {
      stale = true;
      wake();
    };
    this.#wakes.add(onChange);
    signal?.addEventListener("abort", onChange, { once: true });
    try {
      while (!signal?.aborted) {
        if (stale) {
          stale = false;
          yield this.#read();
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#wakes.delete(onChange);
      signal?.removeEventListener("abort", onChange);
    }
  }
}
