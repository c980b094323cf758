import type { GatewayInfo } from "../../electron/contract/index.ts";
import type { Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

/** The gateway as the settings show it; null until it was first read. */
export class GatewayModel {
  readonly store: Store<GatewayInfo | null> = createStore<GatewayInfo | null>(null);
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async refresh(): Promise<void> {
    this.store.set(await this.#connection.client.gateway.info());
  }

  async set(enabled: boolean, port: number): Promise<void> {
    this.store.set(await this.#connection.client.gateway.set({ enabled, port }));
  }

  async token(): Promise<string> {
    return (await this.#connection.client.gateway.token()).token;
  }

  /** Another token from now on; null makes one up. */
  async setToken(token: string | null): Promise<void> {
    this.store.set(await this.#connection.client.gateway.setToken({ token }));
  }
}
