import type { OutboxItem, Status, StoredMessage } from "../../electron/contract/index.ts";
import type { Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

/** The answer that the person has, null when there is none any more, and the better one. */
export interface OfferedAnswers {
  old: StoredMessage | null;
  better: StoredMessage;
}

/** Thrown when a question was not put in: no tier of the chain could answer it better than it was answered. */
export class NothingBetter extends Error {
  override readonly name = "NothingBetter";
  constructor() {
    super("No link of the chain could answer it better. Add one in the settings, then try again.");
  }
}

/** The outbox, as the main process has it; null until it was first read. */
export class OutboxModel {
  readonly store: Store<readonly OutboxItem[] | null> = createStore<readonly OutboxItem[] | null>(null);
  readonly #connection: Connection;

  /** `status` says when the outbox has changed. */
  constructor(connection: Connection, status: Store<Status | null>) {
    this.#connection = connection;
    const look = () =>
      this.refresh().catch((error: unknown) => {
        if (connection.state.get().phase === "ready") console.error("The outbox could not be read:", error);
      });
    connection.whenever(() => void look());
    let seen = status.get()?.outbox;
    status.subscribe(() => {
      const now = status.get()?.outbox;
      if (now?.waiting === seen?.waiting && now?.ready === seen?.ready) return;
      seen = now;
      void look();
    });
  }

  async refresh(): Promise<void> {
    this.store.set(await this.#connection.client.outbox.list());
  }

  /** Puts a question in. Throws NothingBetter when the main process sees no use in that. */
  async add(question: string): Promise<void> {
    const items = await this.#connection.client.outbox.add({ question_id: question });
    this.store.set(items);
    if (!items.some((item) => item.question_id === question)) throw new NothingBetter();
  }

  /** Ends the offer of a better answer; both answers are kept. */
  async accept(id: string): Promise<void> {
    this.store.set(await this.#connection.client.outbox.accept({ id }));
  }

  async drop(id: string): Promise<void> {
    this.store.set(await this.#connection.client.outbox.drop({ id }));
  }

  async retryNow(): Promise<void> {
    this.store.set(await this.#connection.client.outbox.retryNow());
  }

  /** Both answers to a question whose better answer is ready. */
  async answersOf(item: OutboxItem): Promise<OfferedAnswers> {
    const { messages } = await this.#connection.client.conversations.get({ id: item.conversation_id });
    const answers = messages.filter((one) => one.answers === item.question_id && one.state !== "streaming");
    const better = answers.find((one) => one.id === item.answer_id);
    if (better === undefined) throw new Error("The better answer is no longer there.");
    return { old: answers.findLast((one) => one !== better) ?? null, better };
  }
}
