import type { Clock } from "../chain/index.ts";

/** Delays before the next start, by how many times in a row the process has died, milliseconds. */
const delaysMs = [0, 0, 250, 500, 1_000, 2_000, 4_000, 8_000];

/**
 * Makes a process that dies again and again start ever more slowly. The first restart is at once: whoever asks again after
 * one crash should not wait. The longest delay stays below the time that a local link has to take a request.
 */
export class BackOff {
  readonly #clock: Pick<Clock, "monotonic" | "after">;
  #deaths = 0;
  #readyAt = 0;

  constructor(clock: Pick<Clock, "monotonic" | "after">) {
    this.#clock = clock;
  }

  died(): void {
    this.#deaths = Math.min(this.#deaths + 1, delaysMs.length - 1);
    this.#readyAt = this.#clock.monotonic() + (delaysMs[this.#deaths] as number);
  }

  /** The process did what it is for. */
  worked(): void {
    this.#deaths = 0;
    this.#readyAt = 0;
  }

  /** Waits until a process may be started; throws the signal's reason when that aborts first. */
  async wait(signal: AbortSignal | undefined): Promise<void> {
    const restMs = this.#readyAt - this.#clock.monotonic();
    if (restMs <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.#clock.after(restMs, () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      });
      signal?.addEventListener("abort", leave, { once: true });
    });
  }
}
