import type { Clock } from "../chain/index.ts";

/** What a reader gives for an event that ends the stream, whatever may follow it. */
export const lastEvent = Symbol("last event");

/** Reads one event by its name and data: what it says, undefined where that is nothing, or `lastEvent`. May throw what the event is. */
export type ReadEvent = (name: string | null, data: string) => unknown;

interface ServerSentEvent {
  name: string | null;
  data: string;
  /** False where the stream ended before the event's blank line. */
  isWhole: boolean;
}

/** How long the end of a response may come behind its last event for its connection to be kept. */
const endMs = 500;

/**
 * What the events of a response say, as they come (WHATWG HTML, "Server-sent events"; a last event counts without its blank line too, as it
 * does for the official SDKs). The SDKs' own readers pass every event through five generators, which costs several times what the chain does.
 */
export class EventStream implements AsyncIterableIterator<unknown, undefined> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | null;
  readonly #read: ReadEvent;
  readonly #clock: Clock;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #name: string | null = null;
  #data: string[] = [];
  /** Read off the wire, and not asked for yet. */
  #queue: ServerSentEvent[] = [];
  #taken = 0;
  #isOver = false;

  constructor(response: Response, read: ReadEvent, clock: Clock) {
    this.#reader = response.body?.getReader() ?? null;
    this.#read = read;
    this.#clock = clock;
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    for (;;) {
      const event = this.#queue[this.#taken++];
      if (event === undefined) {
        if (this.#isOver || this.#reader === null) return { done: true, value: undefined };
        this.#queue = [];
        this.#taken = 0;
        await this.#pull(this.#reader);
        continue;
      }
      const said = this.#say(event);
      if (said === lastEvent) {
        this.#awaitEnd();
        return { done: true, value: undefined };
      }
      if (said !== undefined) return { done: false, value: said };
    }
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.#cancel();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #say({ name, data, isWhole }: ServerSentEvent): unknown {
    try {
      return this.#read(name, data);
    } catch (error) {
      // The first half of an event says that the stream was cut, not that it is wrong.
      if (!isWhole && error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async #pull(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const { done, value } = await reader.read();
    if (!done) {
      this.#feed(this.#decoder.decode(value, { stream: true }));
      return;
    }
    this.#isOver = true;
    this.#feed(`${this.#decoder.decode()}\n`);
    this.#dispatch(false);
  }

  #feed(text: string): void {
    let lines = this.#rest + text;
    let held = "";
    if (lines.includes("\r")) {
      // The line feed that belongs to it may still be on its way.
      if (lines.endsWith("\r")) {
        held = "\r";
        lines = lines.slice(0, -1);
      }
      lines = lines.replace(/\r\n?/g, "\n");
    }
    let at = 0;
    for (let end = lines.indexOf("\n"); end >= 0; end = lines.indexOf("\n", at)) {
      this.#line(lines.slice(at, end));
      at = end + 1;
    }
    this.#rest = lines.slice(at) + held;
  }

  #line(line: string): void {
    if (line === "") this.#dispatch(true);
    else if (line.startsWith("data:")) this.#data.push(fieldAt(line, 5));
    else if (line.startsWith("event:")) this.#name = fieldAt(line, 6);
  }

  #dispatch(isWhole: boolean): void {
    if (this.#data.length > 0) this.#queue.push({ name: this.#name, data: this.#data.join("\n"), isWhole });
    this.#name = null;
    this.#data = [];
  }

  /** Reads on behind the last event, unseen, so that the connection can serve another request; not for long. */
  #awaitEnd(): void {
    this.#isOver = true;
    this.#queue = [];
    const giveUp = this.#clock.after(endMs, () => this.#cancel());
    this.#reader
      ?.read()
      .then(({ done }) => {
        if (!done) this.#cancel();
      })
      .catch(() => undefined)
      .finally(giveUp);
  }

  #cancel(): void {
    this.#isOver = true;
    this.#queue = [];
    this.#reader?.cancel().catch(() => undefined);
  }
}

function fieldAt(line: string, at: number): string {
  return line.slice(line.charCodeAt(at) === 32 ? at + 1 : at);
}
