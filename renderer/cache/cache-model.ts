import type {
  CacheEmbedder,
  CacheEntry,
  CacheLookupRecord,
  CachePurge,
  CacheStats,
  EmbedderTry,
} from "../../electron/contract/index.ts";
import type { Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

/** The cache as the page shows it; `stats` is null until it was first read. */
export interface CacheState {
  stats: CacheStats | null;
  entries: readonly CacheEntry[];
  /** How many entries fit the search, shown or not. */
  total: number;
  lookups: readonly CacheLookupRecord[];
  search: string;
}

const pageSize = 50;

/** What is in the cache, and what the person does with it. */
export class CacheModel {
  readonly store: Store<CacheState> = createStore<CacheState>({
    stats: null,
    entries: [],
    total: 0,
    lookups: [],
    search: "",
  });
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async refresh(): Promise<void> {
    const { cache } = this.#connection.client;
    const { search, entries: shown } = this.store.get();
    const limit = Math.min(Math.max(shown.length, pageSize), 1_000);
    const [stats, list, lookups] = await Promise.all([
      cache.stats(),
      cache.list({ limit, offset: 0, ...(search !== "" && { search }) }),
      cache.lookups(),
    ]);
    // A search that was typed meanwhile is read by its own call.
    if (this.store.get().search === search) this.store.set((now) => ({ ...now, stats, ...list, lookups }));
  }

  /** Reads the numbers only. */
  async readStats(): Promise<void> {
    const stats = await this.#connection.client.cache.stats();
    this.store.set((now) => ({ ...now, stats }));
  }

  /** Embeds one sentence; undefined is the embedder that ships with the program. Throws what it says when it can't. */
  tryEmbedder(embedder: CacheEmbedder | undefined): Promise<EmbedderTry> {
    return this.#connection.client.cache.tryEmbedder({ embedder: embedder ?? null });
  }

  async search(search: string): Promise<void> {
    this.store.set((now) => ({ ...now, search, entries: [] }));
    await this.refresh();
  }

  async more(): Promise<void> {
    const { search, entries } = this.store.get();
    const next = await this.#connection.client.cache.list({
      limit: pageSize,
      offset: entries.length,
      ...(search !== "" && { search }),
    });
    this.store.set((now) => ({ ...now, entries: [...now.entries, ...next.entries], total: next.total }));
  }

  async pin(id: string, pinned: boolean): Promise<void> {
    await this.#connection.client.cache.pin({ id, pinned });
    await this.refresh();
  }

  async remove(id: string): Promise<void> {
    await this.#connection.client.cache.remove({ id });
    await this.refresh();
  }

  /** Gives how many entries went. */
  async purge(what: CachePurge): Promise<number> {
    const { removed } = await this.#connection.client.cache.purge(what);
    await this.refresh();
    return removed;
  }

  lookup(id: string): Promise<CacheLookupRecord | null> {
    return this.#connection.client.cache.lookup({ id });
  }

  async say(lookup: string, same: boolean): Promise<void> {
    await this.#connection.client.cache.say({ lookup, same });
  }

  async isMarked(conversation: string, message: string): Promise<boolean> {
    return (await this.#connection.client.cache.marked({ conversation_id: conversation })).includes(message);
  }

  async markDown(message: string, down: boolean): Promise<void> {
    await this.#connection.client.cache.markDown({ message_id: message, down });
  }
}
