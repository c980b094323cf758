/** Keeps and embeds entries in the cache of the folder given until it is killed; prints `kept N` when an entry is confirmed. */
import { join } from "node:path";
// The files themselves and not the folder: a child that loads little starts soon.
import { aesCipher } from "../../electron/cache/cipher.ts";
import { cacheMigrations } from "../../electron/cache/schema.ts";
import { SqliteStore } from "../../electron/cache/sqlite-store.ts";
import { systemClock } from "../../electron/chain/clock.ts";
import { openDatabase } from "../../electron/store/database.ts";
import { entryOf, key, vectorOf } from "./written.ts";

const [folder = "", first = "0"] = process.argv.slice(2);
const database = openDatabase({
  path: join(folder, "cache.db"),
  migrations: cacheMigrations,
  now: Date.now,
  onMovedAside: (file) => {
    throw new Error(file.message);
  },
});
const store = new SqliteStore({
  database,
  clock: systemClock,
  limits: { maxEntries: 100_000, ttlMs: 86_400_000 },
  cipher: async () => aesCipher(key),
});
for (let n = Number(first); ; n += 1) {
  await store.put(entryOf(n));
  process.stdout.write(`kept ${n}\n`);
  const waiting = await store.unembedded("e", 4);
  await store.embed(
    "e",
    waiting.map(({ id }) => ({ id, vector: vectorOf(n) })),
  );
}
