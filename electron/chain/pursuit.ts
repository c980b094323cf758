import type { Attempt, AttemptStarted, FinishReason } from "../contract/index.ts";
import { type Delta, runAttempt } from "./attempt.ts";
import type { Clock } from "./clock.ts";
import { countsAgainstLink } from "./failure-table.ts";
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
    let spoke = false;
    let reported = false;
    try {
      await using deltas = runAttempt({ ...input, remainingMs: input.deadlineAt - clock.monotonic() });
      let next = await deltas.next();
      for (; !next.done; next = await deltas.next()) {
        spoke = true;
        yield next.value;
      }
      const end = next.value;
      onEnd(end.record);
      reported = true;
      if (end.outcome === "answered") {
        permit.success();
        const { finishReason, dropped } = end;
        return { outcome: "answered", finishReason, model: end.model, dropped };
      }
      const { failure } = end;
      if (countsAgainstLink(failure.kind)) permit.failure(failure.kind, failure.retryAfterMs);
      else permit.cancel();
      yield { type: "attempt_failed", attempt: end.record };
      const delayMs = spoke
        ? null
        : retryDelayMs(
            { kind: failure.kind, retriesSoFar, retryAfterMs: failure.retryAfterMs },
            link.retry,
            input.random,
          );
      const isTooLate = delayMs !== null && clock.monotonic() + delayMs >= input.deadlineAt;
      if (delayMs === null || isTooLate) return { outcome: "failed", failure, spoke };
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
