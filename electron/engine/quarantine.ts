import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import type { Clock } from "../chain/index.ts";
import { failureKind, type SetAsideModel } from "../contract/index.ts";
import { EngineFailure } from "./failure.ts";

/** A file as it was when it was asked for. One that was changed since is another one. */
export interface ModelFile {
  path: string;
  sizeBytes: number;
  mtimeMs: number;
}

/** Where the record is kept across restarts: JSON. */
export interface QuarantineStore {
  load(): string | null;
  save(json: string): void;
}

export interface QuarantineOptions {
  clock: Pick<Clock, "now">;
  store: QuarantineStore;
  onChange(): void;
}

/** Crashes in a row, without a whole answer in between, after which a model is left alone. */
const tolerated = 3;

const entry = z.object({
  path: z.string(),
  sizeBytes: z.number(),
  mtimeMs: z.number(),
  crashes: z.int().positive(),
  kind: failureKind,
  reason: z.string(),
  at: z.iso.datetime(),
});
type Entry = z.infer<typeof entry>;
const record = z.object({ version: z.literal(1), models: z.array(entry) });

/** The file at `path` as it is now, or null when there is none: that is for the check of the model to tell. */
export async function modelFile(path: string): Promise<ModelFile | null> {
  const file = await stat(path).catch(() => null);
  return file === null ? null : { path, sizeBytes: file.size, mtimeMs: file.mtimeMs };
}

/**
 * Keeps count of the models that ended the engine's process, and sets those aside that did so three times in a row: a file
 * that makes the loader abort does not loop. A changed file is tried again, and so is one that the person asks for.
 */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #entries: Map<string, Entry>;

  constructor(options: QuarantineOptions) {
    this.#options = options;
    this.#entries = new Map(loaded(options.store).map((one) => [one.path, one]));
  }

  /** The models that are left alone now. */
  get setAside(): SetAsideModel[] {
    return [...this.#entries.values()]
      .filter(({ crashes }) => crashes >= tolerated)
      .map(({ path, crashes, kind, reason, at }) => ({
        path,
        name: basename(path),
        crashes,
        kind,
        reason,
        at,
      }));
  }

  /** Throws an `EngineFailure` of the kind of its last crash when the model is set aside. */
  admit(file: ModelFile): void {
    const known = this.#entries.get(file.path);
    if (known === undefined) return;
    if (!isSame(known, file)) this.#remove(file.path);
    else if (known.crashes >= tolerated)
      throw new EngineFailure(
        known.kind,
        `The model ${file.path} is set aside, because the engine ended ${known.crashes} times in a row with it: ${known.reason} Try it again under Models, replace the file, or choose another model.`,
      );
  }

  /** The process ended while it worked with this model. */
  crashed(file: ModelFile, failure: EngineFailure): void {
    const known = this.#entries.get(file.path);
    const before = known !== undefined && isSame(known, file) ? known.crashes : 0;
    this.#entries.set(file.path, {
      ...file,
      crashes: before + 1,
      kind: failure.kind,
      reason: failure.message,
      at: new Date(this.#options.clock.now()).toISOString(),
    });
    this.#save();
  }

  /** The model gave a whole answer. */
  answered(file: ModelFile): void {
    this.#remove(file.path);
  }

  /** Lets a model be tried again; false when it was not set aside. */
  lift(path: string): boolean {
    return this.#remove(path);
  }

  #remove(path: string): boolean {
    if (!this.#entries.delete(path)) return false;
    this.#save();
    return true;
  }

  #save(): void {
    this.#options.store.save(JSON.stringify({ version: 1, models: [...this.#entries.values()] }));
    this.#options.onChange();
  }
}

const isSame = (a: ModelFile, b: ModelFile): boolean =>
  a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs;

/** What was saved, or nothing when another version saved it. */
function loaded(store: QuarantineStore): Entry[] {
  const json = store.load();
  if (json === null) return [];
  try {
    return record.parse(JSON.parse(json)).models;
  } catch {
    return [];
  }
}
