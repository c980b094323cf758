import type { StatementSync } from "node:sqlite";
import { z } from "zod";
import type { AnswerCache, CacheHit, Clock } from "../chain/index.ts";
import {
  type Answer,
  type ChatRequest,
  type Duration,
  durationMs,
  providerName,
  type Receipt,
} from "../contract/index.ts";
import { isWorthKeeping, keyOf } from "./cacheable.ts";

/** What is needed of an open SQLite file. */
export interface CacheDatabase {
  prepare(sql: string): StatementSync;
}

export interface ExactCacheOptions {
  /** A database that has been through `cacheMigrations`. It stays the caller's to close. */
  database: CacheDatabase;
  clock: Pick<Clock, "now">;
  /** How many answers are kept; beyond that the oldest go. 10 000 unless given. */
  max_entries?: number | undefined;
  /** How old an answer may be; 90 days unless given. */
  ttl?: Duration | undefined;
}

export interface CacheStats {
  entries: number;
  /** Characters of all questions and answers. */
  characters: number;
  /** Milliseconds since the epoch; null while it is empty. */
  oldest: number | null;
  newest: number | null;
}

/** What a hit needs of a stored receipt; an entry whose receipt lacks it, from an older version, is no hit. */
const answerer = z.object({ link: z.string(), provider: providerName, model: z.string() });

/**
 * The answers of cloud links, kept for when no link can answer. An entry answers a request only when the question is
 * the same but for case, blanks and closing punctuation, and all that was said before it is the same to the letter.
 */
export class ExactCache implements AnswerCache {
  readonly #clock: Pick<Clock, "now">;
  readonly #maxEntries: number;
  readonly #ttlMs: number;
  readonly #database: CacheDatabase;
  readonly #find: StatementSync;
  readonly #write: StatementSync;
  readonly #expire: StatementSync;
  readonly #evict: StatementSync;

  constructor({ database, clock, max_entries = 10_000, ttl = "90d" }: ExactCacheOptions) {
    this.#clock = clock;
    this.#maxEntries = max_entries;
    this.#ttlMs = durationMs(ttl);
    this.#database = database;
    this.#find = database.prepare(
      "SELECT * FROM entries WHERE fingerprint = ? AND question = ? AND created_at > ?",
    );
    this.#write = database.prepare(
      `INSERT INTO entries (fingerprint, question, original_question, answer, receipt, created_at)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (fingerprint, question) DO UPDATE SET original_question = excluded.original_question,
         answer = excluded.answer, receipt = excluded.receipt, created_at = excluded.created_at`,
    );
    this.#expire = database.prepare("DELETE FROM entries WHERE created_at <= ?");
    this.#evict = database.prepare(
      `DELETE FROM entries WHERE id IN
         (SELECT id FROM entries ORDER BY created_at, id LIMIT max(0, (SELECT count(*) FROM entries) - ?))`,
    );
  }

  /** The answer to the same question, or null. The look-up is too short to be worth aborting. */
  async lookup(request: ChatRequest): Promise<CacheHit | null> {
    const key = keyOf(request);
    const row = key && this.#find.get(key.fingerprint, key.question, this.#clock.now() - this.#ttlMs);
    if (!row) return null;
    const who = answerer.safeParse(JSON.parse(String(row.receipt)));
    if (!who.success) return null;
    return {
      text: String(row.answer),
      original_question: String(row.original_question),
      similarity: 1,
      age_s: Math.max(0, (this.#clock.now() - Number(row.created_at)) / 1_000),
      ...who.data,
    };
  }

  /** Keeps an answer, if it is one to keep; a later answer to the same question takes its place. */
  async put(request: ChatRequest, answer: Answer, receipt: Receipt): Promise<void> {
    const key = keyOf(request);
    if (key === null || !isWorthKeeping(answer, receipt)) return;
    const now = this.#clock.now();
    this.#write.run(
      key.fingerprint,
      key.question,
      key.originalQuestion,
      answer.text,
      JSON.stringify(receipt),
      now,
    );
    this.#expire.run(now - this.#ttlMs);
    this.#evict.run(this.#maxEntries);
  }

  /** Forgets everything, and gives the space back to the disk. */
  purge(): void {
    for (const sql of ["DELETE FROM entries", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]) {
      this.#database.prepare(sql).run();
    }
  }

  stats(): CacheStats {
    const row = this.#database
      .prepare(
        `SELECT count(*) AS entries, coalesce(sum(length(original_question) + length(answer)), 0) AS characters,
           min(created_at) AS oldest, max(created_at) AS newest FROM entries`,
      )
      .get();
    return { ...row } as unknown as CacheStats;
  }
}
