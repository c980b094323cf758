import { type Cipher, openJson, sealJson } from "./cipher.ts";
import type { EntryKey, NewEntry, Purge } from "./entry.ts";
import type { CacheDatabase } from "./sqlite-store.ts";

/** One write to the team's store. */
export type Write =
  | { do: "put"; entry: NewEntry }
  | { do: "remove"; key: EntryKey }
  | { do: "pin"; key: EntryKey; pinned: boolean }
  | { do: "used"; key: EntryKey; at: number }
  | { do: "purge"; what: Purge };

/** The writes that wait for the team's store, in order, sealed, in the cache's own file. */
export class Outgoing {
  readonly #database: CacheDatabase;
  readonly #cipher: () => Promise<Cipher>;

  constructor(database: CacheDatabase, cipher: () => Promise<Cipher>) {
    this.#database = database;
    this.#cipher = cipher;
  }

  count(): number {
    return Number(this.#database.prepare("SELECT count(*) AS n FROM outgoing").get()?.n);
  }

  async add(write: Write): Promise<void> {
    const cipher = await this.#cipher();
    this.#database
      .prepare("INSERT INTO outgoing (key_id, body) VALUES (?, ?)")
      .run(cipher.keyId, sealJson(cipher, write));
  }

  /** The write that has waited longest, among those that can be read; null when there is none. */
  async first(): Promise<{ seq: number; write: Write } | null> {
    const cipher = await this.#cipher();
    const row = this.#database
      .prepare("SELECT seq, body FROM outgoing WHERE key_id IS ? ORDER BY seq LIMIT 1")
      .get(cipher.keyId);
    if (row === undefined) return null;
    return { seq: Number(row.seq), write: openJson(cipher, row.body as Uint8Array) as Write };
  }

  done(seq: number): void {
    this.#database.prepare("DELETE FROM outgoing WHERE seq = ?").run(seq);
  }
}
