import type { Receipt } from "../contract/index.ts";

/** What an entry is found by; there is one entry a key. */
export interface EntryKey {
  /** SHA-256, in hex, of all that the answer depends on besides the question: what was said before, stop sequences. */
  fingerprint: string;
  /** The question, normalised. */
  question: string;
}

/** A question and its answer, as they are kept. Times are milliseconds since the epoch. */
export interface NewEntry extends EntryKey {
  /** The question as it was asked. */
  originalQuestion: string;
  answer: string;
  receipt: Receipt;
  createdAt: number;
  /** When the answer is too old to be given, whatever the `ttl`; null unless it depends on the day. */
  expiresAt: number | null;
  /** The conversation that it was asked in; null when there was none. */
  conversation: string | null;
}

export interface Entry extends NewEntry {
  /** Unique within its store. */
  id: string;
  /** How often it was given as an answer. */
  uses: number;
  lastUsedAt: number | null;
  /** Pinned entries are neither evicted nor too old. */
  pinned: boolean;
}

/** An entry and the cosine of its question to the one that was asked. */
export interface Neighbour {
  entry: Entry;
  similarity: number;
}

/** Which entries to remove: all that every given part fits; pinned ones only when `pinned` says so. */
export interface Purge {
  /** Made before, milliseconds since the epoch. */
  before?: number | undefined;
  conversation?: string | undefined;
  /** Text that the question or the answer holds, in any case. */
  search?: string | undefined;
  pinned?: boolean | undefined;
}

/** Which entries to show, newest first. */
export interface Listing {
  search?: string | undefined;
  conversation?: string | undefined;
  limit: number;
  offset: number;
}

export interface StoreStats {
  entries: number;
  pinned: number;
  /** How many were never given as an answer. */
  unused: number;
  /** How many still wait for a vector of the embedder in use. */
  waiting: number;
  /** Milliseconds since the epoch; null while the store is empty. */
  oldest: number | null;
  newest: number | null;
}

/**
 * Where entries are kept. What a method has done when its promise resolves survives the death of the process. Methods
 * reject when the store can't be reached or is damaged.
 */
export interface EntryStore extends AsyncDisposable {
  get(id: string): Promise<Entry | null>;
  /** The entry of exactly this question, unless it is too old. */
  find(key: EntryKey): Promise<Entry | null>;
  /** The nearest entries with the same fingerprint that `embedder` has embedded and that are not too old, best first. */
  nearest(query: NearestQuery): Promise<Neighbour[]>;
  /** Keeps an entry; one with the same key is updated. The oldest beyond the limit go. */
  put(entry: NewEntry): Promise<void>;
  remove(key: EntryKey): Promise<void>;
  pin(key: EntryKey, pinned: boolean): Promise<void>;
  /** Notes that the entry was given as an answer. */
  used(key: EntryKey, at: number): Promise<void>;
  list(listing: Listing): Promise<{ entries: Entry[]; total: number }>;
  /** Removes entries; gives how many. */
  purge(what: Purge): Promise<number>;
  stats(embedder: string): Promise<StoreStats>;
  /** Questions without a vector of this embedder, newest first. */
  unembedded(embedder: string, limit: number): Promise<{ id: string; text: string }[]>;
  /** Keeps vectors of length 1 for entries, where these still exist. */
  embed(embedder: string, vectors: readonly { id: string; vector: Float32Array }[]): Promise<void>;
}

export interface NearestQuery {
  vector: Float32Array;
  embedder: string;
  fingerprint: string;
  limit: number;
}

/** What limits every store. */
export interface StoreLimits {
  /** Beyond it the oldest go, pinned ones aside. */
  maxEntries: number;
  /** Older entries are not given, milliseconds. */
  ttlMs: number;
}
