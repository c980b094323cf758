import type { Clock } from "../chain/index.ts";
import type { Database } from "./database.ts";

export interface SavedStateOptions {
  /** Opened with `storeMigrations`. It stays the caller's to close. */
  database: Database;
  clock: Pick<Clock, "now">;
  /** What the state is found by, such as `breakers`. */
  key: string;
}

/**
 * What one part of the program keeps of itself across restarts, as JSON with a version of its own inside. The part checks
 * what it loads: an older or a newer version may have saved it. Of two processes, the one that saves last is kept.
 * Methods throw a StoreError `unusable` when the file can't be read or written.
 */
export class SavedState {
  readonly #options: SavedStateOptions;

  constructor(options: SavedStateOptions) {
    this.#options = options;
  }

  /** The JSON that was saved last, or null. */
  load(): string | null {
    const { database, key } = this.#options;
    const row = database.get("SELECT json FROM states WHERE key = ?", key);
    return row === null ? null : String(row.json);
  }

  save(json: string): void {
    const { database, clock, key } = this.#options;
    database.run(
      `INSERT INTO states (key, json, saved_at) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET json = excluded.json, saved_at = excluded.saved_at`,
      key,
      json,
      new Date(clock.now()).toISOString(),
    );
  }
}
