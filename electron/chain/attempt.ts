import type { Attempt, FinishReason, Usage } from "../contract/index.ts";
import type { Clock } from "./clock.ts";
import { costUsd, priceOf } from "./cost.ts";
import { Limits } from "./limits.ts";
import {
  type Link,
  type Provider,
  type ProviderEvent,
  ProviderFailure,
  type ProviderRequest,
} from "./provider.ts";
import { Repetition } from "./repetition.ts";

export type Delta = Extract<ProviderEvent, { type: "delta" }>;

/** How an attempt ended: whole, with what the provider said last, or with a failure. */
export type AttemptEnd =
  | {
      outcome: "answered";
      record: Attempt;
      finishReason: FinishReason;
      model: string;
      /** What the provider could not be told of the request. */
      dropped: readonly string[];
    }
  | { outcome: "failed"; record: Attempt; failure: ProviderFailure };

export interface AttemptInput {
  provider: Provider;
  link: Link;
  request: ProviderRequest;
  clock: Clock;
  /** The person's stop. */
  signal: AbortSignal;
  /** What is left of the request's deadline, milliseconds; caps the link's total limit. */
  remainingMs: number;
  /** Whether an answer that repeats itself without end is a failure. */
  watchLoops?: boolean;
  /** Told of the attempt when nobody listens to its end. */
  onAbandoned?(attempt: Attempt): void;
}

/**
 * Tries one link once, under its four limits. Gives the deltas as they come and returns how it ended; never throws.
 * A stream without a finish is `truncated`, one without a single delta is `empty`, whatever the provider thinks of it.
 */
export async function* runAttempt(input: AttemptInput): AsyncGenerator<Delta, AttemptEnd, void> {
  const { clock, link } = input;
  const startedAt = clock.now();
  const begin = clock.monotonic();
  const since = () => Math.round((clock.monotonic() - begin) * 100) / 100;
  let status: number | null = null;
  let requestId: string | null = null;
  let connectMs: number | null = null;
  let firstTokenMs: number | null = null;
  let usage: Usage | null = null;
  let dropped: readonly string[] = [];
  const repetition = input.watchLoops ? new Repetition() : null;
  let ended = false;

  const record = (outcome: Attempt["outcome"], failure: ProviderFailure | null): Attempt => {
    ended = true;
    return {
      link: link.id,
      provider: link.provider,
      model: link.model,
      tier: link.tier,
      outcome,
      kind: failure?.kind ?? null,
      message: failure?.message ?? null,
      status: failure?.status ?? status,
      request_id: failure?.requestId ?? requestId,
      started_at: new Date(startedAt).toISOString(),
      connect_ms: connectMs,
      first_token_ms: firstTokenMs,
      duration_ms: since(),
      usage,
      cost_usd: costUsd(usage, priceOf(link)),
    };
  };
  const failed = (failure: ProviderFailure): AttemptEnd => ({
    outcome: "failed",
    record: record(failure.kind === "cancelled" ? "cancelled" : "failed", failure),
    failure,
  });

  using run = new InterruptibleRun(input);
  try {
    for (;;) {
      const next = await run.next();
      if (next.done) {
        return failed(
          new ProviderFailure("truncated", "The stream ended in the middle of the answer.", { status }),
        );
      }
      const event = next.value;
      switch (event.type) {
        case "connected":
          connectMs = since();
          run.limits.connected();
          break;
        case "head":
          status = event.status;
          requestId = event.requestId;
          dropped = event.dropped ?? [];
          break;
        case "delta":
          firstTokenMs ??= since();
          run.limits.token();
          if (event.text && repetition?.add(event.text)) {
            return failed(new ProviderFailure("loop", "The answer repeated itself without end.", { status }));
          }
          yield event;
          break;
        case "finish":
          usage = event.usage;
          if (firstTokenMs === null) {
            return failed(new ProviderFailure("empty", "The answer was empty.", { status }));
          }
          run.answered();
          return {
            outcome: "answered",
            record: record("answered", null),
            finishReason: event.reason,
            model: event.model ?? link.model,
            dropped: [...dropped, ...(event.dropped ?? [])],
          };
        default:
          event satisfies never;
      }
    }
  } catch (error) {
    return failed(error instanceof ProviderFailure ? error : unexpected(error));
  } finally {
    if (!ended)
      input.onAbandoned?.(record("cancelled", new ProviderFailure("cancelled", "Nobody listened any more.")));
  }
}

function unexpected(error: unknown): ProviderFailure {
  const text = error instanceof Error ? error.message : String(error);
  return new ProviderFailure("server", `The provider's code failed: ${text}`, { cause: error });
}

/** A provider's stream that a limit or the person's stop interrupts at once, whether or not the provider listens. */
class InterruptibleRun {
  readonly limits: Limits;
  readonly #abort = new AbortController();
  readonly #begin: () => AsyncIterator<ProviderEvent>;
  #iterator: AsyncIterator<ProviderEvent> | null = null;
  readonly #outer: AbortSignal;
  #interrupted: ProviderFailure | null = null;
  #answered = false;
  #reject: ((failure: ProviderFailure) => void) | null = null;

  constructor({ provider, link, request, clock, signal, remainingMs }: AttemptInput) {
    this.#outer = signal;
    const totalMs = Math.min(link.timeouts.totalMs, remainingMs);
    this.limits = new Limits({ ...link.timeouts, totalMs }, clock, (failure) => this.#interrupt(failure));
    signal.addEventListener("abort", this.#stopped, { once: true });
    if (signal.aborted) this.#stopped();
    this.#begin = () => provider.stream(request, link, this.#abort.signal)[Symbol.asyncIterator]();
  }

  next(): Promise<IteratorResult<ProviderEvent>> {
    return new Promise((resolve, reject) => {
      if (this.#interrupted) return reject(this.#interrupted);
      this.limits.awaiting();
      this.#reject = reject;
      this.#iterator ??= this.#begin();
      this.#iterator.next().then(resolve, (error) => reject(this.#interrupted ?? error));
    });
  }

  /** The provider has said that the answer is whole: it has nothing left to give up. */
  answered(): void {
    this.#answered = true;
  }

  [Symbol.dispose](): void {
    this.limits[Symbol.dispose]();
    this.#outer.removeEventListener("abort", this.#stopped);
    this.#reject = null;
    // An abort is dear: it runs through every layer below, and each of them makes an error with a stack of it.
    if (!this.#answered) this.#abort.abort();
    // The provider is told to end, not waited for: one that hangs must not hold the chain. What it throws now is of no interest.
    this.#iterator?.return?.().catch(() => {});
  }

  readonly #stopped = (): void => this.#interrupt(new ProviderFailure("cancelled", "Stopped."));

  #interrupt(failure: ProviderFailure): void {
    if (this.#interrupted) return;
    this.#interrupted = failure;
    this.#abort.abort(failure);
    this.#reject?.(failure);
  }
}
