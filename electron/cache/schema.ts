/**
 * The steps of the schema of `cache.db`, oldest first; only ever append. Times are milliseconds since the epoch. Blobs are
 * sealed with the key that `key_id` names, or plain where it is null; `seal` says what lies in them.
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
  `
  DROP INDEX entries_by_age;
  ALTER TABLE entries RENAME TO entries_before;
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key_id TEXT,
    fingerprint TEXT NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    conversation TEXT,
    uses INTEGER NOT NULL DEFAULT 0,
    last_used_at INTEGER,
    pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    embedder TEXT,
    vector BLOB,
    revision INTEGER NOT NULL,
    CHECK ((embedder IS NULL) = (vector IS NULL))
  ) STRICT;
  INSERT INTO entries (seq, id, fingerprint, body, created_at, revision)
    SELECT id, 'before ' || id, fingerprint, CAST(json_object('question', question, 'originalQuestion', original_question,
      'answer', answer, 'receipt', json(receipt)) AS BLOB), created_at, id FROM entries_before;
  DROP TABLE entries_before;
  CREATE INDEX entries_by_age ON entries (pinned, created_at, seq);
  CREATE INDEX entries_by_revision ON entries (revision);
  CREATE INDEX entries_by_conversation ON entries (conversation);
  CREATE INDEX entries_by_embedder ON entries (embedder, seq);
  CREATE TABLE revision (n INTEGER NOT NULL) STRICT;
  INSERT INTO revision SELECT coalesce(max(revision), 0) FROM entries;

  CREATE TABLE pairs (
    id TEXT PRIMARY KEY,
    same INTEGER NOT NULL CHECK (same IN (0, 1)),
    said_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE marks (
    id TEXT PRIMARY KEY,
    message TEXT NOT NULL,
    marked_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX marks_by_message ON marks (message);
  CREATE TABLE lookups (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    key_id TEXT,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    said INTEGER CHECK (said IN (0, 1)),
    body BLOB NOT NULL
  ) STRICT;
  CREATE TABLE outgoing (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key_id TEXT,
    body BLOB NOT NULL
  ) STRICT;
  `,
  `
  CREATE INDEX entries_by_expiry ON entries (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX entries_by_key ON entries (key_id);
  CREATE INDEX entries_counted ON entries (pinned, uses, created_at, embedder);
  ALTER TABLE revision ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;
  UPDATE revision SET entries = (SELECT count(*) FROM entries);
  CREATE TRIGGER entries_counted_in AFTER INSERT ON entries BEGIN UPDATE revision SET entries = entries + 1; END;
  CREATE TRIGGER entries_counted_out AFTER DELETE ON entries BEGIN UPDATE revision SET entries = entries - 1; END;
  `,
];
