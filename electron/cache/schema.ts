/**
 * The steps of the schema of `cache.db`, oldest first; only ever append. `created_at` is milliseconds since the epoch,
 * `receipt` is JSON.
 */
export const cacheMigrations: readonly string[] = [
  `
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL,
    question TEXT NOT NULL,
    original_question TEXT NOT NULL,
    answer TEXT NOT NULL,
    receipt TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (fingerprint, question)
  ) STRICT;
  CREATE INDEX entries_by_age ON entries (created_at, id);
  `,
];
