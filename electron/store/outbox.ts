import type { Clock } from "../chain/index.ts";
import type { LinkTier, Tier } from "../contract/index.ts";
import type { Database, Row } from "./database.ts";
import { StoreError } from "./errors.ts";
import { Presence } from "./presence.ts";

/** The tiers that an answer can have; `offline` is none. */
export type AnswerTier = Exclude<Tier, "offline">;

/**
 * `waiting` for its turn, `asking` while a process asks the chain again, `answered` when a better answer is stored and on
 * offer, `dropped` when it will not be asked again and the person has not read yet why.
 */
export type OutboxState = "waiting" | "asking" | "answered" | "dropped";

/** Why an entry was dropped without the person: the outbox was `full`, or a link `refused` the request itself. */
export type DropReason = "full" | "refused";

/** A question that waits for a better answer than it has. Times are ISO 8601. */
export interface OutboxEntry {
  id: string;
  conversation_id: string;
  question_id: string;
  /** The best tier that the request may have. */
  wanted: LinkTier;
  /** The tier of the best answer that there is; null when nothing answered. */
  answered: AnswerTier | null;
  local_only: boolean;
  /** Who allowed it: the setting `outbox.enabled`, or the person for this one question. */
  leave: "setting" | "person";
  state: OutboxState;
  /** How often the chain was asked again. */
  attempts: number;
  /** When it is asked next; says nothing unless it is `waiting`. */
  next_at: string;
  created_at: string;
  /** The better answer, once there is one: a variant beside the earlier answers of the question. */
  answer_id: string | null;
  dropped_because: DropReason | null;
  /** What the link said that refused. */
  detail: string | null;
}

export type NewOutboxEntry = Pick<
  OutboxEntry,
  "conversation_id" | "question_id" | "wanted" | "answered" | "local_only" | "leave"
> & {
  /** Milliseconds since the epoch. */
  nextAt: number;
};

export interface OutboxEntriesOptions {
  /** Opened with `storeMigrations`. It stays the caller's to close, after this. */
  database: Database;
  clock: Pick<Clock, "now">;
  /** A new id, unique everywhere, such as a UUID. */
  newId: () => string;
  /** How many entries may wait at once; beyond that the oldest are dropped. */
  max: number;
}

/** Which entries are meant: those that the person allowed one by one, or all. */
export type Leave = "person" | "any";

/**
 * The outbox on this machine: at most one entry a question, and at most one of them asked at a time among all processes that
 * use the file. Whoever claims an entry holds it until it ends it or dies; what dead processes held waits again. The entries
 * of a conversation go with it. Methods throw a StoreError: `not_found` for an unknown id, `unusable` when the file can't
 * be read or written.
 */
export class OutboxEntries implements Disposable {
  readonly #database: Database;
  readonly #presence: Presence;
  readonly #clock: Pick<Clock, "now">;
  readonly #newId: () => string;
  readonly #max: number;

  constructor({ database, clock, newId, max }: OutboxEntriesOptions) {
    this.#database = database;
    this.#presence = new Presence(database.path, newId());
    this.#clock = clock;
    this.#newId = newId;
    this.#max = max;
  }

  /** All entries, oldest first. */
  list(): OutboxEntry[] {
    this.#freeAbandoned();
    return this.#database.all("SELECT * FROM outbox ORDER BY seq").map(entryOf);
  }

  get(id: string): OutboxEntry {
    this.#freeAbandoned();
    const row = this.#database.get("SELECT * FROM outbox WHERE id = ?", id);
    if (row === null) throw new StoreError("not_found", `There is no entry "${id}" in the outbox.`);
    return entryOf(row);
  }

  ofQuestion(questionId: string): OutboxEntry | null {
    const row = this.#database.get("SELECT * FROM outbox WHERE question_id = ?", questionId);
    return row === null ? null : entryOf(row);
  }

  /**
   * Adds an entry, `waiting`. One that the question has already is brought up to date: while it is waiting or asking it keeps
   * its turn, else it starts anew. Local-only once is local-only for good. Entries beyond `max` are dropped as `full`.
   */
  put(entry: NewOutboxEntry): OutboxEntry {
    return this.#database.transaction(() => {
      this.#database.run(
        "DELETE FROM outbox WHERE question_id = ? AND state IN ('answered', 'dropped')",
        entry.question_id,
      );
      this.#database.run(
        `INSERT INTO outbox
           (id, conversation_id, question_id, wanted, answered, local_only, leave, state, next_at, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?)
         ON CONFLICT (question_id) DO UPDATE SET
           wanted = excluded.wanted, answered = excluded.answered,
           local_only = max(local_only, excluded.local_only),
           leave = CASE WHEN leave = 'person' THEN leave ELSE excluded.leave END`,
        this.#newId(),
        entry.conversation_id,
        entry.question_id,
        entry.wanted,
        entry.answered,
        entry.local_only ? 1 : 0,
        entry.leave,
        Math.round(entry.nextAt),
        this.#iso(),
      );
      this.#trim();
      return entryOf(this.#database.get("SELECT * FROM outbox WHERE question_id = ?", entry.question_id));
    });
  }

  /**
   * Takes the waiting entry that has been due longest, or null when none is due or any process asks already. The attempt
   * and its successor's time are written at once, so that a request which kills its process is not asked without end.
   * `nextAt` gives that time (milliseconds since the epoch) from the number of attempts, this one included.
   */
  claim(leave: Leave, nextAt: (attempts: number) => number): OutboxEntry | null {
    const dueAt = this.dueAt(leave);
    if (dueAt === null || dueAt > this.#clock.now()) return null;
    // Whoever claims has nothing else in hand: a claim of its own is one whose end could not be written.
    this.#free(this.#presence.token);
    const owner = this.#presence.claim();
    return this.#database.transaction(() => {
      const row = this.#database.get(
        `SELECT * FROM outbox
         WHERE state = 'waiting' AND next_at <= ? AND (leave = 'person' OR ? = 'any')
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'asking')
         ORDER BY next_at, seq LIMIT 1`,
        this.#clock.now(),
        leave,
      );
      if (row === null) return null;
      const { id, attempts } = entryOf(row);
      this.#database.run(
        "UPDATE outbox SET state = 'asking', owner = ?, attempts = ?, next_at = ? WHERE id = ?",
        owner,
        attempts + 1,
        Math.round(nextAt(attempts + 1)),
        id,
      );
      return entryOf(this.#database.get("SELECT * FROM outbox WHERE id = ?", id));
    });
  }

  /**
   * When the next entry is due, milliseconds since the epoch; null when none waits. One that this process holds counts: it is
   * asked for by whoever is about to claim, who has ended all else.
   */
  dueAt(leave: Leave): number | null {
    this.#freeAbandoned();
    const row = this.#database.get(
      `SELECT min(next_at) AS due FROM outbox
       WHERE (state = 'waiting' OR (state = 'asking' AND owner = ?)) AND (leave = 'person' OR ? = 'any')`,
      this.#presence.token,
      leave,
    );
    return row?.due == null ? null : Number(row.due);
  }

  /** Makes every waiting entry due now. */
  hasten(): void {
    const now = Math.round(this.#clock.now());
    this.#database.run("UPDATE outbox SET next_at = ? WHERE state = 'waiting' AND next_at > ?", now, now);
  }

  /** Ends a claim without a better answer; the entry waits for its next time. */
  postpone(id: string): void {
    this.#endClaim("state = 'waiting'", id);
  }

  /** Gives a claim back as if it had not been: asking was broken off. The entry is due at once. */
  release(id: string): void {
    const now = Math.round(this.#clock.now());
    this.#endClaim("state = 'waiting', attempts = attempts - 1, next_at = ?", id, now);
  }

  /** Ends a claim for good: asking again would be refused again. */
  refuse(id: string, detail: string): void {
    this.#endClaim("state = 'dropped', dropped_because = 'refused', detail = ?", id, detail.toWellFormed());
    this.#trim();
  }

  /**
   * Ends a claim with a better answer, which `store` stores and gives the id of: both happen or neither, wherever the process
   * dies. False, and `store` is not called, when the entry was removed in the meantime.
   */
  settle(id: string, tier: AnswerTier, store: () => string): boolean {
    return this.#database.transaction(() => {
      const held = this.#database.get(
        "SELECT id FROM outbox WHERE id = ? AND state = 'asking' AND owner = ?",
        id,
        this.#presence.token,
      );
      if (held === null) return false;
      this.#endClaim("state = 'answered', answered = ?, answer_id = ?", id, tier, store());
      this.#trim();
      return true;
    });
  }

  /** Lets an answered entry wait again, for a tier that is better still. */
  reopen(id: string, nextAt: number): void {
    this.#database.run(
      `UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?, answer_id = NULL
       WHERE id = ? AND state = 'answered'`,
      Math.round(nextAt),
      id,
    );
  }

  /** Whoever is asking it can't settle it any more. */
  remove(id: string): void {
    const removed = this.#database.run("DELETE FROM outbox WHERE id = ?", id);
    if (removed === 0) throw new StoreError("not_found", `There is no entry "${id}" in the outbox.`);
  }

  /** Gives up the sign that this process asks. What it holds then waits again. */
  [Symbol.dispose](): void {
    this.#presence[Symbol.dispose]();
  }

  /** `change` is fixed text; a claim that is not this process's, or not any more, stays as it is. */
  #endClaim(change: string, id: string, ...values: (string | number)[]): void {
    this.#database.run(
      `UPDATE outbox SET ${change}, owner = NULL WHERE id = ? AND state = 'asking' AND owner = ?`,
      ...values,
      id,
      this.#presence.token,
    );
  }

  #freeAbandoned(): void {
    for (const { owner } of this.#database.all("SELECT DISTINCT owner FROM outbox WHERE state = 'asking'")) {
      if (!this.#presence.isAlive(String(owner))) this.#free(String(owner));
    }
  }

  #free(owner: string): void {
    this.#database.run(
      "UPDATE outbox SET state = 'waiting', owner = NULL WHERE state = 'asking' AND owner = ?",
      owner,
    );
  }

  /** Drops what waits beyond `max`, and forgets the oldest of what ended and nobody has looked at. */
  #trim(): void {
    this.#database.run(
      `UPDATE outbox SET state = 'dropped', dropped_because = 'full'
       WHERE state = 'waiting'
         AND seq NOT IN (SELECT seq FROM outbox WHERE state = 'waiting' ORDER BY seq DESC LIMIT ?)`,
      this.#max,
    );
    this.#database.run(
      `DELETE FROM outbox
       WHERE state IN ('answered', 'dropped')
         AND seq NOT IN (SELECT seq FROM outbox WHERE state IN ('answered', 'dropped') ORDER BY seq DESC LIMIT ?)`,
      this.#max,
    );
  }

  #iso(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

function entryOf(row: Row | null): OutboxEntry {
  const { seq, owner, local_only, next_at, ...entry } = row as unknown as Row & { next_at: number };
  return {
    ...entry,
    local_only: local_only === 1,
    next_at: new Date(next_at).toISOString(),
  } as unknown as OutboxEntry;
}
