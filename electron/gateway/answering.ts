import type { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { AllLinksFailed, collect } from "../chain/index.ts";
import type { Answer, ChainEvent, ChatRequest, Notice, Receipt } from "../contract/index.ts";
import { setHeadersOf, setReceiptHeaders } from "./headers.ts";
import type { GatewayParts } from "./parts.ts";
import { type NextText, sendText, streamOf } from "./sending.ts";
import { Speakers } from "./speakers.ts";
import type { StreamFormat } from "./stream-format.ts";
import { Telling } from "./told.ts";
import { troubled, troubleOf } from "./trouble.ts";

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
    const { speaker } = speakers;
    // An answer that is given although others were tried after it has no speaker any more: its receipt tells.
    if (event.type === "finished") setHeadersOf(c, event.receipt);
    else if (speaker) setReceiptHeaders(c, speaker, speakers.attempts, notices);
    else continue;
    const model = (event.type === "finished" ? event.receipt.model : speaker?.model) ?? "";
    const telling = new Telling(() => stop.abort());
    const write = (of: ChainEvent) => {
      let text = "";
      for (const piece of telling.of(of)) text += format.write(piece, model);
      return text;
    };
    let opening: string | null = format.begin(model) + write(event);
    const next: NextText = async () => {
      if (opening !== null) {
        const text = opening;
        opening = null;
        return text;
      }
      const { value, done } = await events.next();
      return done ? null : write(value);
    };
    return sent(c, parts, next, () => {
      stop.abort();
      return events.return();
    });
  }
}

/** Begins to send a text: on the socket itself where there is one, which costs a fraction of a web stream. */
function sent(c: Context, parts: GatewayParts, next: NextText, leave: () => Promise<unknown>): Response {
  const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>;
  const head = { "content-type": "text/event-stream", "cache-control": "no-cache" };
  if (outgoing === undefined) return c.body(streamOf(next, leave), 200, head);
  const response = outgoing as ServerResponse;
  response.writeHead(200, Object.fromEntries(c.body(null, 200, head).headers));
  sendText(response, next).catch((error: unknown) => {
    parts.onError(error);
    response.destroy();
    return leave();
  });
  return RESPONSE_ALREADY_SENT;
}
