import type { FailureKind } from "../contract/index.ts";
import type { Clock } from "./clock.ts";
import { ProviderFailure, type Timeouts } from "./provider.ts";

const sentences: Partial<Record<FailureKind, (ms: number) => string>> = {
  timeout_connect: (ms) => `No connection within ${ms} ms.`,
  timeout_first_token: (ms) => `Nothing was said within ${ms} ms.`,
  timeout_idle: (ms) => `The answer stood still for ${ms} ms.`,
  timeout_total: (ms) => `The answer was not whole within ${ms} ms.`,
};

/**
 * The four time limits of one attempt. `trip` is called with the failure when one of them has passed.
 * Connect, first token and total count from the start of the attempt. Idle counts only while the next token is awaited,
 * so that a slow reader is not taken for a silent provider.
 */
export class Limits {
  readonly #clock: Clock;
  readonly #timeouts: Timeouts;
  readonly #trip: (failure: ProviderFailure) => void;
  readonly #startedAt: number;
  readonly #cancelTotal: () => void;
  #cancelPhase: () => void;
  #spoke = false;
  /** Since when the next token has been awaited; null while it is not. */
  #awaitedSince: number | null = null;

  constructor(timeouts: Timeouts, clock: Clock, trip: (failure: ProviderFailure) => void) {
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#trip = trip;
    this.#startedAt = clock.monotonic();
    this.#cancelPhase = this.#arm("timeout_connect", timeouts.connectMs);
    this.#cancelTotal = this.#arm("timeout_total", timeouts.totalMs);
  }

  /** The request is on its way: from now on the first token is awaited. */
  connected(): void {
    this.#cancelPhase();
    const elapsed = this.#clock.monotonic() - this.#startedAt;
    this.#cancelPhase = this.#arm("timeout_first_token", this.#timeouts.firstTokenMs, elapsed);
  }

  /** A token came. */
  token(): void {
    this.#awaitedSince = null;
    if (this.#spoke) return;
    this.#spoke = true;
    this.#cancelPhase();
    this.#watchIdle(this.#timeouts.idleMs);
  }

  /** The next event is awaited. */
  awaiting(): void {
    if (this.#spoke) this.#awaitedSince = this.#clock.monotonic();
  }

  [Symbol.dispose](): void {
    this.#cancelPhase();
    this.#cancelTotal();
  }

  /** One timer for many tokens: it looks again when what is left of the limit has passed. A timer a token costs more than the token. */
  #watchIdle(inMs: number): void {
    const { idleMs } = this.#timeouts;
    if (!Number.isFinite(idleMs)) return;
    this.#cancelPhase = this.#clock.after(inMs, () => {
      const now = this.#clock.monotonic();
      const leftMs = (this.#awaitedSince ?? now) + idleMs - now;
      if (leftMs > 0) this.#watchIdle(leftMs);
      else this.#fail("timeout_idle", idleMs);
    });
  }

  #arm(kind: FailureKind, limitMs: number, alreadyMs = 0): () => void {
    if (!Number.isFinite(limitMs)) return () => {};
    return this.#clock.after(Math.max(0, limitMs - alreadyMs), () => this.#fail(kind, limitMs));
  }

  #fail(kind: FailureKind, limitMs: number): void {
    this.#trip(new ProviderFailure(kind, sentences[kind]?.(limitMs) ?? kind));
  }
}
