import type { AddedModel, ModelsState } from "../../electron/contract/index.ts";
import type { Client, Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";
import { LocalModel } from "./local-model.ts";

/** The models of this machine as the main process has them; null until they were first read. */
export class ModelsModel {
  readonly store: Store<ModelsState | null> = createStore<ModelsState | null>(null);
  /** Ollama, and other servers on this machine. */
  readonly local: LocalModel;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.local = new LocalModel(connection);
  }

  /** Follows the state for as long as somebody looks at it; the function given back ends that. */
  watch(): () => void {
    return this.#connection.whenever((client, signal) => {
      this.#follow(client, signal).catch((error: unknown) => {
        if (!signal.aborted) console.error("The models could not be read:", error);
      });
    });
  }

  get calls(): Client["models"] {
    return this.#connection.client.models;
  }

  add(reference: string): Promise<AddedModel> {
    return this.calls.add({ reference });
  }

  async #follow(client: Client, signal: AbortSignal): Promise<void> {
    for await (const state of await client.models.watch(undefined, { signal })) this.store.set(state);
  }
}
