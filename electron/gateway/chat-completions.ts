import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { AttemptStarted, ChainEvent, Finished, Notice } from "../contract/index.ts";
import { refuse, unanswered, wireError } from "./errors.ts";
import { completion, type ReplyHead, receiptHeaders } from "./openai-reply.ts";
import { type ChatCompletionsRequest, chatCompletionsRequest, toChatRequest } from "./openai-request.ts";
import { openaiStream } from "./openai-stream.ts";
import type { GatewayParts } from "./server.ts";

/** `POST /v1/chat/completions`: OpenAI's wire format over the chain, streaming and not. */
export async function chatCompletions(c: Context, parts: GatewayParts): Promise<Response> {
  const wire = await readBody(c);
  if (wire instanceof Response) return wire;
  const localOnly = /^(1|true)$/i.test(c.req.header("x-holdfast-local-only") ?? "");
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
  for await (const event of events) {
    if (event.type !== "finished") continue;
    setHeaders(c, finishedHeaders(event));
    if (event.failure) return unanswered(c, event.failure, event.receipt);
    return c.json(completion(head, event.answer, event.receipt));
  }
  throw new Error("The chain ended without saying how.");
}

/** Waits for the first word, so that a request which nothing can answer still gets a status of its own. */
async function streamed(
  c: Context,
  wire: ChatCompletionsRequest,
  head: ReplyHead,
  events: AsyncGenerator<ChainEvent, void, void>,
): Promise<Response> {
  const notices: Notice[] = [];
  let attempts = 0;
  let opening: AttemptStarted | undefined;
  for (;;) {
    const { value: event, done } = await events.next();
    if (done) throw new Error("The chain ended without saying how.");
    if (event.type === "finished" && event.failure) {
      setHeaders(c, finishedHeaders(event));
      return unanswered(c, event.failure, event.receipt);
    }
    if (event.type === "notice") notices.push(event.notice);
    if (event.type === "attempt_started") {
      opening = event;
      if (event.tier !== "cache") attempts++;
    }
    if (event.type !== "delta" || !opening) continue;
    setHeaders(c, receiptHeaders(opening, attempts, notices));
    const lines = openaiStream(
      head,
      resumed(event, events),
      opening,
      wire.stream_options?.include_usage ?? false,
    );
    return c.body(bodyOf(lines), 200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  }
}

/** The events again, beginning with the one that was taken to look at. */
async function* resumed(first: ChainEvent, rest: AsyncGenerator<ChainEvent, void, void>) {
  yield first;
  yield* rest;
}

/** Asks for the next line only when the client has room for it, so that a slow reader does not fill the memory. */
function bodyOf(lines: AsyncGenerator<string, void, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return();
    },
  });
}

const finishedHeaders = ({ receipt }: Finished) =>
  receiptHeaders(receipt, receipt.attempts.length, receipt.notices);

function setHeaders(c: Context, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
}
