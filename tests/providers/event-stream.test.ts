import fc from "fast-check";
import { expect, test } from "vitest";
import { EventStream, lastEvent } from "../../electron/providers/event-stream.ts";
import { FakeClock, settle } from "../fixtures/fake-clock.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A response whose body comes in these pieces. */
function inPieces(...pieces: Uint8Array[]): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    }),
  );
}

const read = (name: string | null, data: string) => {
  if (data === "[DONE]") return lastEvent;
  return name === "ping" ? undefined : { name, said: JSON.parse(data) as unknown };
};

async function all(response: Response): Promise<unknown[]> {
  const said: unknown[] = [];
  for await (const item of new EventStream(response, read, new FakeClock())) said.push(item);
  return said;
}

test("every way to write events down, cut into any pieces, is read alike", async () => {
  const written = [
    ": a comment",
    "event: first",
    'data: {"text":"naïve 🙂"}',
    "",
    "event: ping",
    "data: {}",
    "",
    'data:{"of":',
    "data: 2}",
    "retry: 10",
    "",
    "",
  ];
  const expected = [
    { name: "first", said: { text: "naïve 🙂" } },
    { name: null, said: { of: 2 } },
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }),
      async (lineEnd, sizes) => {
        const whole = bytes(written.join(lineEnd));
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < whole.length; turn++) {
          const size = sizes[turn % sizes.length] as number;
          pieces.push(whole.slice(at, at + size));
          at += size;
        }
        expect(await all(inPieces(...pieces))).toEqual(expected);
      },
    ),
  );
});

test("a last event counts without its blank line, and the first half of one does not", async () => {
  expect(await all(inPieces(bytes('data: {"of":1}')))).toEqual([{ name: null, said: { of: 1 } }]);
  expect(await all(inPieces(bytes('data: {"of":1}\n\ndata: {"o')))).toEqual([
    { name: null, said: { of: 1 } },
  ]);
});

test("what came before an event that can't be read is given before its error", async () => {
  const stream = new EventStream(inPieces(bytes("data: 1\n\ndata: {\n\n")), read, new FakeClock());
  expect(await stream.next()).toEqual({ done: false, value: { name: null, said: 1 } });
  await expect(stream.next()).rejects.toThrow(SyntaxError);
});

/** A response that stays open behind its last event, until `end`; `cancelled` is whether it was given up. */
function lingering() {
  let source: ReadableStreamDefaultController<Uint8Array> | null = null;
  const state = { cancelled: false, end: () => source?.close() };
  const response = new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        source = controller;
        controller.enqueue(bytes("data: [DONE]\n\n"));
      },
      cancel() {
        state.cancelled = true;
      },
    }),
  );
  return { response, state };
}

test("a response that stays open behind its last event is over at once, and given up soon", async () => {
  const clock = new FakeClock();
  const { response, state } = lingering();
  expect(await new EventStream(response, read, clock).next()).toMatchObject({ done: true });
  await clock.advance(499);
  expect(state.cancelled).toBe(false);
  await clock.advance(1);
  expect(state.cancelled).toBe(true);
});

test("a response that ends behind its last event keeps its connection, and no timer is left", async () => {
  const clock = new FakeClock();
  const { response, state } = lingering();
  await new EventStream(response, read, clock).next();
  state.end();
  await settle();
  expect(clock.waiting).toBe(0);
  expect(state.cancelled).toBe(false);
});
