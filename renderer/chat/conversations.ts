import type { Conversation } from "../../electron/contract/index.ts";
import type { Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

export interface ConversationsState {
  /** False until the first list came. */
  loaded: boolean;
  /** Newest first. */
  list: readonly Conversation[];
}

const newestFirst = (a: Conversation, b: Conversation) => b.updated_at.localeCompare(a.updated_at);

/** The side list's conversations, as the main process has them. */
export class Conversations {
  readonly store: Store<ConversationsState> = createStore<ConversationsState>({ loaded: false, list: [] });
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.whenever((_client, signal) => {
      this.refresh().catch((error: unknown) => {
        if (!signal.aborted) console.error("The conversations could not be read:", error);
      });
    });
  }

  async refresh(): Promise<void> {
    const list = await this.#connection.client.conversations.list();
    this.store.set({ loaded: true, list: list.toSorted(newestFirst) });
  }

  /** Shows a conversation that was just made or changed, without asking for the whole list. */
  put(conversation: Conversation): void {
    this.store.set(({ loaded, list }) => ({
      loaded,
      list: [conversation, ...list.filter((one) => one.id !== conversation.id)].toSorted(newestFirst),
    }));
  }

  async rename(id: string, title: string): Promise<void> {
    this.put(await this.#connection.client.conversations.rename({ id, title }));
  }

  /** Says whether anything of a conversation may leave this machine from now on. */
  async setLocalOnly(id: string, localOnly: boolean): Promise<void> {
    this.put(await this.#connection.client.conversations.setLocalOnly({ id, local_only: localOnly }));
  }

  async remove(id: string): Promise<void> {
    await this.#connection.client.conversations.remove({ id });
    this.store.set(({ loaded, list }) => ({ loaded, list: list.filter((one) => one.id !== id) }));
  }
}
