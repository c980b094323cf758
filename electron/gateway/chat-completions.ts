import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { AllLinksFailed, collect } from "../chain/index.ts";
import type { ChainEvent, Notice, Receipt } from "../contract/index.ts";
import { refuse, unanswered, wireError } from "./errors.ts";
import { completion, type ReplyHead, receiptHeaders } from "./openai-reply.ts";
import { type ChatCompletionsRequest, chatCompletionsRequest, toChatRequest } from "./openai-request.ts";
import { openaiStream } from "./openai-stream.ts";
import type { GatewayParts } from "./server.ts";
import { Speakers } from "./speakers.ts";

/** `POST /v1/chat/completions`: OpenAI's wire format over the chain, streaming and not. */
export async function chatCompletions(c: Context, parts: GatewayParts): Promise<Response> {
  const wire = await readBody(c);
  if (wire instanceof Response) return wire;
  // A header that came twice is joined by a comma: one word for it is enough.
  const marks = (c.req.header("x-holdfast-local-only") ?? "").split(",");
  const localOnly = marks.some((mark) => /^(1|true)$/i.test(mark.trim()));
  const linkIds = parts.status().links.map(({ id }) => id);
  const head: ReplyHead = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(parts.now() / 1000) };
  const events = parts.run(toChatRequest(wire, { linkIds, localOnly }), c.req.raw.signal);
  return wire.stream ? streamed(c, wire, head, events) : whole(c, head, events);
}

async function readBody(c: Context): Promise<ChatCompletionsRequest | Response> {
  let json: unknown;
  try {
    json = await c.req.json();
  } catch {
    return refuse(c, 400, wireError("invalid_request_error", "The body is not JSON.", "invalid_json"));
  }
  const parsed = chatCompletionsRequest.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join(".") || null;
  const message = `${param ?? "The body"}: ${issue?.message ?? "is not valid"}`;
  return refuse(c, 400, wireError("invalid_request_error", message, "invalid_value", param));
}

async function whole(c: Context, head: ReplyHead, events: AsyncIterable<ChainEvent>): Promise<Response> {
  try {
    const { answer, receipt } = await collect(events);
    setHeaders(c, finalHeaders(receipt));
    return c.json(completion(head, answer, receipt));
  } catch (error) {
    if (!(error instanceof AllLinksFailed)) throw error;
    setHeaders(c, finalHeaders(error.receipt));
    return unanswered(c, error.failure, error.receipt);
  }
}

/** Waits for the first word, so that a request which nothing can answer still gets a status of its own. */
async function streamed(
  c: Context,
  wire: ChatCompletionsRequest,
  head: ReplyHead,
  events: AsyncGenerator<ChainEvent, void, void>,
): Promise<Response> {
  const notices: Notice[] = [];
  const speakers = new Speakers();
  for (;;) {
    const { value: event, done } = await events.next();
    if (done) throw new Error("The chain ended without saying how.");
    speakers.see(event);
    if (event.type === "finished" && event.failure) {
      setHeaders(c, finalHeaders(event.receipt));
      return unanswered(c, event.failure, event.receipt);
    }
    if (event.type === "notice") notices.push(event.notice);
    if (event.type !== "delta" || !speakers.speaker) continue;
    setHeaders(c, receiptHeaders(speakers.speaker, speakers.attempts, notices));
    const includeUsage = wire.stream_options?.include_usage ?? false;
    const lines = openaiStream(head, resumed(event, events), speakers, includeUsage);
    return c.body(bodyOf(lines, events), 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
    });
  }
}

/** The events again, beginning with the one that was taken to look at. */
async function* resumed(first: ChainEvent, rest: AsyncGenerator<ChainEvent, void, void>) {
  yield first;
  yield* rest;
}

/** Asks for the next line only when the client has room for it, so that a slow reader does not fill the memory. */
function bodyOf(
  lines: AsyncGenerator<string, void, void>,
  events: AsyncGenerator<ChainEvent, void, void>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return();
      // Lines that were never asked for have not begun, and so end nothing below them.
      await events.return();
    },
  });
}

const finalHeaders = (receipt: Receipt) => receiptHeaders(receipt, receipt.attempts.length, receipt.notices);

function setHeaders(c: Context, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
}
