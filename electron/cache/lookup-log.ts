import { randomUUID } from "node:crypto";
import type { CacheLookupRecord } from "../contract/index.ts";
import { type Cipher, openJson, sealJson } from "./cipher.ts";
import type { CacheDatabase } from "./sqlite-store.ts";

/** A look-up as it is kept: what was asked, what stood nearest, and why each was given or refused. */
export type Lookup = Omit<CacheLookupRecord, "at" | "id" | "said"> & {
  /** Milliseconds since the epoch. */
  at: number;
  fingerprint: string;
  /** The question as asked, normalised. */
  question: string;
};

/** Look-ups beyond this are forgotten, the oldest first. */
const kept = 2_000;

/** What was looked up on this machine, sealed like the entries, for the person and for the numbers. */
export class LookupLog {
  readonly #database: CacheDatabase;
  readonly #cipher: () => Promise<Cipher>;

  constructor(database: CacheDatabase, cipher: () => Promise<Cipher>) {
    this.#database = database;
    this.#cipher = cipher;
  }

  /** Keeps a look-up, and gives the id under which it is found again. */
  async add(lookup: Lookup): Promise<string> {
    const cipher = await this.#cipher();
    const id = randomUUID();
    this.#database
      .prepare("INSERT INTO lookups (id, key_id, at, outcome, body) VALUES (?, ?, ?, ?, ?)")
      .run(id, cipher.keyId, lookup.at, lookup.outcome, sealJson(cipher, lookup));
    this.#database.prepare("DELETE FROM lookups WHERE seq <= (SELECT max(seq) FROM lookups) - ?").run(kept);
    return id;
  }

  /** What the person said of a look-up's answer. */
  say(id: string, same: boolean): void {
    this.#database.prepare("UPDATE lookups SET said = ? WHERE id = ?").run(Number(same), id);
  }

  async get(id: string): Promise<(Lookup & Pick<CacheLookupRecord, "id" | "said">) | null> {
    const cipher = await this.#cipher();
    const row = this.#database
      .prepare("SELECT * FROM lookups WHERE id = ? AND key_id IS ?")
      .get(id, cipher.keyId);
    return row === undefined ? null : recordOf(row, cipher);
  }

  /** The newest, newest first. */
  async recent(limit: number): Promise<(Lookup & Pick<CacheLookupRecord, "id" | "said">)[]> {
    const cipher = await this.#cipher();
    return this.#database
      .prepare("SELECT * FROM lookups WHERE key_id IS ? ORDER BY seq DESC LIMIT ?")
      .all(cipher.keyId, limit)
      .map((row) => recordOf(row, cipher));
  }

  /** How many of the look-ups that are kept ended in which way. */
  counts(): Map<Lookup["outcome"], number> {
    const rows = this.#database.prepare("SELECT outcome, count(*) AS n FROM lookups GROUP BY outcome").all();
    return new Map(rows.map(({ outcome, n }) => [outcome as Lookup["outcome"], Number(n)]));
  }

  clear(): void {
    this.#database.prepare("DELETE FROM lookups").run();
  }
}

function recordOf(row: Record<string, unknown>, cipher: Cipher) {
  const lookup = openJson(cipher, row.body as Uint8Array) as Lookup;
  return { ...lookup, id: String(row.id), said: row.said === null ? null : row.said === 1 };
}
