import type { OllamaState } from "../../electron/contract/index.ts";
import type { Client, Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

/** Ollama as the main process sees it, and the look for other servers; null until it was first read. */
export class LocalModel {
  readonly store: Store<OllamaState | null> = createStore<OllamaState | null>(null);
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Follows the state for as long as somebody looks at it; the function given back ends that. */
  watch(): () => void {
    return this.#connection.whenever((client, signal) => {
      this.#follow(client, signal).catch((error: unknown) => {
        if (!signal.aborted) console.error("Ollama's state could not be read:", error);
      });
    });
  }

  get ollama(): Client["ollama"] {
    return this.#connection.client.ollama;
  }

  get servers(): Client["servers"] {
    return this.#connection.client.servers;
  }

  async #follow(client: Client, signal: AbortSignal): Promise<void> {
    for await (const state of await client.ollama.watch(undefined, { signal })) this.store.set(state);
  }
}
