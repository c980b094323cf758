import type { AttemptStarted, ChainEvent } from "../contract/index.ts";

/** Which attempt speaks: of two that were hedged, the one that is left when the other has ended. */
export class Speakers {
  readonly #running = new Map<string, AttemptStarted>();
  #ended = 0;

  /** Takes note of an event. */
  see(event: ChainEvent): void {
    if (event.type === "attempt_started") this.#running.set(event.link, event);
    if (event.type === "attempt_failed") {
      this.#running.delete(event.attempt.link);
      this.#ended++;
    }
  }

  get speaker(): AttemptStarted | undefined {
    return [...this.#running.values()].at(-1);
  }

  /** Attempts so far, as the receipt will count them; giving an earlier answer again is none. */
  get attempts(): number {
    return this.#ended + (this.speaker && this.speaker.tier !== "cache" ? 1 : 0);
  }
}
