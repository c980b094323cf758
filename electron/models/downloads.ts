import { existsSync } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ModelDownload } from "../contract/index.ts";
import { ModelError } from "./errors.ts";
import { lockFile } from "./file-lock.ts";
import type { RemoteFile } from "./hub.ts";
import { Pace } from "./pace.ts";
import { checkSpace, PartFile, partOf, putInPlace, removePart, sha256Of } from "./part-file.ts";
import type { Shelf, StoredDownload } from "./shelf.ts";
import { transfer } from "./transfer.ts";
import { sweepParts } from "./upload.ts";

/** How often what is on the disk is written down, milliseconds: so much is fetched again after a kill. */
const saveMs = 1_000;

export interface DownloadsOptions {
  shelf: Shelf;
  fetch: typeof fetch;
  /** Where models are put; made when it is needed. */
  folder: string;
  /** Milliseconds since the epoch. */
  now(): number;
  connections: number;
  /** See `TransferOptions`; defaults: 30 s and 1 s. */
  idleMs?: number;
  retryMs?: number;
  freeBytes(folder: string): Promise<number>;
  /** Throws when the file is not a whole model; gives what memory it takes, where that can be told. */
  inspect(path: string): Promise<{ memoryBytes: number | null }>;
  /** The HF access token; it is kept out of the database and so asked for at every start. */
  tokenFor(url: string): string | null;
  onChange(): void;
  /** A model is whole and in its place. */
  onInstalled(id: string): void;
}

/** What a new download is about, beside its file. */
export interface NewDownload {
  id: string;
  name: string;
  file: RemoteFile;
  kind: "chat" | "embedding";
  licence: string | null;
}

/** A download that this process works on. */
interface Active {
  stop: AbortController;
  ended: Promise<void>;
  received: number;
  total: number | null;
  verifying: boolean;
  pace: Pace;
}

/** The downloads of models. They outlive a kill of the process: `resumeInterrupted` takes them up again. */
export class Downloads implements AsyncDisposable {
  readonly #options: DownloadsOptions;
  readonly #active = new Map<string, Active>();

  constructor(options: DownloadsOptions) {
    this.#options = options;
  }

  list(): ModelDownload[] {
    return this.#options.shelf.downloads().map((stored) => this.#view(stored));
  }

  /** Begins, or takes up again, the download of a file. Gives its id. Throws a ModelError when it can't begin. */
  async start({ id, name, file, kind, licence }: NewDownload): Promise<string> {
    const { shelf, folder, freeBytes } = this.#options;
    const before = shelf.downloads().find(({ source }) => source === file.source);
    if (before) {
      this.resume(before.id);
      return before.id;
    }
    await mkdir(folder, { recursive: true });
    if (file.sizeBytes !== null) checkSpace(file.sizeBytes, await freeBytes(folder), folder);
    const stored: StoredDownload = {
      id: this.#freeId(id),
      name,
      source: file.source,
      url: file.url,
      path: this.#freePath(file.fileName),
      kind,
      licence,
      total: file.sizeBytes,
      sha256: file.sha256,
      etag: null,
      done: [],
      state: "downloading",
      error: null,
    };
    shelf.keep(stored);
    this.#run(stored);
    return stored.id;
  }

  /** Goes on where it was. Does nothing to one that runs. */
  resume(id: string): void {
    const stored = this.#find(id);
    if (this.#active.has(id)) return;
    this.#run(stored);
  }

  /** Stops; what there is stays. */
  async pause(id: string): Promise<void> {
    const stored = this.#find(id);
    await this.#stop(id);
    const now = this.#options.shelf.download(id);
    if (now === null) return; // it became whole meanwhile
    this.#options.shelf.keep({ ...now, state: "paused", error: stored.error });
    this.#options.onChange();
  }

  /** Stops, and removes what there is. */
  async cancel(id: string): Promise<void> {
    const { path } = this.#find(id);
    await this.#stop(id);
    const lock = lockFile(lockOf(path));
    if (lock === null) throw busy(id);
    using _lock = lock;
    if (this.#options.shelf.download(id) !== null) await removePart(path);
    this.#options.shelf.forget(id);
    await rm(lockOf(path), { force: true });
    this.#options.onChange();
  }

  /** Takes up what a killed process left, and removes what is of no use. Called by hosts that stay. */
  resumeInterrupted(): void {
    const { shelf, folder, now } = this.#options;
    const stored = shelf.downloads();
    void sweepParts(folder, new Set(stored.map(({ path }) => partOf(path))), now());
    for (const one of stored) {
      if (one.state === "downloading" && !this.#active.has(one.id)) this.#run(one);
    }
  }

  /** Resolves when the download is no longer worked on; rejects with the ModelError of one that failed. */
  async ended(id: string): Promise<void> {
    await this.#active.get(id)?.ended;
    const stored = this.#options.shelf.download(id);
    if (stored?.state === "failed") throw new ModelError("unusable", stored.error ?? "The download failed.");
  }

  /** Stops all; those that ran go on with the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#active.keys()].map((id) => this.#stop(id)));
  }

  #find(id: string): StoredDownload {
    const stored = this.#options.shelf.download(id);
    if (stored === null) throw new ModelError("not_found", `There is no download "${id}".`);
    return stored;
  }

  async #stop(id: string): Promise<void> {
    const active = this.#active.get(id);
    active?.stop.abort(new ModelError("stopped", "The download was stopped."));
    await active?.ended;
  }

  #run(stored: StoredDownload): void {
    const { shelf, onChange, now } = this.#options;
    const received = stored.done.reduce((sum, bytes) => sum + bytes, 0);
    const active: Active = {
      stop: new AbortController(),
      ended: Promise.resolve(),
      received,
      total: stored.total,
      verifying: false,
      pace: new Pace(now),
    };
    this.#active.set(stored.id, active);
    active.ended = this.#work({ ...stored, state: "downloading", error: null }, active)
      .catch((error: unknown) => {
        const latest = shelf.download(stored.id);
        if (latest === null || active.stop.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        shelf.keep({ ...latest, state: "failed", error: message });
      })
      .finally(() => {
        this.#active.delete(stored.id);
        onChange();
      });
    onChange();
  }

  async #work(stored: StoredDownload, active: Active): Promise<void> {
    const { shelf, folder } = this.#options;
    await mkdir(folder, { recursive: true });
    const lock = lockFile(lockOf(stored.path));
    if (lock === null) throw busy(stored.id);
    using _lock = lock;
    // Another process may have finished or removed it between the list and the lock.
    if (shelf.download(stored.id) === null) return;
    shelf.keep(stored);
    const isWhole = existsSync(stored.path) && !existsSync(partOf(stored.path));
    const verified = isWhole
      ? await this.#check(stored, stored.path, active)
      : await this.#fetch(stored, active);
    if (!isWhole) await putInPlace(stored.path);
    await this.#install(stored, verified);
    await rm(lockOf(stored.path), { force: true });
  }

  /** Fetches and checks all of it; what is wrong for good is removed. */
  async #fetch(stored: StoredDownload, active: Active): Promise<Checked> {
    const { shelf, fetch, connections, idleMs = 30_000, retryMs = 1_000, freeBytes, folder } = this.#options;
    let latest = stored;
    {
      await using part = await PartFile.open(stored.path, stored.done);
      const save = async () => {
        latest = { ...latest, done: await part.sync() };
        shelf.keep(latest);
      };
      const progress = setInterval(() => {
        active.received = part.received;
        active.pace.note(part.received);
        this.#options.onChange();
      }, 250);
      let saving = Promise.resolve();
      const saves = setInterval(() => {
        saving = saving.then(save).catch(() => {}); // a full disk is told by the next write
      }, saveMs);
      try {
        const source = { ...stored, token: this.#options.tokenFor(stored.url) };
        await transfer(
          part,
          source,
          {
            fetch,
            connections,
            idleMs,
            retryMs,
            folder,
            freeBytes: () => freeBytes(folder),
            onHead: ({ total, etag }) => {
              latest = { ...latest, total, etag, done: [...part.done] };
              shelf.keep(latest);
              active.total = total;
            },
          },
          active.stop.signal,
        );
      } finally {
        clearInterval(progress);
        clearInterval(saves);
        await saving;
        await save().catch(() => {});
        active.received = part.received;
      }
    }
    try {
      return await this.#check(latest, partOf(stored.path), active);
    } catch (error) {
      if (active.stop.signal.aborted) throw error;
      await removePart(stored.path);
      shelf.keep({ ...latest, done: [] });
      throw error;
    }
  }

  async #check(stored: StoredDownload, path: string, active: Active): Promise<Checked> {
    active.verifying = true;
    this.#options.onChange();
    const { size } = await stat(path);
    if (stored.total !== null && size !== stored.total)
      throw new ModelError(
        "checksum",
        `The file has ${size} bytes instead of ${stored.total}. Resume to fetch it anew.`,
      );
    const sha256 = await sha256Of(path, active.stop.signal);
    if (stored.sha256 !== null && sha256 !== stored.sha256)
      throw new ModelError(
        "checksum",
        `What came is not the file that the hub names: its SHA-256 is ${sha256.slice(0, 12)}… instead of ${stored.sha256.slice(0, 12)}…. It was removed. Resume to fetch it anew, or use another mirror.`,
      );
    const { memoryBytes } = await this.#options.inspect(path);
    return { size, sha256, memoryBytes, verified: stored.sha256 === null ? "size" : "sha256" };
  }

  async #install(stored: StoredDownload, { size, sha256, memoryBytes, verified }: Checked): Promise<void> {
    const { shelf, onInstalled } = this.#options;
    shelf.put({
      id: stored.id,
      name: stored.name,
      path: stored.path,
      size_bytes: size,
      origin: "download",
      kind: stored.kind,
      verified,
      sha256,
      source: stored.source,
      licence: stored.licence,
      memory_bytes: memoryBytes,
    });
    shelf.forget(stored.id);
    onInstalled(stored.id);
  }

  #view(stored: StoredDownload): ModelDownload {
    const active = this.#active.get(stored.id);
    const received = active?.received ?? stored.done.reduce((sum, bytes) => sum + bytes, 0);
    const total = active?.total ?? stored.total;
    const speed = active?.verifying ? null : (active?.pace.bytesPerSecond() ?? null);
    return {
      id: stored.id,
      name: stored.name,
      source: stored.source,
      state: active?.verifying ? "verifying" : stored.state,
      received_bytes: received,
      total_bytes: total,
      bytes_per_second: speed,
      seconds_left: speed && total !== null ? Math.max(0, (total - received) / speed) : null,
      check: stored.sha256 === null ? "size" : "sha256",
      error: stored.error,
    };
  }

  #freeId(wanted: string): string {
    const { shelf } = this.#options;
    const taken = new Set([...shelf.downloads(), ...shelf.models()].map(({ id }) => id));
    return firstFree(wanted, (id) => !taken.has(id));
  }

  #freePath(fileName: string): string {
    const { folder, shelf } = this.#options;
    const safe = basename(fileName).replaceAll(/[^\w.-]/g, "_");
    const stem = safe.replace(/\.gguf$/i, "") || "model";
    const taken = new Set(shelf.downloads().map(({ path }) => path));
    const isFree = (name: string) => {
      const path = join(folder, `${name}.gguf`);
      return !taken.has(path) && !existsSync(path) && !existsSync(partOf(path));
    };
    return join(folder, `${firstFree(stem, isFree)}.gguf`);
  }
}

interface Checked {
  size: number;
  sha256: string;
  memoryBytes: number | null;
  verified: "sha256" | "size";
}

const lockOf = (path: string): string => join(dirname(path), `.${basename(path)}.lock`);

const busy = (id: string): ModelError =>
  new ModelError("conflict", `Another Holdfast on this machine is downloading "${id}". Stop it there first.`);

/** `wanted`, or with the first number that makes it free. */
function firstFree(wanted: string, isFree: (name: string) => boolean): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (isFree(name)) return name;
  }
}
