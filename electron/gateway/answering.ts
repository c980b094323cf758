import type { Context } from "hono";
import { AllLinksFailed, collect } from "../chain/index.ts";
import type { Answer, ChainEvent, ChatRequest, Notice, Receipt } from "../contract/index.ts";
import { setHeadersOf, setReceiptHeaders } from "./headers.ts";
import type { GatewayParts } from "./parts.ts";
import { Speakers } from "./speakers.ts";
import { type Told, told } from "./told.ts";
import { troubled, troubleOf } from "./trouble.ts";

/** How a wire format writes a streamed answer: one string a server-sent event. `model` is that of the link that speaks first. */
export type StreamFormat = (events: AsyncIterable<Told>, model: string) => AsyncGenerator<string, void, void>;

/** Asks the chain and answers with the whole of it, as `write` puts it. */
export async function answerWhole(
  c: Context,
  parts: GatewayParts,
  request: ChatRequest,
  write: (answer: Answer, receipt: Receipt) => object,
): Promise<Response> {
  try {
    const { answer, receipt } = await collect(parts.run(request, c.req.raw.signal));
    setHeadersOf(c, receipt);
    return c.json(write(answer, receipt));
  } catch (error) {
    if (!(error instanceof AllLinksFailed)) throw error;
    setHeadersOf(c, error.receipt);
    return troubled(c, troubleOf(error.failure), error.receipt);
  }
}

/**
 * Asks the chain and streams its answer. Server-sent events can't be taken back, so an answer that has requirements to meet is sent
 * once it has met them. Waits for the first word, so that a request which nothing can answer still gets a status of
 * its own.
 */
export async function answerStreaming(
  c: Context,
  parts: GatewayParts,
  request: ChatRequest,
  format: StreamFormat,
): Promise<Response> {
  const notices: Notice[] = [];
  const speakers = new Speakers();
  const taken: ChainEvent[] = [];
  const stop = new AbortController();
  c.req.raw.signal.addEventListener("abort", () => stop.abort(), { once: true });
  if (c.req.raw.signal.aborted) stop.abort();
  const events = parts.run({ ...request, hold: true }, stop.signal);
  for (;;) {
    const { value: event, done } = await events.next();
    if (done) throw new Error("The chain ended without saying how.");
    speakers.see(event);
    if (event.type === "finished" && event.failure) {
      setHeadersOf(c, event.receipt);
      return troubled(c, troubleOf(event.failure), event.receipt);
    }
    if (event.type === "notice") notices.push(event.notice);
    if (event.type !== "delta" && event.type !== "finished") continue;
    taken.push(event);
    const { speaker } = speakers;
    // An answer that is given although others were tried after it has no speaker any more: its receipt tells.
    if (event.type === "finished") setHeadersOf(c, event.receipt);
    else if (speaker) setReceiptHeaders(c, speaker, speakers.attempts, notices);
    else continue;
    const model = event.type === "finished" ? event.receipt.model : speaker?.model;
    const pieces = told(resumed(taken, events), speakers, () => stop.abort());
    const body = bodyOf(format(pieces, model ?? ""), events, () => stop.abort());
    return c.body(body, 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
    });
  }
}

/** The events again, beginning with those that were taken to look at. */
async function* resumed(taken: readonly ChainEvent[], rest: AsyncGenerator<ChainEvent, void, void>) {
  yield* taken;
  yield* rest;
}

/** Asks for the next line only when the client has room for it, so that a slow reader does not fill the memory. */
function bodyOf(
  lines: AsyncGenerator<string, void, void>,
  events: AsyncGenerator<ChainEvent, void, void>,
  stop: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await lines.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        stop();
        await lines.return();
        // Lines that were never asked for have not begun, and so end nothing below them.
        await events.return();
      },
    },
    { highWaterMark: 0 },
  );
}
