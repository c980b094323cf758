/** How long a line may wait for others, milliseconds. */
const waitMs = 50;

/**
 * Lines that are written together: a write to a pipe or a file costs more than the making of a line. Those of one batch are in the order in
 * which they came; `flush` is for what must not wait.
 */
export class Batch {
  readonly #most: number;
  readonly #give: (lines: string) => void;
  #lines = "";
  #timer: NodeJS.Timeout | null = null;

  /** `most`: characters that wait at most. */
  constructor(most: number, give: (lines: string) => void) {
    this.#most = most;
    this.#give = give;
  }

  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= this.#most) this.flush();
    // It keeps the process alive, so that a program that comes to its end writes its last lines too.
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#lines;
    this.#lines = "";
    if (lines !== "") this.#give(lines);
  }
}
