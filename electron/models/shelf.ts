import type { StatementSync } from "node:sqlite";
import { z } from "zod";
import { modelOrigin } from "../contract/index.ts";

/** What is needed of an open SQLite file that has been through `modelsMigrations`. */
export interface ModelsDatabase {
  prepare(sql: string): StatementSync;
}

const kind = z.enum(["chat", "embedding"]);

const shelved = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  size_bytes: z.number(),
  origin: modelOrigin,
  kind,
  verified: z.enum(["sha256", "size"]).nullable(),
  sha256: z.string().nullable(),
  source: z.string().nullable(),
  licence: z.string().nullable(),
  /** As the engine estimated it from the file's header; null when it was not asked. */
  memory_bytes: z.number().nullable(),
});
/** A model that Holdfast knows by name: one that it downloaded, unpacked, or was shown. */
export type ShelvedModel = z.infer<typeof shelved>;

const storedDownload = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  url: z.string(),
  /** Where the whole file will be; what there is of it stands beside, with `.part` at its end. */
  path: z.string(),
  kind,
  licence: z.string().nullable(),
  total: z.number().nullable(),
  sha256: z.string().nullable(),
  etag: z.string().nullable(),
  done: z.string().transform((json) => z.array(z.number()).parse(JSON.parse(json))),
  state: z.enum(["downloading", "paused", "failed"]),
  error: z.string().nullable(),
});
/** A download as it survives a kill. */
export type StoredDownload = z.infer<typeof storedDownload>;

const speed = z.object({ tokens_per_second: z.number(), size_bytes: z.number(), device: z.string() });
export type MeasuredSpeed = z.infer<typeof speed>;

/** What is kept of models across restarts. Several processes may share it. */
export class Shelf {
  readonly #database: ModelsDatabase;
  readonly #now: () => number;

  constructor(database: ModelsDatabase, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  models(): ShelvedModel[] {
    return z.array(shelved).parse(this.#all("SELECT * FROM installed ORDER BY added_at, id"));
  }

  /** Puts a model there, in place of an earlier one of its id or path. */
  put(model: ShelvedModel): void {
    const columns = [...Object.keys(shelved.shape), "added_at"];
    const values = { ...model, added_at: this.#now() };
    this.#run(
      `INSERT OR REPLACE INTO installed (${columns}) VALUES (${columns.map((column) => `:${column}`)})`,
      values,
    );
  }

  remove(id: string): void {
    this.#run("DELETE FROM installed WHERE id = :id", { id });
  }

  downloads(): StoredDownload[] {
    return z.array(storedDownload).parse(this.#all("SELECT * FROM downloads ORDER BY created_at, id"));
  }

  download(id: string): StoredDownload | null {
    return this.downloads().find((one) => one.id === id) ?? null;
  }

  /** Writes a download as it now is. */
  keep(download: StoredDownload): void {
    const columns = [...Object.keys(storedDownload.shape), "created_at"];
    const updates = columns.filter((column) => column !== "id" && column !== "created_at");
    this.#run(
      `INSERT INTO downloads (${columns}) VALUES (${columns.map((column) => `:${column}`)})
       ON CONFLICT (id) DO UPDATE SET ${updates.map((column) => `${column} = excluded.${column}`)}`,
      { ...download, done: JSON.stringify(download.done), created_at: this.#now() },
    );
  }

  forget(id: string): void {
    this.#run("DELETE FROM downloads WHERE id = :id", { id });
  }

  /** `subject` is a model's path, or `machine`. */
  speed(subject: string): MeasuredSpeed | null {
    const row = this.#database.prepare("SELECT * FROM speeds WHERE subject = ?").get(subject);
    return row === undefined ? null : speed.parse(row);
  }

  recordSpeed(subject: string, { tokens_per_second, size_bytes, device }: MeasuredSpeed): void {
    this.#run(
      `INSERT OR REPLACE INTO speeds (subject, tokens_per_second, size_bytes, device, measured_at)
       VALUES (:subject, :tokens_per_second, :size_bytes, :device, :measured_at)`,
      { subject, tokens_per_second, size_bytes, device, measured_at: this.#now() },
    );
  }

  #all(sql: string): unknown[] {
    return this.#database.prepare(sql).all();
  }

  #run(sql: string, values: Record<string, string | number | null>): void {
    this.#database.prepare(sql).run(values);
  }
}
