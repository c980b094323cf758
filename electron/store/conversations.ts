import type { Clock } from "../chain/index.ts";
import type { Conversation, Message, StoredMessage } from "../contract/index.ts";
import type { Database } from "./database.ts";
import { StoreError } from "./errors.ts";
import { historyOf } from "./history.ts";
import { type FinishedAnswer, MessageTable } from "./messages.ts";
import { Presence } from "./presence.ts";
import { titleOf } from "./title.ts";

export interface ConversationsOptions {
  /** Opened with `storeMigrations`. It stays the caller's to close, after this. */
  database: Database;
  clock: Pick<Clock, "now">;
  /** A new id, unique everywhere, such as a UUID. */
  newId: () => string;
}

/** A conversation with all its messages, in the order in which they were stored; variants of an answer included. */
export interface Thread {
  conversation: Conversation;
  messages: StoredMessage[];
}

/** A question as it was stored, and the answer that is about to be made. */
export interface Asked {
  conversation: Conversation;
  question: StoredMessage;
  answer: StoredMessage;
}

/**
 * The conversations on this machine. Every method is done, and safe from the death of the process, when it returns.
 * Several processes may use one file; an answer whose process died is `interrupted`, with what it had so far.
 * Methods throw a StoreError: `not_found` for an unknown id, `conflict` for a change of an answer that has ended,
 * `unusable` when the file can't be read or written, which says how to mend that.
 */
export class Conversations implements Disposable {
  readonly #database: Database;
  readonly #messages: MessageTable;
  readonly #presence: Presence;
  readonly #clock: Pick<Clock, "now">;
  readonly #newId: () => string;

  constructor({ database, clock, newId }: ConversationsOptions) {
    this.#database = database;
    this.#messages = new MessageTable(database);
    this.#presence = new Presence(database.path, newId());
    this.#clock = clock;
    this.#newId = newId;
    this.#presence.tidy();
    this.interruptAbandoned();
  }

  /** All conversations, the one that was last written to first. */
  list(): Conversation[] {
    return this.#database
      .all(`SELECT ${columns} FROM conversations ORDER BY updated_at DESC, seq DESC`)
      .map(conversationOf);
  }

  get(id: string): Thread {
    this.interruptAbandoned();
    return { conversation: this.#conversation(id), messages: this.#messages.ofConversation(id) };
  }

  message(id: string): StoredMessage {
    this.interruptAbandoned();
    return this.#messages.get(id);
  }

  /** Begins a conversation that is named after its first question; the question itself is added by `addQuestion`. */
  create(firstQuestion: string, localOnly = false): Conversation {
    const now = this.#now();
    const id = this.#newId();
    this.#database.run(
      "INSERT INTO conversations (id, title, created_at, updated_at, local_only) VALUES (?, ?, ?, ?, ?)",
      id,
      titleOf(firstQuestion).toWellFormed(),
      now,
      now,
      Number(localOnly),
    );
    return this.#conversation(id);
  }

  rename(id: string, title: string): Conversation {
    this.#database.run("UPDATE conversations SET title = ? WHERE id = ?", title.toWellFormed(), id);
    return this.#conversation(id);
  }

  /** Marks a conversation as local-only, or takes the mark away. What was asked already is not changed by it. */
  setLocalOnly(id: string, localOnly: boolean): Conversation {
    this.#database.run("UPDATE conversations SET local_only = ? WHERE id = ?", Number(localOnly), id);
    return this.#conversation(id);
  }

  /** Whether a conversation is marked local-only. Throws a StoreError `not_found`: nobody may take a lost mark for none. */
  isLocalOnly(id: string): boolean {
    return this.#conversation(id).local_only;
  }

  /** Removes a conversation with all its messages. An answer that is being made in it can't be appended to any more. */
  remove(id: string): void {
    const removed = this.#database.run("DELETE FROM conversations WHERE id = ?", id);
    if (removed === 0) throw noConversation(id);
  }

  addQuestion(conversationId: string, text: string): StoredMessage {
    return this.#database.transaction(() => {
      this.#touch(conversationId);
      return this.#messages.insert({
        id: this.#newId(),
        conversation_id: conversationId,
        role: "user",
        text,
        state: "complete",
        created_at: this.#now(),
        answers: null,
        owner: null,
      });
    });
  }

  /** Begins an answer, in the state `streaming`. Earlier answers to the same question are kept as variants. */
  beginAnswer(questionId: string): StoredMessage {
    const owner = this.#presence.claim();
    return this.#database.transaction(() => {
      const question = this.#question(questionId);
      this.#touch(question.conversation_id);
      return this.#messages.insert({
        id: this.#newId(),
        conversation_id: question.conversation_id,
        role: "assistant",
        text: "",
        state: "streaming",
        created_at: this.#now(),
        answers: questionId,
        owner,
      });
    });
  }

  /** Stores a question and begins its answer, both or neither. A null conversation begins a new one, local-only if so asked. */
  ask(conversationId: string | null, text: string, localOnly = false): Asked {
    return this.#database.transaction(() => {
      const id = conversationId ?? this.create(text, localOnly).id;
      const question = this.addQuestion(id, text);
      const answer = this.beginAnswer(question.id);
      return { conversation: this.#conversation(id), question, answer };
    });
  }

  /** Adds a delta to a streaming answer. Call it before the delta is shown: what was shown is then never lost. */
  append(messageId: string, text: string): void {
    this.#messages.append(messageId, text);
  }

  /** Voids the text of a streaming answer, which starts again from nothing. The voided text is not kept. */
  retract(messageId: string): void {
    this.#messages.clear(messageId);
  }

  /**
   * Keeps one of the answers to a question in view, and in what models are told of it; null the newest. Throws a StoreError
   * `not_found` for an answer to another question.
   */
  keep(questionId: string, answerId: string | null): StoredMessage {
    return this.#database.transaction(() => {
      this.#question(questionId);
      if (answerId !== null && this.#messages.get(answerId).answers !== questionId)
        throw new StoreError("not_found", `"${answerId}" is no answer to the question "${questionId}".`);
      this.#messages.keep(questionId, answerId);
      return this.#messages.get(questionId);
    });
  }

  /** Ends a streaming answer. Throws a StoreError `invalid`, and changes nothing, when the receipt is not one. */
  finish(messageId: string, end: FinishedAnswer): StoredMessage {
    return this.#database.transaction(() => {
      const message = this.#messages.finish(messageId, end);
      this.#touch(message.conversation_id);
      return message;
    });
  }

  /** What a model is told to answer a question: the conversation up to it, the question last; see `historyOf`. */
  history(conversationId: string, upToQuestionId: string): Message[] {
    const { messages } = this.get(conversationId);
    if (this.#question(upToQuestionId).conversation_id !== conversationId) throw noQuestion(upToQuestionId);
    return historyOf(messages, upToQuestionId);
  }

  /** Marks the answers of dead processes as `interrupted`. Done on opening and on every reading of messages. */
  interruptAbandoned(): void {
    for (const owner of this.#messages.owners()) {
      if (this.#presence.isAlive(owner)) continue;
      this.#database.transaction(() => {
        for (const id of this.#messages.streamingOf(owner)) {
          this.#messages.finish(id, { state: "interrupted", receipt: null });
        }
      });
    }
  }

  /** Gives up the sign that this process makes answers. Those that are not finished then count as interrupted. */
  [Symbol.dispose](): void {
    this.#presence[Symbol.dispose]();
  }

  #conversation(id: string): Conversation {
    const row = this.#database.get(`SELECT ${columns} FROM conversations WHERE id = ?`, id);
    if (row === null) throw noConversation(id);
    return conversationOf(row);
  }

  #question(id: string): StoredMessage {
    const question = this.#messages.get(id);
    if (question.role !== "user") throw noQuestion(id);
    return question;
  }

  #touch(id: string): void {
    const touched = this.#database.run(
      "UPDATE conversations SET updated_at = ? WHERE id = ?",
      this.#now(),
      id,
    );
    if (touched === 0) throw noConversation(id);
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

const columns = "id, title, created_at, updated_at, local_only";

function conversationOf(row: Record<string, unknown>): Conversation {
  return { ...row, local_only: row.local_only === 1 } as Conversation;
}

function noConversation(id: string): StoreError {
  return new StoreError("not_found", `There is no conversation "${id}".`);
}

function noQuestion(id: string): StoreError {
  return new StoreError("not_found", `There is no question "${id}" in this conversation.`);
}
