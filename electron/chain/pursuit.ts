import type { Attempt, AttemptStarted, FinishReason } from "../contract/index.ts";
import { type Delta, runAttempt } from "./attempt.ts";
import { type Clock, earlyMs } from "./clock.ts";
import type { Gate, Refusal } from "./gate.ts";
import { type Link, type Provider, ProviderFailure, type ProviderRequest } from "./provider.ts";
import { retryDelayMs } from "./retry.ts";

/** What a pursuit tells: attempts as they begin and end, and what the link says. */
export type PursuitEvent = AttemptStarted | { type: "attempt_failed"; attempt: Attempt } | Delta;

/** How a link did in the end, its retries included. `spoke`: it broke off in the middle of an answer. */
export type PursuitEnd =
  | { outcome: "answered"; finishReason: FinishReason; model: string; dropped: readonly string[] }
  | { outcome: "failed"; failure: ProviderFailure; spoke: boolean };

export interface PursuitInput {
  link: Link;
  provider: Provider;
  request: ProviderRequest;
  gate: Gate;
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
  /** On the clock's monotonic time. */
  deadlineAt: number;
  /** Whether an answer that repeats itself without end is a failure. */
  watchLoops: boolean;
  /** Takes note of every attempt that ended, and of every refusal. */
  onEnd(attempt: Attempt): void;
}

/**
 * Asks one link until it has answered, or is not worth asking again: an attempt, and retries by the failure's kind. A stream
 * that broke after it had begun is not asked again here; who listens decides how to go on.
 */
export async function* pursue(input: PursuitInput): AsyncGenerator<PursuitEvent, PursuitEnd, void> {
  const { link, gate, clock, signal, onEnd } = input;
  for (let retriesSoFar = 0; ; retriesSoFar++) {
    const permit = gate.tryAcquire(link);
    if ("refused" in permit) {
      const attempt = refused(link, permit, clock);
      onEnd(attempt);
      yield { type: "attempt_failed", attempt };
      return { outcome: "failed", failure: new ProviderFailure(permit.kind, permit.message), spoke: false };
    }
    const { id, provider, model, tier, level } = link;
    yield { type: "attempt_started", link: id, provider, model, tier, level };
    let reported = false;
    try {
      const remainingMs = input.deadlineAt - clock.monotonic();
      const end = yield* runAttempt({ ...input, remainingMs, onAbandoned: onEnd });
      const spoke = end.record.first_token_ms !== null;
      // A deadline that the caller set too short is no fault of the link.
      const isOurs = end.record.kind === "timeout_total" && clock.monotonic() + earlyMs >= input.deadlineAt;
      const record: Attempt = isOurs ? { ...end.record, outcome: "cancelled" } : end.record;
      onEnd(record);
      reported = true;
      if (end.outcome === "answered") {
        permit.success();
        const { finishReason, dropped } = end;
        return { outcome: "answered", finishReason, model: end.model, dropped };
      }
      const { failure } = end;
      const { kind, retryAfterMs } = failure;
      const wanted = spoke
        ? null
        : retryDelayMs({ kind, retriesSoFar, retryAfterMs }, link.retry, input.random);
      const isTooLate = wanted !== null && clock.monotonic() + wanted >= input.deadlineAt;
      const delayMs = isTooLate ? null : wanted;
      // What is waited for here need not keep other requests from the link.
      if (isOurs || kind === "cancelled") permit.cancel();
      else permit.failure(kind, delayMs === null ? retryAfterMs : null);
      yield { type: "attempt_failed", attempt: record };
      if (delayMs === null) return { outcome: "failed", failure, spoke };
      await pause(delayMs, clock, signal);
      if (signal.aborted) return { outcome: "failed", failure: stopped(), spoke: false };
    } finally {
      // Nobody listens any more: the attempt was stopped by us, and says nothing of the link.
      if (!reported) permit.cancel();
    }
  }
}

const stopped = () => new ProviderFailure("cancelled", "Stopped.");

/** The record of a link that was passed over. */
function refused(link: Link, { kind, message }: Refusal, clock: Clock): Attempt {
  return {
    link: link.id,
    provider: link.provider,
    model: link.model,
    tier: link.tier,
    outcome: "skipped",
    kind,
    message,
    status: null,
    request_id: null,
    started_at: new Date(clock.now()).toISOString(),
    connect_ms: null,
    first_token_ms: null,
    duration_ms: 0,
    usage: null,
    cost_usd: null,
  };
}

/** Waits, or until the person stops it. */
function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      cancel();
      signal.removeEventListener("abort", over);
      resolve();
    };
    const cancel = clock.after(ms, over);
    signal.addEventListener("abort", over, { once: true });
    if (signal.aborted) over();
  });
}
