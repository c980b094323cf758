import type { Level, Status } from "../../electron/contract/index.ts";
import type { Client, Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

/** How long to wait before the status is watched again that ended while the connection stands, milliseconds. */
const watchAgainMs = 2_000;

/** The status of the chain, as the main process tells it; null until it first did. */
export class StatusModel {
  readonly store: Store<Status | null> = createStore<Status | null>(null);

  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.whenever((client, signal) => void this.#watch(client, signal));
  }

  /** Sets the best level that may be used. */
  async setLevel(level: Level): Promise<void> {
    this.store.set(await this.#connection.client.level.set({ level }));
  }

  async #watch(client: Client, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const status of await client.status.watch(undefined, { signal })) this.store.set(status);
      } catch (error) {
        if (!signal.aborted) console.error("The status could not be watched:", error);
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, watchAgainMs));
    }
  }
}
