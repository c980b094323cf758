import type { SQLInputValue, StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../chain/index.ts";
import type { Receipt } from "../contract/index.ts";
import { type Cipher, openJson, sealJson } from "./cipher.ts";
import type {
  Entry,
  EntryKey,
  EntryStore,
  Listing,
  NearestQuery,
  Neighbour,
  NewEntry,
  Purge,
  StoreLimits,
  StoreStats,
} from "./entry.ts";
import { VectorIndex } from "./vector-index.ts";

/** What is needed of an open SQLite file that has been through `cacheMigrations`. */
export interface CacheDatabase {
  prepare(sql: string): StatementSync;
  transaction<T>(work: () => T): T;
}

export interface SqliteStoreOptions {
  /** It stays the caller's to close, after this. */
  database: CacheDatabase;
  clock: Pick<Clock, "now">;
  limits: StoreLimits;
  /** Seals what is written; asked before anything is read or written. */
  cipher: () => Promise<Cipher>;
}

type Row = Record<string, unknown>;

/** The index of one embedder's vectors; `revision` is up to where it has been brought. */
interface Index {
  embedder: string;
  vectors: VectorIndex | null;
  revision: number;
  ready: Promise<void>;
}

/** What an entry's body holds, sealed. */
type Body = Pick<Entry, "question" | "originalQuestion" | "answer" | "receipt">;

/** Rows that are read or rewritten at once; between two such batches others have their turn. */
const batch = 500;

/**
 * Entries in a SQLite file on this machine: the truth. An index of the vectors lies in memory, is built at the first need,
 * and follows what other processes write. Rows that were sealed with a lost key are left alone and never given.
 */
export class SqliteStore implements EntryStore {
  readonly #database: CacheDatabase;
  readonly #clock: Pick<Clock, "now">;
  readonly #limits: StoreLimits;
  readonly #cipher: () => Promise<Cipher>;
  #index: Index | null = null;
  #renewed: Promise<void> | null = null;
  #closed = false;

  constructor({ database, clock, limits, cipher }: SqliteStoreOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#limits = limits;
    this.#cipher = cipher;
  }

  async get(id: string): Promise<Entry | null> {
    const cipher = await this.#ready();
    const row = this.#all("SELECT * FROM entries WHERE id = ?", id)[0];
    return row === undefined ? null : entryOf(row, cipher);
  }

  async find({ fingerprint, question }: EntryKey): Promise<Entry | null> {
    const cipher = await this.#ready();
    const row = this.#all(
      `SELECT * FROM entries WHERE id = ? AND ${fresh}`,
      cipher.hash(fingerprint, question),
      ...this.#freshness(),
    )[0];
    return row === undefined ? null : entryOf(row, cipher);
  }

  async nearest({ vector, embedder, fingerprint, limit }: NearestQuery): Promise<Neighbour[]> {
    const cipher = await this.#ready();
    await this.load(embedder);
    this.#catchUp(cipher);
    const vectors = this.#index?.vectors;
    if (!vectors) return [];
    // What is too old, or was removed by another process, is passed over, so some more are looked at.
    const found = vectors.search(vector, fingerprint, limit * 2).flatMap(({ key, similarity }) => {
      const row = this.#all(`SELECT * FROM entries WHERE seq = ? AND ${fresh}`, key, ...this.#freshness())[0];
      const entry = row === undefined ? null : entryOf(row, cipher);
      if (entry === null) vectors.delete(key);
      return entry === null ? [] : [{ entry, similarity }];
    });
    return found.slice(0, limit);
  }

  async put(entry: NewEntry): Promise<void> {
    const cipher = await this.#ready();
    const { question, originalQuestion, answer, receipt } = entry;
    const body: Body = { question, originalQuestion, answer, receipt };
    const values = [
      cipher.hash(entry.fingerprint, question),
      cipher.keyId,
      entry.fingerprint,
      sealJson(cipher, body),
      entry.createdAt,
      entry.expiresAt,
      entry.conversation,
    ];
    // One transaction for the entry and what has to go for it: each of its own costs as much as the writing.
    this.#database.transaction(() => {
      this.#write(insertion, ...values);
      this.#evict();
    });
  }

  async remove({ fingerprint, question }: EntryKey): Promise<void> {
    const cipher = await this.#ready();
    this.#run("DELETE FROM entries WHERE id = ?", cipher.hash(fingerprint, question));
  }

  async pin({ fingerprint, question }: EntryKey, pinned: boolean): Promise<void> {
    const cipher = await this.#ready();
    this.#run(
      "UPDATE entries SET pinned = ? WHERE id = ?",
      Number(pinned),
      cipher.hash(fingerprint, question),
    );
  }

  async used({ fingerprint, question }: EntryKey, at: number): Promise<void> {
    const cipher = await this.#ready();
    this.#run(
      "UPDATE entries SET uses = uses + 1, last_used_at = ? WHERE id = ?",
      at,
      cipher.hash(fingerprint, question),
    );
  }

  async list({ search, conversation, limit, offset }: Listing): Promise<{ entries: Entry[]; total: number }> {
    const matching: Entry[] = [];
    let total = 0;
    for await (const entry of this.#entries({ search, conversation })) {
      if (total >= offset && matching.length < limit) matching.push(entry);
      total += 1;
    }
    return { entries: matching, total };
  }

  async purge(what: Purge): Promise<number> {
    const { before, conversation, search, pinned = false } = what;
    const isAll = before === undefined && conversation === undefined && search === undefined;
    let removed = 0;
    if (isAll && pinned) {
      await this.#ready();
      removed = this.#run("DELETE FROM entries");
    } else {
      const ids: string[] = [];
      for await (const entry of this.#entries({ search, conversation })) {
        if ((pinned || !entry.pinned) && (before === undefined || entry.createdAt < before))
          ids.push(entry.id);
      }
      removed = this.#database.transaction(() =>
        ids.reduce((sum, id) => sum + this.#run("DELETE FROM entries WHERE id = ?", id), 0),
      );
    }
    if (removed === 0) return 0;
    this.#scrub();
    return removed;
  }

  async stats(embedder: string): Promise<StoreStats> {
    await this.#ready();
    const [row] = this.#all(
      `SELECT count(*) AS entries, coalesce(sum(pinned), 0) AS pinned, coalesce(sum(uses = 0), 0) AS unused,
         coalesce(sum(embedder IS NOT ?), 0) AS waiting, min(created_at) AS oldest, max(created_at) AS newest FROM entries`,
      embedder,
    );
    return { ...row } as unknown as StoreStats;
  }

  async unembedded(embedder: string, limit: number): Promise<{ id: string; text: string }[]> {
    const cipher = await this.#ready();
    return this.#all(
      // IS NOT would look at every entry; each of these has its index.
      `SELECT * FROM entries WHERE (embedder IS NULL OR embedder < ?1 OR embedder > ?1) AND +key_id IS ?2
       ORDER BY seq DESC LIMIT ?3`,
      embedder,
      cipher.keyId,
      limit,
    ).flatMap((row) => {
      const entry = entryOf(row, cipher);
      return entry === null ? [] : [{ id: entry.id, text: entry.originalQuestion }];
    });
  }

  async embed(embedder: string, vectors: readonly { id: string; vector: Float32Array }[]): Promise<void> {
    const cipher = await this.#ready();
    this.#database.transaction(() => {
      for (const { id, vector } of vectors) {
        this.#write(
          "UPDATE entries SET embedder = ?, vector = ?, revision = (SELECT n FROM revision) WHERE id = ? AND key_id IS ?",
          embedder,
          cipher.seal(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)),
          id,
          cipher.keyId,
        );
      }
    });
  }

  /** Builds the index of an embedder's vectors, once; what it does takes turns with everything else. */
  load(embedder: string): Promise<void> {
    if (this.#index?.embedder === embedder) return this.#index.ready;
    const index: Index = { embedder, vectors: null, revision: 0, ready: Promise.resolve() };
    this.#index = index;
    index.ready = this.#build(index);
    return index.ready;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([this.#renewed, this.#index?.ready]);
  }

  async #build(index: Index): Promise<void> {
    const cipher = await this.#ready();
    index.revision = Number(this.#all("SELECT n FROM revision")[0]?.n);
    for (let after = 0; !this.#closed; await setImmediate()) {
      const rows = this.#all(
        `SELECT seq, fingerprint, vector FROM entries
         WHERE embedder = ? AND key_id IS ? AND seq > ? ORDER BY seq LIMIT ${batch}`,
        index.embedder,
        cipher.keyId,
        after,
      );
      for (const row of rows) index.vectors = indexed(index.vectors, row, cipher);
      if (rows.length < batch) return;
      after = Number(rows.at(-1)?.seq);
    }
  }

  /** Takes up what was written since the index was last up to date, by this process or another. */
  #catchUp(cipher: Cipher): void {
    const index = this.#index;
    if (index === null) return;
    const revision = Number(this.#all("SELECT n FROM revision")[0]?.n);
    if (revision === index.revision) return;
    const rows = this.#all(
      "SELECT seq, fingerprint, vector FROM entries WHERE revision > ? AND embedder = ? AND key_id IS ?",
      index.revision,
      index.embedder,
      cipher.keyId,
    );
    for (const row of rows) index.vectors = indexed(index.vectors, row, cipher);
    index.revision = revision;
  }

  /** Every readable entry that fits, newest first. */
  async *#entries({ search, conversation }: Pick<Listing, "search" | "conversation">): AsyncGenerator<Entry> {
    const cipher = await this.#ready();
    const wanted = search?.toLowerCase();
    for (let before = Number.MAX_SAFE_INTEGER; ; await setImmediate()) {
      const rows = this.#all(
        `SELECT * FROM entries WHERE seq < ? ${conversation === undefined ? "" : "AND conversation = ?"}
         ORDER BY seq DESC LIMIT ${batch}`,
        ...(conversation === undefined ? [before] : [before, conversation]),
      );
      for (const row of rows) {
        const entry = entryOf(row, cipher);
        if (entry !== null && (wanted === undefined || holds(entry, wanted))) yield entry;
      }
      if (rows.length < batch) return;
      before = Number(rows.at(-1)?.seq);
    }
  }

  /** The cipher, once what an earlier version or a missing keychain left unsealed has been sealed with it. */
  async #ready(): Promise<Cipher> {
    const cipher = await this.#cipher();
    this.#renewed ??= this.#renew(cipher);
    await this.#renewed;
    return cipher;
  }

  /** Seals plain rows, and gives those of an earlier version their id. */
  async #renew(cipher: Cipher): Promise<void> {
    const sealing = cipher.keyId !== null;
    let sealed = 0;
    for (; !this.#closed; await setImmediate()) {
      const rows = this.#all(
        `SELECT * FROM entries WHERE key_id IS NULL ${sealing ? "" : "AND id >= 'before ' AND id < 'before!'"} LIMIT ${batch}`,
      );
      this.#database.transaction(() => {
        for (const row of rows) this.#seal(row, cipher);
      });
      sealed += rows.length;
      if (rows.length < batch) break;
    }
    if (sealed > 0) this.#scrub();
  }

  #seal(row: Row, cipher: Cipher): void {
    const body = row.body as Uint8Array;
    const { question } = JSON.parse(Buffer.from(body).toString()) as Body;
    const vector = row.vector as Uint8Array | null;
    this.#run("DELETE FROM entries WHERE id = ?", cipher.hash(String(row.fingerprint), question));
    this.#write(
      `UPDATE entries SET id = ?, key_id = ?, body = ?, vector = ?, revision = (SELECT n FROM revision) WHERE seq = ?`,
      cipher.hash(String(row.fingerprint), question),
      cipher.keyId,
      cipher.seal(body),
      vector && cipher.seal(vector),
      Number(row.seq),
    );
  }

  /** Gives the space back to the disk, and leaves nothing of what was there in the log of writes. */
  #scrub(): void {
    for (const sql of ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]) this.#database.prepare(sql).run();
  }

  #evict(): void {
    const { maxEntries, ttlMs } = this.#limits;
    const now = this.#clock.now();
    // Each by its index: a write takes as long in a large cache as in a small one.
    this.#run("DELETE FROM entries WHERE pinned = 0 AND created_at <= ?", now - ttlMs);
    this.#run("DELETE FROM entries WHERE +pinned = 0 AND expires_at <= ?", now);
    const surplus = Number(this.#all("SELECT entries FROM revision")[0]?.entries) - maxEntries;
    if (surplus <= 0) return;
    this.#run(
      `DELETE FROM entries WHERE seq IN (SELECT seq FROM entries WHERE pinned = 0 ORDER BY created_at, seq LIMIT ?)`,
      surplus,
    );
  }

  #freshness(): [number, number] {
    const now = this.#clock.now();
    return [now - this.#limits.ttlMs, now];
  }

  /** Writes under a new revision. */
  #write(sql: string, ...values: SQLInputValue[]): void {
    this.#database.transaction(() => {
      this.#run("UPDATE revision SET n = n + 1");
      this.#run(sql, ...values);
    });
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes);
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#database.prepare(sql).all(...values);
  }
}

const insertion = `
  INSERT INTO entries (id, key_id, fingerprint, body, created_at, expires_at, conversation, revision)
  VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT n FROM revision))
  ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id, body = excluded.body, created_at = excluded.created_at,
    expires_at = excluded.expires_at, conversation = excluded.conversation, revision = excluded.revision`;

const fresh = "(pinned = 1 OR (created_at > ? AND (expires_at IS NULL OR expires_at > ?)))";

function indexed(index: VectorIndex | null, row: Row, cipher: Cipher): VectorIndex {
  // A copy: what SQLite or the cipher gives need not begin at a multiple of four bytes.
  const bytes = Uint8Array.from(cipher.open(row.vector as Uint8Array));
  const vector = new Float32Array(bytes.buffer);
  const vectors = index ?? new VectorIndex(vector.length);
  vectors.set(Number(row.seq), String(row.fingerprint), vector);
  return vectors;
}

/** The entry, or null when its row was sealed with another key. */
function entryOf(row: Row, cipher: Cipher): Entry | null {
  if (row.key_id !== cipher.keyId) return null;
  const body = openJson(cipher, row.body as Uint8Array) as Body;
  return {
    ...body,
    receipt: body.receipt as Receipt,
    id: String(row.id),
    fingerprint: String(row.fingerprint),
    createdAt: Number(row.created_at),
    expiresAt: row.expires_at as number | null,
    conversation: row.conversation as string | null,
    uses: Number(row.uses),
    lastUsedAt: row.last_used_at as number | null,
    pinned: row.pinned === 1,
  };
}

/** Whether the question or the answer holds a text, given in lower case. */
function holds({ originalQuestion, answer }: Entry, text: string): boolean {
  return originalQuestion.toLowerCase().includes(text) || answer.toLowerCase().includes(text);
}
