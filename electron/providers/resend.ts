import { type Flight, whenSent } from "./sending.ts";
import { isReset } from "./transport.ts";

/** No server leaves more connections than this behind at a time. */
const mostResends = 5;

/**
 * Sends a request, and once more where it met a connection that the server had closed meanwhile: servers close connections that are kept alive when
 * they like, and a request that is on its way just then is lost through nobody's fault (RFC 9112, section 9.5). Only a request that went over
 * a connection which had served before, and to which not one byte came back, is sent again; each try uses up one such
 * connection, so that the last is over a new one.
 */
export async function sendThroughStale(
  fetch: typeof globalThis.fetch,
  input: Parameters<typeof globalThis.fetch>[0],
  init: RequestInit,
): Promise<Response> {
  for (let left = isRepeatable(init.body) ? mostResends : 0; ; left--) {
    const flights: Flight[] = [];
    try {
      return await whenSent(
        (flight) => flights.push(flight),
        () => fetch(input, init),
      );
    } catch (error) {
      const flight = flights.at(-1);
      const wasStale = flight?.isReused === true && !flight.heard() && isReset(error);
      if (left === 0 || !wasStale || init.signal?.aborted) throw error;
    }
  }
}

function isRepeatable(body: RequestInit["body"]): boolean {
  return body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array;
}
