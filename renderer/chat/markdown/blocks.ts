/** A stretch of Markdown that is parsed by itself. */
export interface Block {
  /** Offset in the whole text; with the text before it never changing, a key that stays. */
  offset: number;
  source: string;
  /** True where a long block was cut and this is a further piece of it: no space stands between them. */
  continued: boolean;
}

/**
 * Longest block, UTF-16 code units. Every frame parses the last block again, so this bounds the work of a frame
 * however long the answer is.
 */
const longestBlock = 8_000;

const fenceLine = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;
const listLine = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;

/**
 * Cuts a growing text into blocks. Call `split` with the text as it is now; what is finished is kept from call to call,
 * so that an append costs as much as what was appended. A text that is not an extension begins anew.
 *
 * A block ends at a blank line, outside of a code fence, before a line that can't belong to what stands above it.
 */
export class BlockSplitter {
  #text = "";
  #done: Block[] = [];
  /** Where the open block begins, and where the next unread line begins. */
  #blockStart = 0;
  #lineStart = 0;
  #blank = false;
  #inList = false;
  #fence: { mark: string; opening: string } | null = null;
  /** The line that opens a fence again after a cut inside of it. */
  #reopening = "";
  #continued = false;

  split(text: string): readonly Block[] {
    if (text === this.#text) return this.#result();
    if (!text.startsWith(this.#text)) this.#reset();
    this.#text = text;
    for (;;) {
      const end = text.indexOf("\n", this.#lineStart);
      if (end === -1) break;
      this.#readLine(text.slice(this.#lineStart, end));
      this.#lineStart = end + 1;
    }
    this.#cutBeforeOpenLine(text.charAt(this.#lineStart));
    if (text.length - this.#blockStart > 2 * longestBlock) this.#cutLongLine();
    return this.#result();
  }

  #readLine(line: string): void {
    if (this.#lineStart - this.#blockStart > longestBlock) this.#cut(this.#lineStart, true);
    if (this.#fence !== null) {
      const closing = line.trim();
      const { mark } = this.#fence;
      if (closing.startsWith(mark) && closing === mark.charAt(0).repeat(closing.length)) this.#fence = null;
      this.#blank = false;
      return;
    }
    if (line.trim() === "") {
      this.#blank = true;
      return;
    }
    const isList = listLine.test(line);
    const indented = /^(?: {2,}|\t)/.test(line);
    if (this.#blank && !indented && !(isList && this.#inList)) this.#cut(this.#lineStart, false);
    if (this.#lineStart === this.#blockStart) this.#inList = isList;
    this.#blank = false;
    const fence = fenceLine.exec(line);
    if (fence?.[1] !== undefined) this.#fence = { mark: fence[1], opening: line.trim() };
  }

  /** A line behind a blank one begins a new block as soon as its first character says that it belongs to no list. */
  #cutBeforeOpenLine(first: string): void {
    const mayBelong = first.trim() === "" || (this.#inList && /[-*+\d]/.test(first));
    if (this.#blank && this.#fence === null && !mayBelong) this.#cut(this.#lineStart, false);
  }

  /** Ends the open block at `at`; inside a fence the piece is closed, and the next one opens the fence again. */
  #cut(at: number, inside: boolean): void {
    if (at <= this.#blockStart) return;
    this.#done.push(this.#block(this.#text.slice(this.#blockStart, at)));
    this.#blockStart = at;
    this.#continued = inside;
    this.#reopening = this.#fence === null ? "" : `${this.#fence.opening}\n`;
  }

  /** A single line without an end in sight is cut at a space, or anywhere. */
  #cutLongLine(): void {
    while (this.#text.length - this.#blockStart > 2 * longestBlock) {
      const limit = this.#blockStart + longestBlock;
      const space = this.#text.lastIndexOf(" ", limit);
      this.#cut(space > this.#blockStart ? space : limit, true);
    }
    this.#lineStart = Math.max(this.#lineStart, this.#blockStart);
  }

  #block(piece: string): Block {
    const source = this.#reopening + piece;
    return { offset: this.#blockStart, source, continued: this.#continued };
  }

  #result(): readonly Block[] {
    const rest = this.#text.slice(this.#blockStart);
    return rest.trim() === "" ? this.#done : [...this.#done, this.#block(rest)];
  }

  #reset(): void {
    this.#done = [];
    this.#blockStart = 0;
    this.#lineStart = 0;
    this.#blank = false;
    this.#inList = false;
    this.#fence = null;
    this.#reopening = "";
    this.#continued = false;
  }
}
