/** How far back the speed looks, milliseconds. */
const windowMs = 5_000;

/** The speed of a download over the last seconds. */
export class Pace {
  readonly #now: () => number;
  readonly #notes: { at: number; bytes: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** So many bytes are there now. */
  note(bytes: number): void {
    const at = this.#now();
    const last = this.#notes.at(-1);
    if (last !== undefined && bytes < last.bytes) this.#notes.length = 0; // it began anew
    this.#notes.push({ at, bytes });
    while ((this.#notes[0]?.at ?? at) < at - windowMs) this.#notes.shift();
  }

  /** Null until there is something to go by. */
  bytesPerSecond(): number | null {
    const [first] = this.#notes;
    const last = this.#notes.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return null;
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at);
  }
}
