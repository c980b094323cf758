import { createStore, type Store } from "../state/store.ts";
import type { Client, OpenTransport } from "./transport.ts";

/** How the page stands with the main process. */
export type ConnectionState =
  | { phase: "connecting" }
  | { phase: "ready"; client: Client }
  /** `failures` counts the tries since the way was lost. */
  | { phase: "reconnecting"; failures: number };

/** What the connection needs from the world, so that tests can turn it. */
export interface ConnectionParts {
  open: OpenTransport;
  random: () => number;
  /** Calls `then` once after `ms`; the function given back takes that back. */
  after: (ms: number, then: () => void) => () => void;
}

const firstDelayMs = 250;
const longestDelayMs = 8_000;
const openLimitMs = 10_000;

/** Thrown when something is asked of the main process while it can't be reached. */
export class NotConnected extends Error {
  override readonly name = "NotConnected";
  constructor() {
    super("Holdfast can't be reached at the moment. Nothing was lost; try again when it is back.");
  }
}

/** Delay before try number `failures + 1`, milliseconds: exponential, with the upper half random. */
export function reconnectDelayMs(failures: number, random: () => number): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** failures);
  return full / 2 + (full / 2) * random();
}

/** Keeps one way to the main process open, for as long as the page lives. */
export class Connection {
  readonly state: Store<ConnectionState> = createStore<ConnectionState>({ phase: "connecting" });
  readonly #parts: ConnectionParts;
  #wake: (() => void) | null = null;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** The client of the open way; throws `NotConnected` when there is none. */
  get client(): Client {
    const state = this.state.get();
    if (state.phase !== "ready") throw new NotConnected();
    return state.client;
  }

  /** Connects, and connects again whenever the way is lost. Never returns. */
  async run(): Promise<never> {
    let failures = 0;
    for (;;) {
      try {
        const transport = await this.#openInTime();
        failures = 0;
        this.state.set({ phase: "ready", client: transport.client });
        await transport.closed;
      } catch {
        failures += 1;
      }
      this.state.set({ phase: "reconnecting", failures });
      await this.#pause(reconnectDelayMs(failures, this.#parts.random));
    }
  }

  /** Tries at once instead of when the back-off says so. */
  retryNow(): void {
    this.#wake?.();
  }

  /**
   * Runs `use` now and with every later client, each time the way is opened. Its signal aborts when the way is lost.
   * Gives back what ends it.
   */
  whenever(use: (client: Client, signal: AbortSignal) => void): () => void {
    let current: { client: Client; stop: AbortController } | null = null;
    const look = () => {
      const state = this.state.get();
      const client = state.phase === "ready" ? state.client : null;
      if (client === (current?.client ?? null)) return;
      current?.stop.abort();
      current = client === null ? null : { client, stop: new AbortController() };
      if (current !== null) use(current.client, current.stop.signal);
    };
    const end = this.state.subscribe(look);
    look();
    return () => {
      end();
      current?.stop.abort();
    };
  }

  async #openInTime() {
    const limit = new AbortController();
    const cancel = this.#parts.after(openLimitMs, () => limit.abort());
    try {
      return await this.#parts.open(limit.signal);
    } finally {
      cancel();
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
