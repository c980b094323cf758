import type { DrillReport, DrillStart, DrillsState } from "../../electron/contract/index.ts";
import type { Client, Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

/** How long to wait before the state is watched again, when that ended while the connection stands, milliseconds. */
const watchAgainMs = 2_000;

/** Drills as the main process tells them; null until it first did. */
export class DrillsModel {
  readonly store: Store<DrillsState | null> = createStore<DrillsState | null>(null);
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.whenever((client, signal) => void this.#watch(client, signal));
  }

  async start(input: DrillStart): Promise<void> {
    await this.#connection.client.drills.start(input);
  }

  async stop(): Promise<void> {
    await this.#connection.client.drills.stop();
  }

  report(id: string): Promise<DrillReport> {
    return this.#connection.client.drills.report({ id });
  }

  /** The report as one HTML file. */
  async page(id: string): Promise<string> {
    return (await this.#connection.client.drills.page({ id })).html;
  }

  async #watch(client: Client, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const state of await client.drills.watch(undefined, { signal })) this.store.set(state);
      } catch (error) {
        if (!signal.aborted) console.error("The drills could not be watched:", error);
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, watchAgainMs));
    }
  }
}
