import type { Notice, OutboxItem } from "../contract/index.ts";
import type { Conversations, OutboxEntry } from "../store/index.ts";
import type { Outbox } from "./outbox.ts";

/** The outbox as the page sees it: each entry with the words of its question. */
export class OutboxItems {
  readonly #outbox: Outbox;
  readonly #conversations: Pick<Conversations, "message">;
  readonly #noticeOf: (entry: OutboxEntry) => Notice;

  constructor(
    outbox: Outbox,
    conversations: Pick<Conversations, "message">,
    noticeOf: (entry: OutboxEntry) => Notice,
  ) {
    this.#outbox = outbox;
    this.#conversations = conversations;
    this.#noticeOf = noticeOf;
  }

  list(): OutboxItem[] {
    return this.#outbox.list().map((entry) => this.#itemOf(entry));
  }

  /** How many wait, and for how many a better answer is ready. */
  count(): { waiting: number; ready: number } {
    const states = this.#outbox.list().map(({ state }) => state);
    const ready = states.filter((state) => state === "answered").length;
    return { waiting: states.filter((state) => state === "waiting" || state === "asking").length, ready };
  }

  /** Puts a question in, with the person's leave for this one. */
  add(questionId: string): OutboxItem[] {
    this.#outbox.add(questionId);
    return this.list();
  }

  accept(id: string): OutboxItem[] {
    this.#outbox.accept(id);
    return this.list();
  }

  drop(id: string): OutboxItem[] {
    this.#outbox.drop(id);
    return this.list();
  }

  /** A conversation was removed, and its entries with it. */
  conversationRemoved(id: string): void {
    this.#outbox.conversationRemoved(id);
  }

  retryNow(): OutboxItem[] {
    this.#outbox.retryNow();
    return this.list();
  }

  #itemOf({ leave, ...entry }: OutboxEntry): OutboxItem {
    const question = this.#conversations.message(entry.question_id).text;
    return { ...entry, question, notice: this.#noticeOf({ leave, ...entry }) };
  }
}
