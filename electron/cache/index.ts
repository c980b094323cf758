/** The emergency cache: earlier answers of cloud links, for when no link can answer. */

export { keyOf } from "./cacheable.ts";
export { aesCipher, type Cipher, plainCipher } from "./cipher.ts";
export type { Embedder, Guard, Judgement } from "./embedder.ts";
export { EmergencyCache, type EmergencyCacheParts } from "./emergency-cache.ts";
export type { Entry, EntryKey, EntryStore, NewEntry, Purge, StoreLimits } from "./entry.ts";
export { judge } from "./guard/index.ts";
export { type Lookup, LookupLog } from "./lookup-log.ts";
export { Outgoing } from "./outgoing.ts";
export { clientOptions, type PostgresConnection, PostgresStore } from "./postgres-store.ts";
export { cacheMigrations } from "./schema.ts";
export { SqliteStore } from "./sqlite-store.ts";
export { TeamStore } from "./team-store.ts";
export { isTimeBound } from "./time-bound.ts";
export { Verdicts } from "./verdicts.ts";
