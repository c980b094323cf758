import { ReadableStream as NodeStream } from "node:stream/web";
import { ProviderFailure } from "../chain/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { isErrorBody, parseJson } from "./error-body.ts";
import { eventFailure } from "./failure.ts";
import { Intercepted } from "./intercepted.ts";
import type { Head } from "./stream.ts";

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest + decoder.decode();
}

function isDone(line: unknown): boolean {
  return typeof line === "object" && line !== null && "done" in line && line.done === true;
}

async function* checkedLines(
  body: ReadableStream<Uint8Array>,
  endpoint: Endpoint,
  head: Head,
  isLast: (line: unknown) => boolean,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let whole = false;
  for await (const line of linesOf(body)) {
    if (line.trim() === "") continue;
    const parsed = parseJson(line);
    if (parsed === undefined) {
      const words = `${endpoint.host} sent a line that is not JSON in the middle of the answer.`;
      throw new Intercepted(new ProviderFailure("malformed", words, head));
    }
    if (isErrorBody(parsed)) throw new Intercepted(eventFailure(parsed, endpoint, head));
    yield encoder.encode(`${line}\n`);
    whole ||= isLast(parsed);
  }
  if (whole) return;
  const words = `${endpoint.host} ended the stream before the answer was whole.`;
  throw new Intercepted(new ProviderFailure("truncated", words, head));
}

/**
 * Passes lines of JSON on as they are, and breaks the stream with the right failure at a line that is no JSON, at one that tells of an error,
 * and at an end without a last line, which `isLast` knows. Ollama's package skips the first with a word on the console, and throws plain errors for the others.
 */
export function guardedLines(
  body: ReadableStream<Uint8Array>,
  endpoint: Endpoint,
  head: Head,
  isLast: (line: unknown) => boolean = isDone,
): ReadableStream<Uint8Array> {
  // Not a TransformStream: its errors overtake the lines that are still queued in it.
  return NodeStream.from(checkedLines(body, endpoint, head, isLast)) as unknown as ReadableStream<Uint8Array>;
}
