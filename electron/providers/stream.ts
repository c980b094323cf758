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

/** One attempt at one endpoint. */
export interface Session {
  endpoint: Endpoint;
  /** Resolves when the response head is there. `giveUp` is for an answer that is whole while its stream is still open. */
  open(signal: AbortSignal, giveUp: () => void): Promise<OpenStream>;
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

/**
 * Makes an attempt out of a session: every error leaves as a `ProviderFailure`, an abort always as `cancelled`, and `return`
 * aborts even while a `next` waits for the network, which a bare generator would let wait.
 */
export function attemptStream(
  signal: AbortSignal,
  begin: () => Promise<Session>,
): AsyncIterable<ProviderEvent> {
  return { [Symbol.asyncIterator]: () => new AttemptStream(signal, begin) };
}

class AttemptStream implements AsyncIterator<ProviderEvent> {
  readonly #outer: AbortSignal;
  /** Follows `#outer` by hand, and is let go at the end: a composed signal costs several times as much. */
  readonly #own = new AbortController();
  readonly #opening: AsyncGenerator<ProviderEvent, void>;
  #endpoint: Endpoint | null = null;
  #head: Head | null = null;
  /** What the provider says, once the response head is there. */
  #answer: AsyncIterator<ProviderEvent> | null = null;
  #isStopped = false;
  #isOver = false;

  constructor(signal: AbortSignal, begin: () => Promise<Session>) {
    this.#outer = signal;
    this.#opening = this.#open(begin);
    signal.addEventListener("abort", this.#stop, { once: true });
    if (signal.aborted) this.#stop();
  }

  async next(): Promise<IteratorResult<ProviderEvent>> {
    if (this.#isStopped) throw this.#cancelled();
    try {
      const result = await this.#advance();
      // The SDKs end their streams quietly on an abort; that must not look like an end.
      if (this.#isStopped) throw this.#cancelled();
      // Behind a whole answer there is nothing left to abort, and an abort is dear: each layer below makes an error of it.
      if (result.done || result.value.type === "finish") this.#end();
      return result;
    } catch (error) {
      this.#end();
      this.#own.abort();
      if (this.#isStopped) throw this.#cancelled();
      throw this.#endpoint === null ? error : asFailure(error, this.#endpoint, this.#head);
    }
  }

  async return(): Promise<IteratorResult<ProviderEvent>> {
    if (!this.#isOver) this.#stop();
    this.#end();
    await this.#opening.return();
    await this.#answer?.return?.();
    return { done: true, value: undefined };
  }

  async #advance(): Promise<IteratorResult<ProviderEvent>> {
    if (this.#answer === null) {
      const opened = await this.#opening.next();
      if (!opened.done || this.#answer === null) return opened;
    }
    return this.#answer.next();
  }

  /** Tells how far the request is until the response head is there. */
  async *#open(begin: () => Promise<Session>): AsyncGenerator<ProviderEvent, void> {
    const { signal } = this.#own;
    const { endpoint, open } = await unlessAborted(begin(), signal);
    this.#endpoint = endpoint;
    const sent = Promise.withResolvers<void>();
    const opening = whenSent(
      () => sent.resolve(),
      () => open(signal, () => this.#own.abort()),
    );
    // Its failure is thrown below; until then the reader may still be busy with `connected`.
    opening.catch(() => undefined);
    await Promise.race([sent.promise, opening]);
    yield { type: "connected" };
    const { head, dropped, events } = await opening;
    this.#head = head;
    yield { type: "head", ...head, ...(dropped.length > 0 && { dropped }) };
    this.#answer = events[Symbol.asyncIterator]();
  }

  #end(): void {
    this.#isOver = true;
    this.#outer.removeEventListener("abort", this.#stop);
  }

  #cancelled(): ProviderFailure {
    return new ProviderFailure("cancelled", "The request was stopped.", { cause: this.#own.signal.reason });
  }

  readonly #stop = (): void => {
    this.#isStopped = true;
    this.#own.abort(this.#outer.reason);
  };
}
