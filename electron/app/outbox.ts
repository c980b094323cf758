import type { Clock } from "../chain/index.ts";
import type { Finished, StoredMessage } from "../contract/index.ts";
import { type Leave, type OutboxEntry, StoreError } from "../store/index.ts";
import { type AskParts, askAgain } from "./outbox-ask.ts";
import {
  type AskedFor,
  betterOf,
  type ChainAsSet,
  isWorthWaiting,
  waitMs,
  wantedTier,
} from "./outbox-policy.ts";

export interface OutboxParts extends AskParts {
  chainAsSet(): ChainAsSet;
  clock: Clock;
  /** The setting `outbox.enabled`: the person's leave for all questions. */
  enabled(): boolean;
  /** Told of faults of the store; they cost no answer. */
  onError(error: unknown): void;
}

/** A request that has ended, as far as the outbox has to know it. */
export interface EndedRequest {
  question: Pick<StoredMessage, "id" | "conversation_id">;
  request: AskedFor;
  finished: Finished;
  /** The person's word on this one question, where they gave one; it stands above the setting. */
  leave?: boolean;
}

/** However often a tier seems to return, failed requests are at least this far apart. */
const restMs = 15_000;
/** How often the outbox looks for what other processes left. */
const lookMs = 5 * 60_000;

/**
 * Asks again what nothing could answer, or only a lower tier, and keeps the better answer beside the old one, on offer until
 * it is accepted. One question at a time, never while the person's own request runs (`hold`), and only over links that
 * would be better than what is there; local-only questions over local links only.
 */
export class Outbox implements AsyncDisposable {
  readonly #parts: OutboxParts;
  readonly #listeners = new Set<() => void>();
  #asking: { entry: OutboxEntry; abort: AbortController; done: Promise<void> } | null = null;
  #cancelTimer: () => void = () => {};
  #running = false;
  #holds = 0;
  #failures = 0;
  #pausedUntil = 0;
  #lastFailureAt = Number.NEGATIVE_INFINITY;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Begins to work off what waits. Without it entries are kept, and nothing is asked. */
  start(): void {
    this.#running = true;
    this.#schedule();
  }

  /** All entries, oldest first: those that wait, those whose better answer is ready, and those that were dropped. */
  list(): OutboxEntry[] {
    return this.#parts.entries.list();
  }

  /** Calls back after every change that this process makes; the function given back ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Looks at a request of the person's that has ended: with their leave it is put into the outbox when a better tier may
   * answer it, and taken out when it has its answer now. Gives the entry, or null. Never throws.
   *
   * An answer of tier `backup` counts as good: asking again would pay twice for much the same. Only the person's own
   * word on this question puts it in.
   */
  consider(ended: EndedRequest): OutboxEntry | null {
    try {
      const entry = this.#consider(ended);
      this.#changed();
      return entry;
    } catch (error) {
      this.#parts.onError(error);
      return null;
    }
  }

  /**
   * Puts a stored question in by the person's own word. Null when no tier could answer it better than it was answered; the
   * entry as it is when a better answer is ready already. Throws a StoreError `not_found`.
   */
  add(questionId: string): OutboxEntry | null {
    const { conversations, entries, clock, isLocalOnly, chainAsSet } = this.#parts;
    const { conversation_id, role } = conversations.message(questionId);
    if (role !== "user") throw new StoreError("not_found", `There is no question "${questionId}".`);
    const known = entries.ofQuestion(questionId);
    if (known?.state === "answered") return known;
    const local_only = known?.local_only === true || isLocalOnly(conversation_id);
    const wanted = wantedTier({ local_only }, "offline", chainAsSet());
    let answered = known?.answered ?? null;
    for (const { answers, state, receipt } of conversations.get(conversation_id).messages) {
      if (answers === questionId && state === "complete" && receipt)
        answered = betterOf(receipt.tier, answered);
    }
    if (!isWorthWaiting(wanted, answered, true)) return null;
    const entry = entries.put({
      conversation_id,
      question_id: questionId,
      wanted,
      answered,
      local_only,
      leave: "person",
      nextAt: clock.now(),
    });
    this.#changed();
    return entry;
  }

  /** Takes an entry out; one that is being asked is broken off. Throws a StoreError `not_found`. */
  drop(id: string): void {
    this.#parts.entries.remove(id);
    if (this.#asking?.entry.id === id) this.#asking.abort.abort();
    this.#changed();
  }

  /** A conversation was removed, and its entries with it: what was being asked for it is broken off. */
  conversationRemoved(conversationId: string): void {
    if (this.#asking?.entry.conversation_id === conversationId) this.#asking.abort.abort();
    this.#changed();
  }

  /**
   * The person has taken the better answer. The entry is gone, or waits again when a better tier still may answer: it is
   * given back then. Throws a StoreError `not_found`.
   */
  accept(id: string): OutboxEntry | null {
    const { entries, clock } = this.#parts;
    const { state, wanted, answered } = entries.get(id);
    const waitsOn = state === "answered" && isWorthWaiting(wanted, answered);
    if (waitsOn) entries.reopen(id, clock.now() + waitMs(1));
    else if (state !== "waiting" && state !== "asking") entries.remove(id);
    this.#changed();
    return waitsOn ? entries.get(id) : null;
  }

  /** A better tier may be back: what waits is asked now. */
  retryNow(): void {
    try {
      this.#parts.entries.hasten();
      this.#failures = 0;
      this.#pausedUntil = this.#lastFailureAt + restMs;
      this.#changed();
    } catch (error) {
      this.#parts.onError(error);
    }
  }

  /** The person's own request runs: until this is disposed of nothing is asked, and what was being asked is broken off. */
  hold(): Disposable {
    let held = true;
    this.#holds += 1;
    this.#asking?.abort.abort();
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#holds -= 1;
        this.#schedule();
      },
    };
  }

  /** Breaks off what is being asked; it waits for the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#running = false;
    this.#cancelTimer();
    this.#asking?.abort.abort();
    await this.#asking?.done;
  }

  #consider({ question, request, finished, leave }: EndedRequest): OutboxEntry | null {
    const { entries, clock, enabled, isLocalOnly, chainAsSet } = this.#parts;
    const { receipt, failure } = finished;
    const known = entries.ofQuestion(question.id);
    if (leave === false) {
      if (known) entries.remove(known.id);
      return null;
    }
    if (known?.state === "answered") return known;
    if (failure && failure.code !== "all_links_failed" && failure.code !== "deadline") return known;

    const local_only =
      request.local_only === true || known?.local_only === true || isLocalOnly(question.conversation_id);
    const wanted = wantedTier({ ...request, local_only }, receipt.requested_tier, chainAsSet());
    const answered = betterOf(receipt.tier, known?.answered ?? null);
    if (!isWorthWaiting(wanted, answered, leave)) {
      if (known) entries.remove(known.id);
      return null;
    }
    // What waits with leave already is brought up to date without asking for leave again.
    const isOpen = known !== null && known.state !== "dropped";
    if (leave === undefined && !isOpen && !enabled()) return known;
    return entries.put({
      conversation_id: question.conversation_id,
      question_id: question.id,
      wanted,
      answered,
      local_only,
      leave: leave ? "person" : "setting",
      nextAt: clock.now() + waitMs(1),
    });
  }

  get #leave(): Leave {
    return this.#parts.enabled() ? "any" : "person";
  }

  #schedule(): void {
    this.#cancelTimer();
    if (!this.#running || this.#holds > 0 || this.#asking) return;
    const ms = Math.min(Math.max(this.#dueMs(), 0), lookMs);
    this.#cancelTimer = this.#parts.clock.after(ms, () => this.#turn());
  }

  /** How long until it is time to ask; without end when nothing waits. */
  #dueMs(): number {
    const { entries, clock, onError } = this.#parts;
    try {
      const dueAt = entries.dueAt(this.#leave) ?? Number.POSITIVE_INFINITY;
      return Math.max(dueAt - clock.now(), this.#pausedUntil - clock.monotonic());
    } catch (error) {
      onError(error);
      return Number.POSITIVE_INFINITY;
    }
  }

  #turn(): void {
    const { entries, clock, onError } = this.#parts;
    if (this.#dueMs() <= 0) {
      try {
        const entry = entries.claim(this.#leave, (attempts) => clock.now() + waitMs(attempts));
        if (entry) this.#begin(entry);
      } catch (error) {
        onError(error);
      }
      // Another process asks now, or the store is out of order.
      if (!this.#asking) this.#pausedUntil = clock.monotonic() + lookMs;
    }
    this.#schedule();
  }

  #begin(entry: OutboxEntry): void {
    const abort = new AbortController();
    const done = this.#ask(entry, abort.signal).finally(() => {
      this.#asking = null;
      this.#changed();
    });
    this.#asking = { entry, abort, done };
    this.#changed();
  }

  /** Asks for one entry and ends its claim. Where that fails, the next claim gives it up. */
  async #ask(entry: OutboxEntry, signal: AbortSignal): Promise<void> {
    try {
      const end = await askAgain(this.#parts, entry, signal);
      if (end === "kept") this.#failures = 0;
      if (end === "failed") this.#pause();
    } catch (error) {
      this.#pause();
      this.#parts.onError(error);
    }
  }

  /** One failure speaks for all that waits: a chain that is down is not asked for each entry in turn. */
  #pause(): void {
    const now = this.#parts.clock.monotonic();
    this.#failures += 1;
    this.#lastFailureAt = now;
    this.#pausedUntil = now + waitMs(this.#failures);
  }

  #changed(): void {
    this.#schedule();
    for (const listener of this.#listeners) listener();
  }
}
