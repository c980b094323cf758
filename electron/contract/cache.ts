import { z } from "zod";
import { providerName } from "./words.ts";

/** An earlier question that stood near to the one asked, and what became of it. */
export const cacheCandidate = z.object({
  question: z.string(),
  /** Cosine, -1 to 1. */
  similarity: z.number(),
  verdict: z.enum(["same", "similar", "different"]),
  /** Why, in words for a person. */
  reason: z.string(),
  /** Whether it was shown, as the answer or beside it. */
  shown: z.boolean(),
});
export type CacheCandidate = z.infer<typeof cacheCandidate>;

/**
 * One look-up. `exact` and `same` gave the answer, `similar` was shown beside the offline reply, `refused` had near
 * questions of which none would do, `miss` had none.
 */
export const cacheLookupRecord = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  asked: z.string(),
  outcome: z.enum(["exact", "same", "similar", "refused", "miss"]),
  candidates: z.array(cacheCandidate),
  /** Why less was looked at than usual: the embedder was away, say. */
  trouble: z.string().nullable(),
  /** What the person said to "Was this the same question?". */
  said: z.boolean().nullable(),
});
export type CacheLookupRecord = z.infer<typeof cacheLookupRecord>;

/** An entry as the page and the command line show it. Times are ISO 8601. */
export const cacheEntry = z.object({
  id: z.string(),
  question: z.string(),
  answer: z.string(),
  link: z.string().nullable(),
  provider: providerName.nullable(),
  model: z.string().nullable(),
  created_at: z.iso.datetime(),
  /** When it will be too old to be given; null while it is pinned. */
  expires_at: z.iso.datetime().nullable(),
  time_bound: z.boolean(),
  conversation_id: z.string().nullable(),
  uses: z.int().nonnegative(),
  last_used_at: z.iso.datetime().nullable(),
  pinned: z.boolean(),
});
export type CacheEntry = z.infer<typeof cacheEntry>;

/** Which entries to remove: those that all given parts fit; all of them when none is given. Pinned ones stay unless `pinned`. */
export const cachePurge = z.object({
  /** Older than this many days. */
  older_than_days: z.number().nonnegative().optional(),
  conversation_id: z.string().optional(),
  search: z.string().min(1).optional(),
  pinned: z.boolean().optional(),
});
export type CachePurge = z.infer<typeof cachePurge>;

export const cacheStats = z.object({
  enabled: z.boolean(),
  /** `sqlite`, or the team store's address without its password. */
  store: z.string(),
  /** Why the team store is not in use now; null while it is, or where there is none. */
  store_trouble: z.string().nullable(),
  /** Writes that wait for the team store. */
  outgoing: z.int().nonnegative(),
  entries: z.int().nonnegative(),
  max_entries: z.int().positive(),
  pinned: z.int().nonnegative(),
  unused: z.int().nonnegative(),
  /** Entries that are found by the very same question only, until the embedder has got to them. */
  waiting: z.int().nonnegative(),
  oldest: z.iso.datetime().nullable(),
  newest: z.iso.datetime().nullable(),
  embedder: z.string(),
  /** Null when entries are kept as they are. */
  encryption: z.enum(["aes-256-gcm"]).nullable(),
  /** A sentence for the person on that. */
  encryption_detail: z.string(),
  /** How the look-ups that are kept ended. */
  lookups: z.object({
    exact: z.int(),
    same: z.int(),
    similar: z.int(),
    refused: z.int(),
    miss: z.int(),
  }),
  /** How often each reason kept an earlier answer back, the most frequent first. */
  refusals: z.array(z.object({ reason: z.string(), count: z.int() })),
});
export type CacheStats = z.infer<typeof cacheStats>;

/** What a try of an embedder came to: how long its vectors are, and how long one sentence took, the loading of its model included. */
export const embedderTry = z.object({
  dimensions: z.int().positive(),
  duration_ms: z.number().nonnegative(),
});
export type EmbedderTry = z.infer<typeof embedderTry>;

/** An earlier answer that is shown beside an offline reply, never as the answer. */
export const similarAnswer = z.object({
  question: z.string(),
  answer: z.string(),
  similarity: z.number(),
  age_s: z.number(),
  link: z.string(),
  provider: providerName,
  model: z.string(),
  time_bound: z.boolean(),
});
export type SimilarAnswer = z.infer<typeof similarAnswer>;

/** What the cache did for an answer. */
export const cacheUse = z.object({
  /** The look-up, by which "Was this the same question?" is answered. */
  lookup: z.string(),
  /** Whether the earlier answer depends on the day on which it was given. */
  time_bound: z.boolean(),
  similar: similarAnswer.nullable(),
});
export type CacheUse = z.infer<typeof cacheUse>;
