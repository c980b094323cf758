import type { Clock } from "../chain/index.ts";
import type { Attempt, ChainEvent, ChatRequest, Finished } from "../contract/index.ts";
import type { EndedRun, Purpose } from "./ended-run.ts";
import { newTrace, type TraceContext, traceOf } from "./trace-context.ts";

export interface RunsParts {
  clock: Clock;
  newId(): string;
  /** Whether a request that is part of no trace begins one. */
  traces(): boolean;
  /** Told of every request as it ends. It must not throw. */
  onEnd(run: EndedRun): void;
}

type Asks<More extends unknown[]> = (
  request: ChatRequest,
  signal: AbortSignal,
  ...more: More
) => AsyncIterable<ChainEvent>;

/** A request that is being answered. */
interface Open {
  trace: TraceContext | null;
  attempts: Attempt[];
}

/** Every request that is under way: gives it its id, and tells how it ended, once, whatever its end. */
export class Runs {
  readonly #parts: RunsParts;
  readonly #open = new Map<string, Open>();

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /** How many requests are being answered. */
  get underWay(): number {
    return this.#open.size;
  }

  /** The trace that a request under way is part of. */
  traceOf(requestId: string | undefined): TraceContext | null {
    return (requestId !== undefined && this.#open.get(requestId)?.trace) || null;
  }

  /** Takes note of an attempt that ended, for the request that it was made for. */
  noteAttempt(attempt: Attempt, requestId: string | undefined): void {
    if (requestId !== undefined) this.#open.get(requestId)?.attempts.push(attempt);
  }

  /** The same way to an answer, whose requests are taken note of. */
  noted<More extends unknown[]>(ask: Asks<More>, purpose: Purpose) {
    return (
      request: ChatRequest,
      signal: AbortSignal,
      ...more: More
    ): AsyncGenerator<ChainEvent, void, void> =>
      this.#over(request, purpose, (named) => ask(named, signal, ...more));
  }

  async *#over(
    request: ChatRequest,
    purpose: Purpose,
    ask: (request: ChatRequest) => AsyncIterable<ChainEvent>,
  ): AsyncGenerator<ChainEvent, void, void> {
    const { clock, newId, traces, onEnd } = this.#parts;
    const id = request.request_id ?? newId();
    const trace = traceOf(request.traceparent) ?? (traces() ? newTrace() : null);
    const open: Open = { trace, attempts: [] };
    const runs = this.#open;
    runs.set(id, open);
    const startedAt = clock.now();
    const begin = clock.monotonic();
    let firstTokenMs: number | null = null;
    let finished: Finished | null = null;
    try {
      for await (const event of ask({ ...request, request_id: id })) {
        if (event.type === "finished") {
          finished = { ...event, receipt: { ...event.receipt, request_id: id } };
          // Whoever reads the end may ask at once how things stand, so it is counted before it is told.
          end();
          yield finished;
          continue;
        }
        if (event.type === "delta") firstTokenMs ??= clock.monotonic() - begin;
        yield event;
      }
    } finally {
      end();
    }

    function end(): void {
      if (!runs.delete(id)) return;
      const attempts = finished?.receipt.attempts ?? open.attempts;
      const durationMs = clock.monotonic() - begin;
      onEnd({ id, purpose, request, trace, startedAt, durationMs, firstTokenMs, finished, attempts });
    }
  }
}
