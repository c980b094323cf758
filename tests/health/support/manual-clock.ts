import type { Clock } from "../../../electron/chain/index.ts";

/** Time that a test turns without waiting for promises, and whose calendar can be set apart from its steady clock. */
export class ManualClock implements Clock {
  #elapsed = 0;
  #epoch = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(): () => void {
    throw new Error("nothing that is tested on this clock may set a timer");
  }

  pass(ms: number): void {
    this.#elapsed += ms;
  }

  /** Moves the calendar only: what setting the clock does, or (forward) a machine that slept. */
  setCalendar(byMs: number): void {
    this.#epoch += byMs;
  }
}
