import { type Receipt, receipt, type StoredMessage } from "../contract/index.ts";
import type { Database } from "./database.ts";
import { StoreError } from "./errors.ts";

/** A row of `messages`. */
interface MessageRow {
  seq: number;
  id: string;
  conversation_id: string;
  role: StoredMessage["role"];
  text: string;
  state: StoredMessage["state"];
  created_at: string;
  answers: string | null;
  receipt: string | null;
  owner: string | null;
  kept: string | null;
}

export type NewMessage = Omit<MessageRow, "seq" | "receipt" | "kept">;

/** How an answer ends. */
export interface FinishedAnswer {
  /** The whole answer; left out, it is what was appended. */
  text?: string;
  state: Exclude<StoredMessage["state"], "streaming">;
  receipt: Receipt | null;
}

/** Reads and writes rows of `messages` and `answer_deltas`; what they mean is the business of `Conversations`. */
export class MessageTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(message: NewMessage): StoredMessage {
    const { id, conversation_id, role, text, state, created_at, answers, owner } = message;
    this.#database.run(
      `INSERT INTO messages (id, conversation_id, role, text, state, created_at, answers, owner)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      conversation_id,
      role,
      text.toWellFormed(),
      state,
      created_at,
      answers,
      owner,
    );
    return this.get(id);
  }

  /** Throws a StoreError `not_found`. */
  get(id: string): StoredMessage {
    const row = this.#row(id);
    if (row === null) throw new StoreError("not_found", `There is no message "${id}".`);
    return this.#stored(row);
  }

  ofConversation(conversationId: string): StoredMessage[] {
    return this.#database
      .all("SELECT * FROM messages WHERE conversation_id = ? ORDER BY seq", conversationId)
      .map((row) => this.#stored(row as unknown as MessageRow));
  }

  /** Adds a delta to a streaming answer, at a cost that does not grow with the answer. */
  append(id: string, text: string): void {
    const changes = this.#database.run(
      `INSERT INTO answer_deltas (message, n, json)
       SELECT seq, coalesce((SELECT max(n) FROM answer_deltas WHERE message = seq), 0) + 1, ?
       FROM messages WHERE id = ? AND state = 'streaming'`,
      JSON.stringify(text),
      id,
    );
    if (changes === 0) this.#refuse(id);
  }

  /** Takes away what was appended to a streaming answer. */
  clear(id: string): void {
    const row = this.#row(id);
    if (row?.state !== "streaming") this.#refuse(id);
    else this.#removeDeltas(row.seq);
  }

  /** Notes which answer to a question is kept in view; null the newest. */
  keep(questionId: string, answerId: string | null): void {
    this.#database.run("UPDATE messages SET kept = ? WHERE id = ?", answerId, questionId);
  }

  finish(id: string, end: FinishedAnswer): StoredMessage {
    const checked = end.receipt === null ? null : receipt.safeParse(end.receipt);
    if (checked?.success === false) {
      throw new StoreError("invalid", `The receipt of message "${id}" is not one: ${checked.error.message}`);
    }
    return this.#database.transaction(() => {
      const row = this.#row(id);
      if (row?.state !== "streaming") return this.#refuse(id);
      this.#database.run(
        "UPDATE messages SET text = ?, state = ?, receipt = ?, owner = NULL WHERE seq = ?",
        (end.text ?? this.#appended(row.seq)).toWellFormed(),
        end.state,
        checked === null ? null : JSON.stringify(checked.data),
        row.seq,
      );
      this.#removeDeltas(row.seq);
      return this.get(id);
    });
  }

  /** The presences that are said to be making an answer now. */
  owners(): string[] {
    return this.#database
      .all("SELECT DISTINCT owner FROM messages WHERE state = 'streaming'")
      .map((row) => String(row.owner));
  }

  streamingOf(owner: string): string[] {
    return this.#database
      .all("SELECT id FROM messages WHERE state = 'streaming' AND owner = ?", owner)
      .map((row) => String(row.id));
  }

  #row(id: string): MessageRow | null {
    return this.#database.get("SELECT * FROM messages WHERE id = ?", id) as MessageRow | null;
  }

  #stored(row: MessageRow): StoredMessage {
    const { id, conversation_id, role, state, created_at, answers, kept } = row;
    const text = state === "streaming" ? this.#appended(row.seq) : row.text;
    return {
      id,
      conversation_id,
      role,
      text,
      state,
      created_at,
      answers,
      receipt: parseReceipt(row.receipt),
      ...(kept !== null && { kept }),
    };
  }

  #appended(seq: number): string {
    return this.#database
      .all("SELECT json FROM answer_deltas WHERE message = ? ORDER BY n", seq)
      .map((row) => JSON.parse(String(row.json)) as string)
      .join("");
  }

  #removeDeltas(seq: number): void {
    this.#database.run("DELETE FROM answer_deltas WHERE message = ?", seq);
  }

  #refuse(id: string): never {
    const { state, role } = this.get(id);
    const what = role === "user" ? "a question" : `an answer that is ${state}`;
    throw new StoreError("conflict", `Message "${id}" is ${what}, so its text can't be changed any more.`);
  }
}

/** A receipt as it was stored, perhaps by an older version; one that is not understood any more is shown as none. */
function parseReceipt(json: string | null): Receipt | null {
  if (json === null) return null;
  try {
    return receipt.safeParse(JSON.parse(json)).data ?? null;
  } catch {
    return null;
  }
}
