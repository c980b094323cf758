/**
 * The steps of the schema of `holdfast.db`, oldest first; only ever append. `messages.seq` is the order in which
 * messages were stored. `messages.owner` is the presence of the process that is making a streaming answer. The text of
 * such an answer stands in `answer_deltas` (each a JSON string, since a delta may end in half of a surrogate pair,
 * which SQLite's UTF-8 can't hold) and moves into its message when it is finished.
 *
 * `messages.kept` is the answer that the person decided to keep in view, where a question has several.
 *
 * `outbox.owner` is the presence of the process that is asking again; `next_at` is milliseconds since the epoch.
 * `spend.month` is `YYYY-MM` where the person is. Money is kept in billionths of a USD, so that sums are exact.
 * `states.json` is what a part of the program keeps of itself; its version and its schema are that part's own.
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
  `
  CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    wanted TEXT NOT NULL CHECK (wanted IN ('cloud', 'backup', 'local')),
    answered TEXT CHECK (answered IN ('cloud', 'backup', 'local', 'cache')),
    local_only INTEGER NOT NULL CHECK (local_only IN (0, 1)),
    leave TEXT NOT NULL CHECK (leave IN ('setting', 'person')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'asking', 'answered', 'dropped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    answer_id TEXT REFERENCES messages (id) ON DELETE SET NULL,
    dropped_because TEXT CHECK (dropped_because IN ('full', 'refused')),
    detail TEXT,
    owner TEXT,
    CHECK ((state = 'asking') = (owner IS NOT NULL)),
    CHECK ((state = 'dropped') = (dropped_because IS NOT NULL))
  ) STRICT;
  CREATE INDEX outbox_of_conversation ON outbox (conversation_id);
  CREATE INDEX outbox_of_answer ON outbox (answer_id);
  CREATE INDEX outbox_open ON outbox (state, next_at, seq);

  CREATE TABLE spend (
    month TEXT NOT NULL,
    link TEXT NOT NULL,
    nano_usd INTEGER NOT NULL,
    estimated_nano_usd INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    unpriced_attempts INTEGER NOT NULL,
    PRIMARY KEY (month, link)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE states (
    key TEXT NOT NULL PRIMARY KEY,
    json TEXT NOT NULL,
    saved_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE conversations ADD COLUMN local_only INTEGER NOT NULL DEFAULT 0 CHECK (local_only IN (0, 1));
  `,
  `
  ALTER TABLE messages ADD COLUMN kept TEXT REFERENCES messages (id) ON DELETE SET NULL;
  `,
  // Without it each deleted message has all others looked through.
  "CREATE INDEX messages_kept ON messages (kept) WHERE kept IS NOT NULL",
];
