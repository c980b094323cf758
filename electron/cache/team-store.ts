import type { Clock } from "../chain/index.ts";
import type {
  Entry,
  EntryKey,
  EntryStore,
  Listing,
  NearestQuery,
  Neighbour,
  NewEntry,
  Purge,
  StoreStats,
} from "./entry.ts";
import type { Outgoing, Write } from "./outgoing.ts";

export interface TeamStoreParts {
  /** The team's store, which may be away. */
  team: EntryStore;
  /** The store on this machine: has all that was written here, and serves while the team's is away. */
  local: EntryStore;
  /** What waits to be written to the team's store, kept across restarts. */
  outgoing: Outgoing;
  clock: Pick<Clock, "after" | "monotonic">;
}

/** How long the team's store is left alone after it was away, milliseconds. */
const restMs = 15_000;

/**
 * The team's store, with this machine's own beside it. Every write goes to the local store first and then waits in a queue
 * until the team's store has it, in order; every reading asks the team's store while it is there, and the local one else.
 */
export class TeamStore implements EntryStore {
  readonly #parts: TeamStoreParts;
  /** Why the team's store is away, and until when nobody asks it. */
  #away: { reason: string; until: number } | null = null;
  #sending: Promise<void> | null = null;
  #cancelRetry = () => {};
  #closed = false;

  constructor(parts: TeamStoreParts) {
    this.#parts = parts;
    if (parts.outgoing.count() > 0) void this.#send();
  }

  /** Why the team's store does not serve now; null while it does. */
  get trouble(): string | null {
    return (
      this.#away &&
      `The team store can't be reached (${this.#away.reason}): this machine's own entries serve.`
    );
  }

  get waiting(): number {
    return this.#parts.outgoing.count();
  }

  async get(id: string): Promise<Entry | null> {
    return (await this.#read((store) => store.get(id))) ?? (await this.#parts.local.get(id));
  }

  /** The team's entry, or else this machine's: what waits to be sent is found too. */
  async find(key: EntryKey): Promise<Entry | null> {
    return (await this.#read((store) => store.find(key))) ?? (await this.#parts.local.find(key));
  }

  async nearest(query: NearestQuery): Promise<Neighbour[]> {
    const [shared, own] = await Promise.all([
      this.#read((store) => store.nearest(query)),
      this.#parts.local.nearest(query),
    ]);
    const questions = new Set(shared?.map(({ entry }) => entry.question));
    const all = [...(shared ?? []), ...own.filter(({ entry }) => !questions.has(entry.question))];
    return all.sort((a, b) => b.similarity - a.similarity).slice(0, query.limit);
  }

  async put(entry: NewEntry): Promise<void> {
    await this.#write({ do: "put", entry: { ...entry, conversation: null } }, () =>
      this.#parts.local.put(entry),
    );
  }

  async remove({ fingerprint, question }: EntryKey): Promise<void> {
    const key = { fingerprint, question };
    await this.#write({ do: "remove", key }, () => this.#parts.local.remove(key));
  }

  async pin({ fingerprint, question }: EntryKey, pinned: boolean): Promise<void> {
    const key = { fingerprint, question };
    await this.#write({ do: "pin", key, pinned }, () => this.#parts.local.pin(key, pinned));
  }

  async used({ fingerprint, question }: EntryKey, at: number): Promise<void> {
    const key = { fingerprint, question };
    await this.#write({ do: "used", key, at }, () => this.#parts.local.used(key, at));
  }

  /** A conversation's entries are known to this machine only. */
  async list(listing: Listing): Promise<{ entries: Entry[]; total: number }> {
    if (listing.conversation !== undefined) return this.#parts.local.list(listing);
    return (await this.#read((store) => store.list(listing))) ?? (await this.#parts.local.list(listing));
  }

  /** Entries of a conversation are removed from the team's store one by one, since it knows no conversations. */
  async purge(what: Purge): Promise<number> {
    const { local } = this.#parts;
    if (what.conversation === undefined) {
      return await this.#write({ do: "purge", what }, () => local.purge(what));
    }
    const { entries } = await local.list({ conversation: what.conversation, limit: 1_000_000, offset: 0 });
    for (const { fingerprint, question, pinned } of entries) {
      if (!pinned || what.pinned) await this.remove({ fingerprint, question });
    }
    return entries.length;
  }

  async stats(embedder: string): Promise<StoreStats> {
    return (await this.#read((store) => store.stats(embedder))) ?? (await this.#parts.local.stats(embedder));
  }

  /** Of both stores: ids of the team's entries are marked, so that `embed` knows where they belong. */
  async unembedded(embedder: string, limit: number): Promise<{ id: string; text: string }[]> {
    const own = await this.#parts.local.unembedded(embedder, limit);
    if (own.length > 0) return own.map(({ id, text }) => ({ id: `local ${id}`, text }));
    const shared = (await this.#read((store) => store.unembedded(embedder, limit))) ?? [];
    return shared.map(({ id, text }) => ({ id: `team ${id}`, text }));
  }

  async embed(embedder: string, vectors: readonly { id: string; vector: Float32Array }[]): Promise<void> {
    const of = (mark: string) =>
      vectors
        .filter(({ id }) => id.startsWith(`${mark} `))
        .map(({ id, vector }) => ({ id: id.slice(mark.length + 1), vector }));
    await this.#parts.local.embed(embedder, of("local"));
    const shared = of("team");
    if (shared.length > 0) await this.#read((store) => store.embed(embedder, shared));
  }

  /** Resolves when nothing is being sent. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    await this.#sending;
    await this.#parts.team[Symbol.asyncDispose]();
    await this.#parts.local[Symbol.asyncDispose]();
  }

  /** Asks the team's store; null while it is away. */
  async #read<T>(work: (team: EntryStore) => Promise<T>): Promise<T | null> {
    if (this.#away && this.#away.until > this.#parts.clock.monotonic()) return null;
    try {
      const result = await work(this.#parts.team);
      this.#away = null;
      return result;
    } catch (error) {
      this.#setAside(error);
      return null;
    }
  }

  async #write<T>(write: Write, here: () => Promise<T>): Promise<T> {
    const result = await here();
    await this.#parts.outgoing.add(write);
    if (!this.#away) await this.#send();
    return result;
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    const { outgoing, team } = this.#parts;
    try {
      for (let next = await outgoing.first(); next && !this.#closed; next = await outgoing.first()) {
        await apply(team, next.write);
        outgoing.done(next.seq);
      }
      this.#away = null;
    } catch (error) {
      this.#setAside(error);
    }
  }

  #setAside(error: unknown): void {
    const { clock } = this.#parts;
    const reason = error instanceof Error && error.message !== "" ? error.message : String(error);
    this.#away = { reason, until: clock.monotonic() + restMs };
    this.#cancelRetry();
    if (!this.#closed) this.#cancelRetry = clock.after(restMs, () => void this.#send());
  }
}

async function apply(team: EntryStore, write: Write): Promise<void> {
  switch (write.do) {
    case "put":
      return team.put(write.entry);
    case "remove":
      return team.remove(write.key);
    case "pin":
      return team.pin(write.key, write.pinned);
    case "used":
      return team.used(write.key, write.at);
    case "purge":
      await team.purge(write.what);
      return;
    default:
      return write satisfies never;
  }
}
