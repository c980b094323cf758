import type { WindowSettings } from "./breaker-settings.ts";

interface Slice {
  /** Number of the slice of time since the clock's start. */
  number: number;
  calls: number;
  failures: number;
  slow: number;
}

/** The window is told in this many slices: it forgets a tenth at a time, and its memory does not grow with the calls. */
const slices = 10;

/** What the calls of the last while have shown. Times are the clock's monotonic milliseconds. */
export class CallWindow {
  readonly #settings: WindowSettings;
  readonly #sliceMs: number;
  #slices: Slice[] = [];

  constructor(settings: WindowSettings) {
    this.#settings = settings;
    this.#sliceMs = Math.max(1, settings.lengthMs / slices);
  }

  add(now: number, failed: boolean, durationMs: number): void {
    const number = Math.floor(now / this.#sliceMs);
    let slice = this.#slices.at(-1);
    if (slice?.number !== number) {
      slice = { number, calls: 0, failures: 0, slow: 0 };
      this.#slices.push(slice);
      this.#slices = this.#slices.filter((old) => old.number > number - slices);
    }
    slice.calls += 1;
    if (failed) slice.failures += 1;
    if (isSlow(durationMs, this.#settings)) slice.slow += 1;
  }

  /** Whether enough calls were seen, and too many of them failed or were slow. */
  isBad(now: number): boolean {
    const { minimumCalls, failureRate, slowRate, slowMs } = this.#settings;
    const oldest = Math.floor(now / this.#sliceMs) - slices;
    const recent = this.#slices.filter(({ number }) => number > oldest);
    const sum = (key: "calls" | "failures" | "slow") =>
      recent.reduce((total, slice) => total + slice[key], 0);
    const calls = sum("calls");
    if (calls < minimumCalls) return false;
    return sum("failures") / calls >= failureRate || (slowMs !== null && sum("slow") / calls >= slowRate);
  }

  clear(): void {
    this.#slices = [];
  }
}

/** A call is slow from the time that its stream took, whether it succeeded or failed. */
export function isSlow(durationMs: number, { slowMs }: WindowSettings): boolean {
  return slowMs !== null && durationMs > slowMs;
}
