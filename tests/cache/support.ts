import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type Cipher,
  cacheMigrations,
  type Embedder,
  EmergencyCache,
  type Guard,
  LookupLog,
  plainCipher,
  SqliteStore,
  Verdicts,
} from "../../electron/cache/index.ts";
import type { Answer, ChatRequest } from "../../electron/contract/index.ts";
import { openDatabase } from "../../electron/store/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { wordVector } from "../fixtures/word-vector.ts";
import { temporaryFolder } from "../store/support.ts";

export const day = 86_400_000;

export function answer(text: string, change: Partial<Answer> = {}): Answer {
  return { text, tool_calls: [], finish_reason: "stop", ...change };
}

export function ask(question: string, change: Partial<ChatRequest> = {}): ChatRequest {
  return { messages: [{ role: "user", content: question }], ...change };
}

/** An embedder whose vectors count words, so that a test can say by its words how near two questions are. */
export function wordEmbedder(id = "words", dimensions = 64) {
  const embedder = {
    id,
    /** When set, what every call rejects with. */
    fault: null as Error | null,
    /** Texts that it was asked for. */
    asked: [] as string[],
    async embed(texts: readonly string[]) {
      if (embedder.fault) throw embedder.fault;
      embedder.asked.push(...texts);
      return texts.map((text) => wordVector(text, dimensions));
    },
  } satisfies Embedder & Record<string, unknown>;
  return embedder;
}

export interface CacheSetUp {
  max_entries?: number;
  ttlMs?: number;
  folder?: string;
  cipher?: Cipher;
  embedder?: ReturnType<typeof wordEmbedder>;
  guard?: Guard | null;
  threshold?: number;
  isLocalOnly?: (conversation: string) => boolean;
}

/** A database for a cache, closed when the test has ended. */
export function openCacheDatabase(folder = temporaryFolder()) {
  const path = join(folder, "cache.db");
  const database = openDatabase({
    path,
    migrations: cacheMigrations,
    now: Date.now,
    onMovedAside: (file) => {
      throw new Error(file.message);
    },
  });
  onTestFinished(() => database[Symbol.dispose]());
  return { database, path, folder };
}

/** A whole cache on a real file, and a clock to turn. */
export function openCache(options: CacheSetUp = {}) {
  const { max_entries = 10_000, ttlMs = 90 * day, embedder = wordEmbedder(), guard = null } = options;
  const { database, path, folder } = openCacheDatabase(options.folder);
  const clock = new FakeClock();
  const cipher = async () => options.cipher ?? plainCipher;
  const store = new SqliteStore({ database, clock, limits: { maxEntries: max_entries, ttlMs }, cipher });
  const log = new LookupLog(database, cipher);
  const verdicts = new Verdicts(database, cipher);
  const cache = new EmergencyCache({
    store,
    log,
    verdicts,
    embedder: () => embedder,
    guard,
    threshold: options.threshold,
    clock,
    isLocalOnly: options.isLocalOnly ?? (() => false),
  });
  onTestFinished(() => cache[Symbol.asyncDispose]());
  const signal = new AbortController().signal;
  return {
    cache,
    store,
    log,
    verdicts,
    embedder,
    clock,
    database,
    path,
    folder,
    find: (request: ChatRequest) => cache.lookup(request, signal),
    /** The answer that is given as the answer, or null. */
    hit: async (request: ChatRequest) => (await cache.lookup(request, signal))?.hit ?? null,
  };
}
