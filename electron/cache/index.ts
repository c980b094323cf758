/** The emergency cache: earlier answers of cloud links, for when no link can answer. */
export { type CacheStats, ExactCache, type ExactCacheOptions } from "./exact-cache.ts";
export { cacheMigrations } from "./schema.ts";
