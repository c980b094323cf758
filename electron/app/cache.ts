import {
  type Embedder,
  EmergencyCache,
  type Entry,
  isTimeBound,
  judge,
  LookupLog,
  type Purge,
  SqliteStore,
  Verdicts,
} from "../cache/index.ts";
import type { AnswerCache, Clock } from "../chain/index.ts";
import {
  type CacheEmbedder,
  type CacheEntry,
  type CacheLookupRecord,
  type CachePurge,
  type CacheStats,
  type Config,
  durationMs,
  type EmbedderTry,
} from "../contract/index.ts";
import { type Conversations, type Database, type Secrets, StoreError } from "../store/index.ts";
import { type CacheEmbedderParts, cacheEmbedder } from "./cache-embedder.ts";
import { cacheSeal } from "./cache-key.ts";
import { cacheStore } from "./cache-store.ts";
import { guardedCache, type LookupOutcome } from "./guarded-cache.ts";

export interface CacheParts extends CacheEmbedderParts {
  /** Opened with `cacheMigrations`. It stays the caller's to close, after this. */
  database: Database;
  conversations: Pick<Conversations, "get" | "history" | "isLocalOnly" | "message">;
  secrets: Pick<Secrets, "own">;
  clock: Clock;
  /** As it was at the start: what is not named elsewhere counts from the next start on. */
  config: NonNullable<Config["cache"]>;
  /** What the config names as its embedder now. */
  embedder(): CacheEmbedder | undefined;
  /** The environment, for the password of a team's store. */
  env: Readonly<Record<string, string | undefined>>;
  onError(error: unknown): void;
  onLookup(outcome: LookupOutcome): void;
  /** Told what the person said to "Was this the same question?". */
  onReport(same: boolean): void;
}

/** How long after the start the embedder is loaded, so that it does not stand in the way of the window. Milliseconds. */
const idleMs = 3_000;
const shownLookups = 200;
const countedLookups = 2_000;
const dayMs = 86_400_000;
/** What an embedder is tried with, and loaded by. */
const sentence = "Is anybody there?";
const never = new AbortController().signal;

/** The emergency cache of the app: built from the config, and what page and command line ask of it. */
export class Cache implements AsyncDisposable {
  /** What the chain sees; null while the cache is turned off. */
  readonly answers: AnswerCache | null;
  readonly #parts: CacheParts;
  readonly #seal;
  readonly #limits;
  readonly #local;
  readonly #stores;
  readonly #store;
  readonly #log;
  readonly #verdicts;
  readonly #cache;
  /** The embedder for which the index was last loaded; null before the start. */
  #loadedFor: string | null = null;
  #cancelStart = () => {};

  constructor(parts: CacheParts) {
    const { config, database, clock, onError } = parts;
    this.#parts = parts;
    // The keychain is touched when the cache is first needed, and only then.
    let seal: ReturnType<typeof cacheSeal> | null = null;
    this.#seal = () => (seal ??= cacheSeal(parts.secrets));
    const cipher = () => this.#seal().then((found) => found.cipher);
    this.#limits = { maxEntries: config.max_entries ?? 10_000, ttlMs: durationMs(config.ttl ?? "90d") };
    this.#local = new SqliteStore({ database, clock, limits: this.#limits, cipher });
    const { env } = parts;
    const limits = this.#limits;
    this.#stores = cacheStore({ config, local: this.#local, database, cipher, clock, limits, env });
    this.#store = this.#stores.store;
    this.#log = new LookupLog(database, cipher);
    this.#verdicts = new Verdicts(database, cipher);
    this.#cache = new EmergencyCache({
      store: this.#store,
      log: this.#log,
      verdicts: this.#verdicts,
      embedder: () => this.#embedder,
      guard: config.guard === false ? null : judge,
      threshold: config.threshold,
      clock,
      isLocalOnly: (conversation) => parts.conversations.isLocalOnly(conversation),
    });
    const { onLookup } = parts;
    this.answers = config.enabled === false ? null : guardedCache(this.#cache, onError, onLookup);
  }

  /** Loads the embedder and the index soon, and embeds what waits: for hosts that stay. */
  start(): void {
    const { clock, onError } = this.#parts;
    if (this.answers === null) return;
    this.#cancelStart = clock.after(idleMs, () => {
      this.#loadFor(this.#embedder, onError);
    });
  }

  /** To be called when the config may have changed: after another embedder was chosen, all entries are embedded again. */
  embedAgain(): void {
    const embedder = this.#embedder;
    if (this.#loadedFor !== null && this.#loadedFor !== embedder.id)
      this.#loadFor(embedder, this.#parts.onError);
  }

  /** Embeds one sentence with an embedder, chosen or not. Throws a StoreError `invalid` that says why it can't. */
  async tryEmbedder(embedder: CacheEmbedder | undefined, signal = never): Promise<EmbedderTry> {
    const { clock } = this.#parts;
    const from = clock.now();
    try {
      const [vector] = await cacheEmbedder(embedder, this.#parts).embed([sentence], signal);
      return { dimensions: vector?.length ?? 0, duration_ms: clock.now() - from };
    } catch (error) {
      signal.throwIfAborted();
      throw new StoreError("invalid", sentenceOf((error as Error).message), error);
    }
  }

  async stats(): Promise<CacheStats> {
    const { config } = this.#parts;
    const [stats, { cipher, detail }, lookups] = await Promise.all([
      this.#store.stats(this.#embedder.id),
      this.#seal(),
      this.#log.recent(countedLookups),
    ]);
    const counts = this.#log.counts();
    const count = (outcome: CacheLookupRecord["outcome"]) => counts.get(outcome) ?? 0;
    return {
      ...stats,
      oldest: isoOrNull(stats.oldest),
      newest: isoOrNull(stats.newest),
      enabled: config.enabled ?? true,
      store: this.#stores.name,
      store_trouble: this.#stores.team?.trouble ?? null,
      outgoing: this.#stores.team?.waiting ?? 0,
      max_entries: this.#limits.maxEntries,
      embedder: this.#embedder.id,
      encryption: cipher.keyId === null ? null : "aes-256-gcm",
      encryption_detail: detail,
      lookups: {
        exact: count("exact"),
        same: count("same"),
        similar: count("similar"),
        refused: count("refused"),
        miss: count("miss"),
      },
      refusals: refusalsOf(lookups),
    };
  }

  async list(listing: {
    search?: string | undefined;
    conversation_id?: string | undefined;
    limit: number;
    offset: number;
  }): Promise<{ entries: CacheEntry[]; total: number }> {
    const { conversation_id: conversation, ...rest } = listing;
    const { entries, total } = await this.#store.list({ ...rest, conversation });
    return { entries: entries.map((entry) => this.#shown(entry)), total };
  }

  async pin(id: string, pinned: boolean): Promise<void> {
    await this.#store.pin(await this.#entry(id), pinned);
  }

  async remove(id: string): Promise<void> {
    await this.#store.remove(await this.#entry(id));
  }

  /** Removes entries, and with all of them what was looked up; gives how many entries went. */
  async purge({ older_than_days, conversation_id, search, pinned }: CachePurge): Promise<number> {
    const what: Purge = {
      before: older_than_days === undefined ? undefined : this.#parts.clock.now() - older_than_days * dayMs,
      conversation: conversation_id,
      search,
      pinned,
    };
    if (older_than_days === undefined && conversation_id === undefined && search === undefined) {
      this.#log.clear();
    }
    return await this.#store.purge(what);
  }

  /** The newest look-ups, newest first. */
  async lookups(): Promise<CacheLookupRecord[]> {
    return (await this.#log.recent(shownLookups)).map(recordOf);
  }

  async lookup(id: string): Promise<CacheLookupRecord | null> {
    const found = await this.#log.get(id);
    return found === null ? null : recordOf(found);
  }

  /** What the person said to "Was this the same question?". Throws a StoreError `not_found` for a look-up that is forgotten. */
  async say(lookup: string, same: boolean): Promise<void> {
    if (await this.#cache.say(lookup, same)) return this.#parts.onReport(same);
    throw new StoreError("not_found", "That look-up is too long ago: nothing is known of it any more.");
  }

  /** Marks an answer down, so that it is never stored, or takes the mark back. Throws a StoreError `not_found`. */
  async markDown(messageId: string, down: boolean): Promise<void> {
    const { conversations } = this.#parts;
    const { id, conversation_id, answers, text } = conversations.message(messageId);
    if (!down || answers === null) return this.#verdicts.unmark(id);
    const messages = conversations.history(conversation_id, answers);
    await this.#cache.markDown({ messages }, text, id);
  }

  /** The ids of a conversation's answers that are marked down. */
  marked(conversationId: string): string[] {
    const { messages } = this.#parts.conversations.get(conversationId);
    return this.#verdicts.marked(messages.map(({ id }) => id));
  }

  /** Forgets what a conversation left in the cache: it was removed, or marked local-only. Faults are reported, not thrown. */
  forget(conversationId: string, pinned: boolean): void {
    this.purge({ conversation_id: conversationId, pinned }).catch(this.#parts.onError);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelStart();
    await this.#cache[Symbol.asyncDispose]();
  }

  get #embedder(): Embedder {
    return cacheEmbedder(this.#parts.embedder(), this.#parts);
  }

  #loadFor(embedder: Embedder, onError: (error: unknown) => void): void {
    this.#loadedFor = embedder.id;
    this.#cache.embedWaiting();
    this.#local.load(embedder.id).catch(onError);
    // An embedder that is away is told of by the look-up that needs it.
    embedder.embed([sentence], never).catch(() => {});
  }

  async #entry(id: string): Promise<Entry> {
    const entry = await this.#store.get(id);
    if (entry === null) throw new StoreError("not_found", "There is no such entry in the cache any more.");
    return entry;
  }

  #shown(entry: Entry): CacheEntry {
    const { id, receipt, createdAt, expiresAt, pinned } = entry;
    const end = Math.min(createdAt + this.#limits.ttlMs, expiresAt ?? Number.POSITIVE_INFINITY);
    return {
      id,
      question: entry.originalQuestion,
      answer: entry.answer,
      link: receipt.link,
      provider: receipt.provider,
      model: receipt.model,
      created_at: iso(createdAt),
      expires_at: pinned ? null : iso(end),
      time_bound: isTimeBound(entry.originalQuestion),
      conversation_id: entry.conversation,
      uses: entry.uses,
      last_used_at: isoOrNull(entry.lastUsedAt),
      pinned,
    };
  }
}

type Recorded = Awaited<ReturnType<LookupLog["recent"]>>[number];

function recordOf({ id, at, asked, outcome, candidates, trouble, said }: Recorded): CacheLookupRecord {
  return { id, at: iso(at), asked, outcome, candidates, trouble, said };
}

/** How often each kind of reason, which stands before its colon, kept an earlier answer back. */
function refusalsOf(lookups: readonly Recorded[]): CacheStats["refusals"] {
  const counts = new Map<string, number>();
  for (const { candidates } of lookups) {
    for (const { verdict, reason } of candidates) {
      if (verdict !== "different") continue;
      const [kind = reason] = reason.split(":");
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

const sentenceOf = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
