/** The emergency cache: earlier answers of cloud links, for when no link can answer. */
export { type CacheStats, EmergencyCache, type EmergencyCacheOptions } from "./emergency-cache.ts";
export { cacheMigrations } from "./schema.ts";
