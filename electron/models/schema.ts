/**
 * The steps of the schema of `models.db`, oldest first; only ever append. `downloads.done` is JSON: bytes that are safely on the
 * disk, of each piece in order. `speeds.subject` is a model's path, or `machine`. `ollama_pulls` are those that did not come whole. Times are milliseconds since the epoch.
 */
export const modelsMigrations: readonly string[] = [
  `
  CREATE TABLE installed (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    origin TEXT NOT NULL,
    kind TEXT NOT NULL,
    verified TEXT,
    sha256 TEXT,
    source TEXT,
    licence TEXT,
    memory_bytes INTEGER,
    added_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE downloads (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    source TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    licence TEXT,
    total INTEGER,
    sha256 TEXT,
    etag TEXT,
    done TEXT NOT NULL DEFAULT '[]',
    state TEXT NOT NULL CHECK (state IN ('downloading', 'paused', 'failed')),
    error TEXT,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE speeds (
    subject TEXT NOT NULL PRIMARY KEY,
    tokens_per_second REAL NOT NULL,
    size_bytes INTEGER NOT NULL,
    device TEXT NOT NULL,
    measured_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE ollama_pulls (
    name TEXT NOT NULL PRIMARY KEY,
    completed INTEGER NOT NULL DEFAULT 0,
    total INTEGER,
    error TEXT,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];
