import type { Clock } from "../chain/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { responseFailure } from "./failure.ts";
import { Intercepted } from "./intercepted.ts";
import { sendThroughStale } from "./resend.ts";
import { connectionFailure } from "./transport.ts";

/** No error text needs more, and a portal's page can be endless. */
const bodyLimit = 64 * 1024;
/** How long the body of an error may take: its status alone says enough to go on. */
const bodyWaitMs = 2_000;

interface DoorOptions {
  fetch: typeof fetch;
  clock: Clock;
  endpoint: Endpoint;
  /** The media type of a stream that this family speaks. */
  streamType: string;
}

/** The start of a body; what came so far when it stalls or breaks. Rejects only when the request is aborted. */
async function startOf(response: Response, clock: Clock, signal: AbortSignal | null): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const giveUp = clock.after(bodyWaitMs, () => void reader.cancel());
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < bodyLimit) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    if (signal?.aborted) throw error;
  } finally {
    giveUp();
    reader.cancel().catch(() => undefined);
  }
  return text;
}

/**
 * A `fetch` that lets through nothing but a good response with the stream that was asked for. Everything else is
 * classified here, once for all families, before an SDK sees it: the SDKs drop bodies that they don't know, follow redirects
 * with the request and its key, and take a web page for an empty stream.
 *
 * Rejects with `Intercepted`, or with the abort of the caller.
 */
export function door({ fetch, clock, endpoint, streamType }: DoorOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const signal = init?.signal ?? null;
    let response: Response;
    try {
      response = await sendThroughStale(fetch, input, { ...init, redirect: "manual" }, clock);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Intercepted(connectionFailure(error, endpoint));
    }
    const type = response.headers.get("content-type") ?? "";
    if (response.ok && type.toLowerCase().startsWith(streamType)) return response;
    const body = await startOf(response, clock, signal);
    const { status, headers } = response;
    throw new Intercepted(responseFailure({ status, headers, body }, endpoint, clock.now()));
  };
}
