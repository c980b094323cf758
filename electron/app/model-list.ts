import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Link } from "../chain/index.ts";
import type { CatalogueEntry, InstalledModel, ModelFit, ModelMachine } from "../contract/index.ts";
import {
  discover,
  type FoundFile,
  fitOf,
  type Place,
  type Room,
  type Shelf,
  type ShelvedModel,
} from "../models/index.ts";

export interface ModelListParts {
  shelf: Shelf;
  catalogue: readonly CatalogueEntry[];
  /** Where other programs keep theirs. */
  places: readonly Place[];
  /** What ships with the program. */
  resources: string;
  /** Where downloads are put. */
  folder: string;
  memory(): { total: number; free: number };
  /** Of the GPU that the engine runs on, or null. */
  vramBytes(): number | null;
  links(): readonly Link[];
  /** The absolute path of what a link names; null for a model that is not here. */
  resolve(model: string): string | null;
}

/** A model that is on this machine, whoever put it there. */
export type Known = ShelvedModel;

const bundled = [
  { id: "starter", name: "Starter", file: "starter.gguf", kind: "chat" },
  { id: "embedder", name: "Embedder (all-MiniLM-L6-v2)", file: "embedder.gguf", kind: "embedding" },
] as const;

/** The models of this machine, and what each means for it. */
export class ModelList {
  readonly #parts: ModelListParts;
  #found: readonly FoundFile[] = [];

  constructor(parts: ModelListParts) {
    this.#parts = parts;
  }

  /** Looks for models of other programs. */
  async rescan(): Promise<void> {
    this.#found = await discover(this.#parts.places);
  }

  /** Bundled ones, those that Holdfast knows by name, and those of other programs; each file once. */
  known(): Known[] {
    const own = this.#parts.shelf.models();
    const paths = new Set(own.map(({ path }) => path));
    const others = this.#found.filter(({ path }) => !paths.has(path));
    return [...this.#bundled(), ...own, ...others.map(asKnown)];
  }

  find(id: string): Known | null {
    return this.known().find((model) => model.id === id) ?? null;
  }

  installed(): InstalledModel[] {
    const room = this.#room(null);
    return this.known().map((model) => {
      const { memory_bytes: _, ...shown } = model;
      return { ...shown, link: this.linkOf(model.path), fit: this.#fitOfKnown(model, room) };
    });
  }

  /** Catalogue entries that are not here yet. */
  available(): (CatalogueEntry & { fit: ModelFit })[] {
    const here = new Set(this.#parts.shelf.models().map(({ id }) => id));
    const room = this.#room(this.machine().free_disk_bytes);
    return this.#parts.catalogue
      .filter(({ id }) => !here.has(id))
      .map((entry) => ({ ...entry, fit: this.fitOf({ ...entry, activeShare: entry.active_share }, room) }));
  }

  /** Whether a file of this size would fit here. */
  fitOf(
    model: { size_bytes: number | null; memory_bytes: number | null; activeShare?: number },
    room = this.#room(this.machine().free_disk_bytes),
  ): ModelFit {
    return fitOf(
      {
        sizeBytes: model.size_bytes,
        memoryBytes: model.memory_bytes,
        activeShare: model.activeShare ?? 1,
        measuredTokensPerSecond: null,
      },
      room,
    );
  }

  machine(): ModelMachine {
    const { memory, folder, shelf } = this.#parts;
    const { total, free } = memory();
    const speed = shelf.speed("machine");
    return {
      memory_bytes: total,
      free_memory_bytes: free,
      vram_bytes: this.#parts.vramBytes(),
      free_disk_bytes: freeBytesOf(folder),
      folder,
      weights_bytes_per_second: speed === null ? null : speed.tokens_per_second * speed.size_bytes,
      device: speed?.device ?? null,
    };
  }

  /** The link of the chain that runs a file, or null. */
  linkOf(path: string): string | null {
    const { links, resolve } = this.#parts;
    return links().find((link) => link.provider === "llama" && resolve(link.model) === path)?.id ?? null;
  }

  activeShareOf(id: string): number {
    return this.#parts.catalogue.find((entry) => entry.id === id)?.active_share ?? 1;
  }

  #room(freeDiskBytes: number | null): Room {
    const { memory_bytes, free_memory_bytes, vram_bytes, weights_bytes_per_second } = this.machine();
    return {
      memoryBytes: memory_bytes,
      freeMemoryBytes: free_memory_bytes,
      vramBytes: vram_bytes,
      freeDiskBytes,
      weightsBytesPerSecond: weights_bytes_per_second,
    };
  }

  #fitOfKnown(model: Known, room: Room): ModelFit {
    if (!existsSync(model.path))
      return {
        ...this.fitOf({ size_bytes: null, memory_bytes: null }, room),
        reason: `The file ${model.path} is gone.`,
      };
    const measured = this.#parts.shelf.speed(model.path)?.tokens_per_second ?? null;
    return fitOf(
      {
        sizeBytes: model.size_bytes,
        memoryBytes: model.memory_bytes,
        activeShare: this.activeShareOf(model.id),
        measuredTokensPerSecond: measured,
      },
      room,
    );
  }

  #bundled(): Known[] {
    return bundled.flatMap(({ id, name, file, kind }) => {
      const path = join(this.#parts.resources, "models", file);
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      return size === undefined
        ? []
        : [{ ...blank, id, name, path, kind, size_bytes: size, origin: "bundled" as const }];
    });
  }
}

const blank = {
  kind: "chat",
  verified: null,
  sha256: null,
  source: null,
  licence: null,
  memory_bytes: null,
} as const;

function asKnown({ id, name, path, sizeBytes, origin }: FoundFile): Known {
  return { ...blank, id, name, path, size_bytes: sizeBytes, origin };
}

/** Bytes free on the disk that a folder is, or will be, on. */
export function freeBytesOf(folder: string): number {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}
