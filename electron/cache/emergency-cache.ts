import { z } from "zod";
import type { AnswerCache, CachedAnswer, CacheFinding, Clock } from "../chain/index.ts";
import {
  type Answer,
  type CacheCandidate,
  type ChatRequest,
  providerName,
  type Receipt,
} from "../contract/index.ts";
import { Backlog } from "./backlog.ts";
import { type CacheKey, isWorthKeeping, keyOf } from "./cacheable.ts";
import type { Embedder, Guard } from "./embedder.ts";
import type { Entry, EntryStore } from "./entry.ts";
import type { Lookup, LookupLog } from "./lookup-log.ts";
import { normaliseQuestion } from "./normalise.ts";
import { isTimeBound, timeBoundMs } from "./time-bound.ts";
import { unit } from "./vector-index.ts";
import type { Verdicts } from "./verdicts.ts";

export interface EmergencyCacheParts {
  store: EntryStore;
  log: LookupLog;
  verdicts: Verdicts;
  /** The embedder in use now; another one from one call to the next when the person has chosen another. */
  embedder(): Embedder;
  /** Null: the threshold alone decides. */
  guard: Guard | null;
  /** The least cosine at which an earlier answer is given as the answer; unless set, 0.8 with a guard and 0.9 without. */
  threshold?: number | undefined;
  clock: Pick<Clock, "now" | "after">;
  /** Whether a conversation is local-only now. When it throws, the request counts as local-only. */
  isLocalOnly(conversation: string): boolean;
}

/** Below this cosine nothing is shown, not even beside. */
const similarFloor = 0.75;

/** How many neighbours the guard is asked about. */
const looked = 8;

/** How long the vector of the question may take; without it the exact look-up has been the only one. Milliseconds. */
const embedLimitMs = 5_000;

/** What an answer needs of a stored receipt; an entry whose receipt lacks it, from an older version, is passed over. */
const answerer = z.object({ link: z.string(), provider: providerName, model: z.string() });

/**
 * The answers of cloud links, kept for when no link can answer. Looked up exactly first; then the nearest earlier questions
 * of the same context are judged by the guard. One that asks the same is the answer; one that is only similar is shown
 * beside the honest word that nothing could answer.
 */
export class EmergencyCache implements AnswerCache, AsyncDisposable {
  readonly #parts: EmergencyCacheParts;
  readonly #backlog: Backlog;

  constructor(parts: EmergencyCacheParts) {
    this.#parts = parts;
    this.#backlog = new Backlog(parts);
  }

  /** Embeds what waits for it; for hosts that stay. */
  embedWaiting(): void {
    this.#backlog.wake();
  }

  /** Resolves when nothing is being embedded, nor about to be. */
  settled(): Promise<void> {
    return this.#backlog.settled();
  }

  async lookup(request: ChatRequest, signal: AbortSignal): Promise<CacheFinding | null> {
    const key = this.#keyOf(request);
    if (key === null) return null;
    const lookup = await this.#search(key, signal);
    const { hit, similar } = lookup;
    if (hit) await this.#parts.store.used(hit.entry, this.#parts.clock.now());
    const id = await this.#parts.log.add(lookup.record);
    return {
      id,
      hit: hit && this.#answerOf(hit.entry, hit.similarity),
      similar: similar && this.#answerOf(similar.entry, similar.similarity),
    };
  }

  async put(request: ChatRequest, answer: Answer, receipt: Receipt): Promise<void> {
    const key = this.#keyOf(request);
    if (key === null || !isWorthKeeping(answer, receipt)) return;
    if (await this.#parts.verdicts.isMarkedDown(key, answer.text)) return;
    const { fingerprint, question, originalQuestion } = key;
    const createdAt = this.#parts.clock.now();
    await this.#parts.store.put({
      fingerprint,
      question,
      originalQuestion,
      answer: answer.text,
      receipt: { ...receipt, notices: [] },
      createdAt,
      expiresAt: isTimeBound(originalQuestion) ? createdAt + timeBoundMs : null,
      conversation: request.conversation ?? null,
    });
    this.#backlog.wakeSoon();
  }

  /**
   * What the person said to "Was this the same question?". After a *no* that answer is never given to that question again;
   * false when the look-up is not known any more.
   */
  async say(lookupId: string, same: boolean): Promise<boolean> {
    const { log, verdicts, store, clock } = this.#parts;
    const lookup = await log.get(lookupId);
    const shown = lookup?.candidates.find(({ shown }) => shown);
    if (lookup === null || shown === undefined) return false;
    const earlier = { fingerprint: lookup.fingerprint, question: normaliseQuestion(shown.question) };
    await verdicts.say(lookup, earlier, same, clock.now());
    // The very words of the question led to a wrong answer: nothing is left that it could answer.
    if (!same && earlier.question === lookup.question) await store.remove(earlier);
    log.say(lookupId, same);
    return true;
  }

  /** Marks an answer down: it is removed, and never stored again for this question. */
  async markDown(request: ChatRequest, answer: string, message: string): Promise<void> {
    const { store, verdicts, clock } = this.#parts;
    const key = keyOf(request);
    if (key === null) return;
    await verdicts.markDown(key, answer, message, clock.now());
    const entry = await store.find(key);
    if (entry?.answer === answer) await store.remove(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backlog[Symbol.asyncDispose]();
    await this.#parts.store[Symbol.asyncDispose]();
  }

  /** Null when the cache has nothing to do with the request; a mark that can't be read counts as local-only. */
  #keyOf(request: ChatRequest): CacheKey | null {
    const key = keyOf(request);
    if (key === null || request.conversation === undefined) return key;
    try {
      return this.#parts.isLocalOnly(request.conversation) ? null : key;
    } catch {
      return null;
    }
  }

  async #search(
    key: CacheKey,
    signal: AbortSignal,
  ): Promise<{ record: Lookup; hit: Judged | null; similar: Judged | null }> {
    const { store, verdicts, clock } = this.#parts;
    const base = {
      at: clock.now(),
      fingerprint: key.fingerprint,
      question: key.question,
      asked: key.originalQuestion,
      trouble: null,
    };
    const exact = await store.find(key);
    if (exact && isReadable(exact) && (await verdicts.isSame(key, exact)) !== false) {
      const hit = {
        entry: exact,
        similarity: 1,
        verdict: "same",
        reason: "It is the same question.",
      } as const;
      return {
        record: { ...base, outcome: "exact", candidates: [asCandidate(hit, hit)] },
        hit,
        similar: null,
      };
    }
    const embedder = this.#parts.embedder();
    let vector: Float32Array;
    try {
      vector = await this.#vectorOf(embedder, key.originalQuestion, signal);
    } catch (error) {
      signal.throwIfAborted();
      const trouble = `Only the very same question was looked for: ${(error as Error).message}`;
      return { record: { ...base, outcome: "miss", trouble, candidates: [] }, hit: null, similar: null };
    }
    const judged = await this.#judged(key, vector, embedder.id);
    const hit = judged.find(({ verdict }) => verdict === "same") ?? null;
    const similar = hit ? null : (judged.find(({ verdict }) => verdict === "similar") ?? null);
    const outcome = hit ? "same" : similar ? "similar" : judged.length > 0 ? "refused" : "miss";
    const candidates = judged.map((one) => asCandidate(one, hit ?? similar));
    return { record: { ...base, outcome, candidates }, hit, similar };
  }

  /** The neighbours that are near enough, best first, each with what the guard and the person say. */
  async #judged(key: CacheKey, vector: Float32Array, embedder: string): Promise<Judged[]> {
    const { store, verdicts, guard } = this.#parts;
    const { threshold = guard ? 0.8 : 0.9 } = this.#parts;
    const { fingerprint, originalQuestion } = key;
    const found = await store.nearest({ vector, embedder, fingerprint, limit: looked });
    const judged: Judged[] = [];
    for (const { entry, similarity } of found) {
      if (similarity < Math.min(similarFloor, threshold) || !isReadable(entry)) continue;
      const said = await verdicts.isSame(key, entry);
      const judgement =
        said === null
          ? withThreshold(
              similarity,
              threshold,
              guard?.(originalQuestion, entry.originalQuestion, similarity),
            )
          : said
            ? ({ verdict: "same", reason: "You said that it is the same question." } as const)
            : ({ verdict: "different", reason: "You said that it is another question." } as const);
      const { verdict, reason } = judgement;
      judged.push({ entry, similarity, verdict, reason: reason ?? "Both ask the same." });
    }
    return judged;
  }

  async #vectorOf(embedder: Embedder, text: string, signal: AbortSignal): Promise<Float32Array> {
    const { clock } = this.#parts;
    const late = new AbortController();
    const cancel = clock.after(embedLimitMs, () =>
      late.abort(new Error(`the embedder took longer than ${embedLimitMs / 1_000} s.`)),
    );
    const both = AbortSignal.any([signal, late.signal]);
    const aborted = Promise.withResolvers<never>();
    both.addEventListener("abort", () => aborted.reject(both.reason), { once: true });
    try {
      const [vector] = await Promise.race([embedder.embed([text], both), aborted.promise]);
      if (vector === undefined) throw new Error("the embedder gave no vector.");
      return unit(vector);
    } finally {
      cancel();
    }
  }

  #answerOf({ answer, originalQuestion, createdAt, receipt }: Entry, similarity: number): CachedAnswer {
    return {
      text: answer,
      original_question: originalQuestion,
      similarity,
      age_s: Math.max(0, (this.#parts.clock.now() - createdAt) / 1_000),
      time_bound: isTimeBound(originalQuestion),
      ...answerer.parse(receipt),
    };
  }
}

/** A neighbour, and what was found of it. */
interface Judged {
  entry: Entry;
  similarity: number;
  verdict: CacheCandidate["verdict"];
  reason: string;
}

/** What the guard said, or that a question below the threshold is at best like the one that is asked. */
function withThreshold(
  similarity: number,
  threshold: number,
  guarded: Pick<Judged, "verdict"> & { reason: string | null } = {
    verdict: "same",
    reason: "It is near enough, and the guard is turned off.",
  },
): Pick<Judged, "verdict"> & { reason: string | null } {
  return similarity >= threshold || guarded.verdict !== "same"
    ? guarded
    : { verdict: "similar", reason: "It is less near than the threshold asks for." };
}

const isReadable = ({ receipt }: Entry): boolean => answerer.safeParse(receipt).success;

function asCandidate({ entry, similarity, verdict, reason }: Judged, given: Judged | null): CacheCandidate {
  return {
    question: entry.originalQuestion,
    similarity,
    verdict,
    reason,
    shown: entry.id === given?.entry.id,
  };
}
