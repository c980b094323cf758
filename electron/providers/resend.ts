import type { Clock } from "../chain/index.ts";
import { type Flight, whenSent } from "./sending.ts";
import { isReset } from "./transport.ts";

/** No server leaves more connections than this behind at a time. */
const mostResends = 5;
/** A connection that was in use less than this ago has not been given up for idleness: what breaks on it is the server's failure. */
const shortestIdleMs = 1_000;
/** When each connection last carried a request of ours, on the clock's monotonic time. */
const lastUsed = new WeakMap<object, number>();

/**
 * Sends a request, and once more where it met a connection that the server had closed meanwhile: servers close connections that are kept alive when
 * they like, and a request that is on its way just then is lost through nobody's fault (RFC 9112, section 9.5). Only a request that went over
 * a connection which had served before and then lain idle, and to which not one byte came back, is sent again; each try uses up
 * one such connection, so that the last is over a new one.
 */
export async function sendThroughStale(
  fetch: typeof globalThis.fetch,
  input: Parameters<typeof globalThis.fetch>[0],
  init: RequestInit,
  clock: Pick<Clock, "monotonic">,
): Promise<Response> {
  for (let left = isRepeatable(init.body) ? mostResends : 0; ; left--) {
    let last: (Flight & { idleMs: number }) | null = null;
    const note = (flight: Flight) => {
      const now = clock.monotonic();
      last = { ...flight, idleMs: now - (lastUsed.get(flight.connection) ?? Number.NEGATIVE_INFINITY) };
      lastUsed.set(flight.connection, now);
    };
    try {
      return await whenSent(note, () => fetch(input, init));
    } catch (error) {
      const wasStale = isStale(last) && isReset(error);
      if (left === 0 || !wasStale || init.signal?.aborted) throw error;
    }
  }
}

function isStale(flight: (Flight & { idleMs: number }) | null): boolean {
  return flight?.isReused === true && flight.idleMs >= shortestIdleMs && !flight.heard();
}

function isRepeatable(body: RequestInit["body"]): boolean {
  return body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array;
}
