import { type ProviderEvent, ProviderFailure } from "../chain/index.ts";
import { type Endpoint, quote } from "./endpoint.ts";
import { eventFailure, requestIdOf } from "./failure.ts";
import { failureInside } from "./intercepted.ts";
import { whenSent } from "./sending.ts";
import { brokenStreamFailure } from "./transport.ts";

/** The head of a response, as far as events and failures tell of it. */
export interface Head {
  status: number;
  requestId: string | null;
}

/** What `head` tells of a response. */
export function headOf(response: Response): Head {
  return { status: response.status, requestId: requestIdOf(response.headers) };
}

/** A stream whose head is there. */
export interface OpenStream {
  head: Head;
  /** What the request asked for and this provider could not be told. */
  dropped: readonly string[];
  events: AsyncIterable<ProviderEvent>;
}

/** One attempt at one endpoint; `open` resolves when the response head is there. */
export interface Session {
  endpoint: Endpoint;
  open(signal: AbortSignal): Promise<OpenStream>;
}

/** Any error of an SDK or of the connection as the failure that it is. `head` is null until the response is there. */
function asFailure(error: unknown, endpoint: Endpoint, head: Head | null): ProviderFailure {
  const inside = failureInside(error);
  if (inside !== null) return inside;
  const words = error instanceof Error ? quote(error.message, endpoint) : "";
  if (head === null) {
    // The door has classified whatever the network did, so this request never left.
    return new ProviderFailure(
      "invalid_request",
      `The request to ${endpoint.host} could not be built: ${words}`,
      {
        cause: error,
      },
    );
  }
  // Both SDKs throw an error that a stream carries with its body as `error`.
  if (error instanceof Error && "error" in error && error.error)
    return eventFailure(error.error, endpoint, head);
  const broken = brokenStreamFailure(error, endpoint, head);
  if (broken !== null) return broken;
  return new ProviderFailure(
    "malformed",
    `${endpoint.host} sent something that is not a valid piece of an answer: ${words}`,
    { ...head, cause: error },
  );
}

/** `work`, or a rejection as soon as `signal` aborts: a keychain may wait for a person who has left. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function* eventsOf(
  begin: () => Promise<Session>,
  signal: AbortSignal,
): AsyncGenerator<ProviderEvent, void> {
  const { endpoint, open } = await unlessAborted(begin(), signal);
  let head: Head | null = null;
  try {
    const sent = Promise.withResolvers<void>();
    const opening = whenSent(sent.resolve, () => open(signal));
    // Its failure is thrown below; until then the reader may still be busy with `connected`.
    opening.catch(() => undefined);
    await Promise.race([sent.promise, opening]);
    yield { type: "connected" };
    const stream = await opening;
    head = stream.head;
    yield { type: "head", ...head, ...(stream.dropped.length > 0 && { dropped: stream.dropped }) };
    yield* stream.events;
  } catch (error) {
    throw asFailure(error, endpoint, head);
  }
}

/**
 * Makes an attempt out of a session: every error leaves as a `ProviderFailure`, an abort always as `cancelled`, and `return`
 * aborts even while a `next` waits for the network, which a bare generator would let wait.
 */
export function attemptStream(
  signal: AbortSignal,
  begin: () => Promise<Session>,
): AsyncIterable<ProviderEvent> {
  return {
    [Symbol.asyncIterator]() {
      const own = new AbortController();
      const either = AbortSignal.any([signal, own.signal]);
      const events = eventsOf(begin, either);
      const cancelled = () =>
        new ProviderFailure("cancelled", "The request was stopped.", { cause: either.reason });
      return {
        async next() {
          if (either.aborted) throw cancelled();
          try {
            const result = await events.next();
            // The SDKs end their streams quietly on an abort; that must not look like an end.
            if (either.aborted) throw cancelled();
            // The answer may be whole while its stream is still open.
            if (result.done) own.abort();
            return result;
          } catch (error) {
            throw either.aborted ? cancelled() : error;
          }
        },
        async return() {
          own.abort();
          await events.return();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
