/**
 * The steps of the schema of `holdfast.db`, oldest first; only ever append. `messages.seq` is the order in which
 * messages were stored. `messages.owner` is the presence of the process that is making a streaming answer. The text of
 * such an answer stands in `answer_deltas` (each a JSON string, since a delta may end in half of a surrogate pair,
 * which SQLite's UTF-8 can't hold) and moves into its message when it is finished.
 */
export const storeMigrations: readonly string[] = [
  `
  CREATE TABLE conversations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX conversations_latest ON conversations (updated_at DESC, seq DESC);

  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('streaming', 'complete', 'stopped', 'interrupted', 'failed')),
    created_at TEXT NOT NULL,
    answers TEXT REFERENCES messages (id) ON DELETE CASCADE,
    receipt TEXT,
    owner TEXT,
    CHECK ((role = 'assistant') = (answers IS NOT NULL)),
    CHECK ((state = 'streaming') = (owner IS NOT NULL))
  ) STRICT;
  CREATE INDEX messages_of_conversation ON messages (conversation_id, seq);
  CREATE INDEX messages_of_question ON messages (answers);
  CREATE INDEX messages_streaming ON messages (owner) WHERE state = 'streaming';

  CREATE TABLE answer_deltas (
    message INTEGER NOT NULL REFERENCES messages (seq) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (message, n)
  ) STRICT, WITHOUT ROWID;
  `,
];
