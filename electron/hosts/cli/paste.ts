import { Transform } from "node:stream";

/** What stands for an end of line inside of what was pasted, until it is sent. */
const lineMark = "␤";
const begin = "\u001b[200~";
const end = "\u001b[201~";

/** Asks the terminal to say where something pasted begins and ends, and no longer to. */
export const pasteOn = "\u001b[?2004h";
export const pasteOff = "\u001b[?2004l";

/** The pasted text with its ends of line again. */
export const unmarked = (line: string): string => line.replaceAll(lineMark, "\n");

/**
 * A terminal's input, in which pasted lines are one line: without this each would be sent as a question of its own. Looks to readline
 * like the terminal that it reads from.
 */
export function withPastes(input: NodeJS.ReadStream): NodeJS.ReadableStream {
  const decoder = new TextDecoder();
  let isPasted = false;
  let held = "";
  const pasted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      held += decoder.decode(chunk, { stream: true });
      for (;;) {
        const mark = isPasted ? end : begin;
        const at = held.indexOf(mark);
        // The beginning of a mark may stand at the end of what has come so far.
        const ready = at < 0 ? held.slice(0, held.length - overlap(held, mark)) : held.slice(0, at);
        this.push(isPasted ? ready.replace(/\r\n|\r|\n/g, lineMark) : ready);
        held = held.slice(at < 0 ? ready.length : at + mark.length);
        if (at < 0) break;
        isPasted = !isPasted;
      }
      done();
    },
  });
  const setRawMode = (raw: boolean) => input.setRawMode(raw);
  return Object.assign(input.pipe(pasted), { isTTY: true, setRawMode });
}

/** How much of the mark's beginning ends the text. A lone escape is a key, and not held back. */
function overlap(text: string, mark: string): number {
  for (let length = mark.length - 1; length > 1; length -= 1) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}
