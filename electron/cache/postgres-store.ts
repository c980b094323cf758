import { type ClientConfig, Pool, type PoolClient, type QueryResultRow } from "pg";
import type { Clock } from "../chain/index.ts";
import type { Receipt } from "../contract/index.ts";
import { plainCipher } from "./cipher.ts";
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
import { migrate } from "./postgres-schema.ts";

export interface PostgresStoreOptions {
  connection: PostgresConnection;
  /** Whose entries: stores with different namespaces in one database don't see each other. */
  namespace: string;
  clock: Pick<Clock, "now">;
  limits: StoreLimits;
}

/** Where the server is. `tls` is null for a server on this machine; its certificate is always checked. */
export interface PostgresConnection {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string | undefined;
  tls: { ca: string | undefined } | null;
}

/** The same for a client of `pg`. */
export function clientOptions({ password, tls, ...server }: PostgresConnection): ClientConfig {
  const ca = tls?.ca;
  return {
    ...server,
    ...(password !== undefined && { password }),
    ssl: tls === null ? false : { rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
    application_name: "holdfast",
  };
}

/** How long a connection, or one statement, may take before the team store counts as away. Milliseconds. */
const limitMs = 3_000;

/** Within a context with fewer entries all are compared; beyond it the HNSW index is used. */
const fewEntries = 2_000;

/** How many the HNSW index looks at: it filters by namespace and context only afterwards. */
const efSearch = 200;

/**
 * The entries of a team, in Postgres with pgvector. They lie there as they are: the server keeps them, and TLS is all that
 * stands between. Vectors of each length have an HNSW index of their own, made with the first such vector.
 */
export class PostgresStore implements EntryStore {
  readonly #pool: Pool;
  readonly #options: PostgresStoreOptions;
  #migrated: Promise<void> | null = null;
  readonly #indexed = new Set<number>();

  constructor(options: PostgresStoreOptions) {
    this.#options = options;
    this.#pool = new Pool({
      ...clientOptions(options.connection),
      max: 4,
      allowExitOnIdle: true,
    });
    // A connection that breaks while nobody uses it: the next statement tells of it.
    this.#pool.on("error", () => {});
  }

  async get(id: string): Promise<Entry | null> {
    return this.#one("SELECT * FROM holdfast_cache WHERE namespace = $1 AND id = $2", [id]);
  }

  async find(key: EntryKey): Promise<Entry | null> {
    return this.#one(`SELECT * FROM holdfast_cache WHERE namespace = $1 AND id = $2 AND ${fresh(3)}`, [
      idOf(key),
      ...this.#freshness(),
    ]);
  }

  async nearest({ vector, embedder, fingerprint, limit }: NearestQuery): Promise<Neighbour[]> {
    const size = vector.length;
    const fits = `namespace = $1 AND fingerprint = $2 AND embedder = $3 AND vector_dims(embedding) = ${size} AND ${fresh(4)}`;
    const distance = `embedding::vector(${size}) <=> $6::vector(${size})`;
    const values = [fingerprint, embedder, ...this.#freshness(), asText(vector)];
    return this.#transaction(async (client) => {
      const all = [this.#options.namespace, ...values];
      const { rowCount } = await client.query(
        "SELECT 1 FROM holdfast_cache WHERE namespace = $1 AND fingerprint = $2 LIMIT $3",
        [this.#options.namespace, fingerprint, fewEntries + 1],
      );
      const isFew = (rowCount ?? 0) <= fewEntries;
      if (!isFew) await client.query(`SET LOCAL hnsw.ef_search = ${efSearch}`);
      // MATERIALIZED keeps the planner from the index, which would look at other contexts first.
      const from = isFew
        ? `WITH fits AS MATERIALIZED (SELECT * FROM holdfast_cache WHERE ${fits}) SELECT *, ${distance} AS distance FROM fits`
        : `SELECT *, ${distance} AS distance FROM holdfast_cache WHERE ${fits}`;
      const { rows } = await client.query(`${from} ORDER BY distance LIMIT ${limit}`, all);
      return rows.map((row) => ({ entry: entryOf(row), similarity: 1 - Number(row.distance) }));
    });
  }

  async put(entry: NewEntry): Promise<void> {
    await this.#query(
      `INSERT INTO holdfast_cache (namespace, id, fingerprint, question, original_question, answer, receipt, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (namespace, id) DO UPDATE SET original_question = excluded.original_question, answer = excluded.answer,
         receipt = excluded.receipt, created_at = excluded.created_at, expires_at = excluded.expires_at
       WHERE holdfast_cache.created_at <= excluded.created_at`,
      [
        idOf(entry),
        entry.fingerprint,
        clean(entry.question),
        clean(entry.originalQuestion),
        clean(entry.answer),
        clean(JSON.stringify(entry.receipt)),
        entry.createdAt,
        entry.expiresAt,
      ],
    );
    await this.#evict();
  }

  async remove(key: EntryKey): Promise<void> {
    await this.#query("DELETE FROM holdfast_cache WHERE namespace = $1 AND id = $2", [idOf(key)]);
  }

  async pin(key: EntryKey, pinned: boolean): Promise<void> {
    await this.#query("UPDATE holdfast_cache SET pinned = $3 WHERE namespace = $1 AND id = $2", [
      idOf(key),
      pinned,
    ]);
  }

  async used(key: EntryKey, at: number): Promise<void> {
    await this.#query(
      "UPDATE holdfast_cache SET uses = uses + 1, last_used_at = $3 WHERE namespace = $1 AND id = $2",
      [idOf(key), at],
    );
  }

  /** Conversations are this machine's own, and the team store knows none: a listing of one is empty. */
  async list({ search, conversation, limit, offset }: Listing): Promise<{ entries: Entry[]; total: number }> {
    if (conversation !== undefined) return { entries: [], total: 0 };
    const rows = await this.#query(
      `SELECT *, count(*) OVER () AS total FROM holdfast_cache
       WHERE namespace = $1 AND ${holds(2)} ORDER BY created_at DESC, seq DESC LIMIT $3 OFFSET $4`,
      [search ?? null, limit, offset],
    );
    return { entries: rows.map(entryOf), total: Number(rows[0]?.total ?? 0) };
  }

  /** Like `list`, does nothing for a conversation. */
  async purge({ before, conversation, search, pinned = false }: Purge): Promise<number> {
    if (conversation !== undefined) return 0;
    const rows = await this.#query(
      `DELETE FROM holdfast_cache WHERE namespace = $1 AND ${holds(2)} AND ($3::bigint IS NULL OR created_at < $3)
         AND ($4 OR NOT pinned) RETURNING 1`,
      [search ?? null, before ?? null, pinned],
    );
    return rows.length;
  }

  async stats(embedder: string): Promise<StoreStats> {
    const [row] = await this.#query(
      `SELECT count(*) AS entries, count(*) FILTER (WHERE pinned) AS pinned, count(*) FILTER (WHERE uses = 0) AS unused,
         count(*) FILTER (WHERE embedder IS DISTINCT FROM $2) AS waiting, min(created_at) AS oldest, max(created_at) AS newest
       FROM holdfast_cache WHERE namespace = $1`,
      [embedder],
    );
    const number = (name: string) => Number(row?.[name] ?? 0);
    return {
      entries: number("entries"),
      pinned: number("pinned"),
      unused: number("unused"),
      waiting: number("waiting"),
      oldest: numberOrNull(row?.oldest),
      newest: numberOrNull(row?.newest),
    };
  }

  async unembedded(embedder: string, limit: number): Promise<{ id: string; text: string }[]> {
    const rows = await this.#query(
      `SELECT id, original_question FROM holdfast_cache
       WHERE namespace = $1 AND embedder IS DISTINCT FROM $2 ORDER BY seq DESC LIMIT $3`,
      [embedder, limit],
    );
    return rows.map(({ id, original_question }) => ({ id: String(id), text: String(original_question) }));
  }

  async embed(embedder: string, vectors: readonly { id: string; vector: Float32Array }[]): Promise<void> {
    for (const size of new Set(vectors.map(({ vector }) => vector.length))) await this.#index(size);
    await this.#query(
      `UPDATE holdfast_cache SET embedder = $2, embedding = made.vector::vector
       FROM unnest($3::text[], $4::text[]) AS made (id, vector)
       WHERE namespace = $1 AND holdfast_cache.id = made.id`,
      [embedder, vectors.map(({ id }) => id), vectors.map(({ vector }) => asText(vector))],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }

  async #index(size: number): Promise<void> {
    if (this.#indexed.has(size)) return;
    await this.#query(
      `CREATE INDEX IF NOT EXISTS holdfast_cache_hnsw_${size} ON holdfast_cache
         USING hnsw ((embedding::vector(${size})) vector_cosine_ops) WHERE vector_dims(embedding) = ${size}`,
      null,
    );
    this.#indexed.add(size);
  }

  async #evict(): Promise<void> {
    const { maxEntries, ttlMs } = this.#options.limits;
    const now = this.#options.clock.now();
    await this.#query(
      `DELETE FROM holdfast_cache WHERE namespace = $1 AND NOT pinned AND (created_at <= $2 OR expires_at <= $3 OR seq IN (
         SELECT seq FROM holdfast_cache WHERE namespace = $1 AND NOT pinned ORDER BY created_at, seq
         LIMIT greatest(0, (SELECT count(*) FROM holdfast_cache WHERE namespace = $1) - $4)))`,
      [now - ttlMs, now, maxEntries],
    );
  }

  #freshness(): [number, number] {
    const now = this.#options.clock.now();
    return [now - this.#options.limits.ttlMs, now];
  }

  async #one(sql: string, values: readonly unknown[]): Promise<Entry | null> {
    const [row] = await this.#query(sql, values);
    return row === undefined ? null : entryOf(row);
  }

  /** Runs a statement whose first value is the namespace; null: one without values. */
  async #query(sql: string, values: readonly unknown[] | null): Promise<QueryResultRow[]> {
    await this.#ready();
    const all = values === null ? [] : [this.#options.namespace, ...values];
    return (await this.#pool.query(sql, all)).rows;
  }

  async #transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    await this.#ready();
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      const result = await work(client);
      await client.query("COMMIT");
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** The schema, brought to its newest form once; tried again after a failure. */
  async #ready(): Promise<void> {
    this.#migrated ??= migrate(this.#pool).catch((error: unknown) => {
      this.#migrated = null;
      throw error;
    });
    await this.#migrated;
  }
}

const idOf = ({ fingerprint, question }: EntryKey): string => plainCipher.hash(fingerprint, question);

/** Postgres takes no NUL in a text; nobody misses it. */
const clean = (text: string): string => text.replaceAll("\0", "").replaceAll("\\u0000", "");

const fresh = (at: number): string =>
  `(pinned OR (created_at > $${at} AND (expires_at IS NULL OR expires_at > $${at + 1})))`;

const holds = (at: number): string =>
  `($${at}::text IS NULL OR strpos(lower(original_question), lower($${at})) > 0 OR strpos(lower(answer), lower($${at})) > 0)`;

const asText = (vector: Float32Array): string => `[${vector.join(",")}]`;

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

function entryOf(row: QueryResultRow): Entry {
  return {
    id: String(row.id),
    fingerprint: String(row.fingerprint),
    question: String(row.question),
    originalQuestion: String(row.original_question),
    answer: String(row.answer),
    receipt: row.receipt as Receipt,
    createdAt: Number(row.created_at),
    expiresAt: numberOrNull(row.expires_at),
    conversation: null,
    uses: Number(row.uses),
    lastUsedAt: numberOrNull(row.last_used_at),
    pinned: row.pinned === true,
  };
}
