import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  Downloads,
  type DownloadsOptions,
  ModelError,
  modelsMigrations,
  Shelf,
} from "../../../electron/models/index.ts";

/** The shelf of a folder, in a database file that a second process can open as well. */
export function openShelf(folder: string): Shelf & Disposable {
  const path = join(folder, "models.db");
  const isNew = !existsSync(path);
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec("PRAGMA journal_mode = WAL");
  if (isNew) for (const step of modelsMigrations) database.exec(step);
  const shelf = new Shelf(database, Date.now);
  return Object.assign(shelf, { [Symbol.dispose]: () => database.close() });
}

/** Downloads into a folder, with limits that a test can wait for. Whatever begins with `GGUF` counts as a model. */
export function downloadsIn(folder: string, shelf: Shelf, over: Partial<DownloadsOptions> = {}): Downloads {
  return new Downloads({
    shelf,
    fetch,
    folder,
    now: Date.now,
    connections: 3,
    idleMs: 400,
    retryMs: 5,
    freeBytes: async () => 1e12,
    inspect: async (path) => {
      if (readFileSync(path).toString("latin1", 0, 4) !== "GGUF")
        throw new ModelError("not_a_model", `${path} is not a GGUF model.`);
      return { memoryBytes: 1_000 };
    },
    tokenFor: () => null,
    onChange: () => {},
    onInstalled: () => {},
    ...over,
  });
}

export interface FileFacts {
  url: string;
  sha256?: string | null;
  sizeBytes?: number | null;
}

/** What a download of one file is started with. */
export const wanted = ({ url, sha256 = null, sizeBytes = null }: FileFacts) => ({
  id: "model",
  name: "Model",
  kind: "chat" as const,
  licence: null,
  file: { url, fileName: "model.gguf", source: url, sizeBytes, sha256, token: null },
});
