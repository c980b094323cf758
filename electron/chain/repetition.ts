/** How often a unit must come in a row, and how long the whole run must be, to be called a loop. */
const repeats = 6;
const shortestRun = 240;
const longestUnit = 200;
/** The text is looked at again whenever this much was added. */
const stride = 120;

/** Notices when an answer says the same over and over. */
export class Repetition {
  #tail = "";
  #unseen = 0;

  /** Takes a piece of the answer; true when its end is a loop. */
  add(text: string): boolean {
    this.#tail = (this.#tail + text).slice(-longestUnit * repeats);
    this.#unseen += text.length;
    if (this.#unseen < stride || this.#tail.length < shortestRun) return false;
    this.#unseen = 0;
    for (let unit = 1; unit <= longestUnit; unit++) {
      const run = Math.max(unit * repeats, shortestRun);
      if (run <= this.#tail.length && isPeriodic(this.#tail, unit, run)) return true;
    }
    return false;
  }
}

/** Whether the last `run` characters repeat every `unit` characters. Rules and blanks ("-----") are no loop. */
function isPeriodic(text: string, unit: number, run: number): boolean {
  for (let at = text.length - run; at < text.length - unit; at++) {
    if (text.charCodeAt(at) !== text.charCodeAt(at + unit)) return false;
  }
  return /[\p{L}\p{N}]/u.test(text.slice(-unit));
}
