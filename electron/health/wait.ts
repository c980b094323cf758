import type { Clock } from "../chain/index.ts";

/**
 * A wait that has begun. It is over as soon as either clock says so: the steady one does not run while the machine
 * sleeps, and the calendar may be set back. A timer that was set for the same time finds it over, though timers may come up
 * to a millisecond early.
 */
export class Wait {
  readonly #clock: Clock;
  readonly #endMonotonic: number;
  readonly #endEpoch: number;

  /** @param ms how long from now */
  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#endMonotonic = clock.monotonic() + ms;
    this.#endEpoch = Math.ceil(clock.now() + ms);
  }

  get over(): boolean {
    return this.#clock.monotonic() > this.#endMonotonic - 1 || this.#clock.now() >= this.#endEpoch;
  }

  /** When it ends, milliseconds since the epoch: one value, unless the calendar was set back since. */
  get until(): number {
    const end = this.#clock.now() + this.#endMonotonic - this.#clock.monotonic();
    return this.#endEpoch - end > 1_000 ? Math.round(end) : this.#endEpoch;
  }
}
