import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { inBytes, ModelError } from "./errors.ts";

/** Bytes of a piece; each is fetched by a request of its own. */
export const pieceBytes = 16 * 1024 * 1024;

/** What a download may still write beyond its own size before the disk counts as full. */
const spareBytes = 64 * 1024 * 1024;

/** The beginning of a file that is being downloaded: `<path>.part`, with how much of each piece is there. */
export class PartFile implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly done: number[];

  /** Opens what there is, or begins anew. `done` counts for nothing when the file is gone. */
  static async open(path: string, done: readonly number[]): Promise<PartFile> {
    const partPath = partOf(path);
    const existing = await open(partPath, "r+").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw writeError(error, partPath);
    });
    if (existing !== null) return new PartFile(existing, path, done);
    const fresh = await open(partPath, "w+", 0o644).catch((error) => {
      throw writeError(error, partPath);
    });
    return new PartFile(fresh, path, []);
  }

  private constructor(file: FileHandle, path: string, done: readonly number[]) {
    this.#file = file;
    this.#path = path;
    this.done = [...done];
  }

  get received(): number {
    return this.done.reduce((sum, bytes) => sum + (bytes ?? 0), 0);
  }

  /** Writes the next bytes of a piece. */
  async write(piece: number, bytes: Uint8Array): Promise<void> {
    const at = this.done[piece] ?? 0;
    try {
      for (let written = 0; written < bytes.length; ) {
        const position = piece * pieceBytes + at + written;
        written += (await this.#file.write(bytes, written, bytes.length - written, position)).bytesWritten;
      }
    } catch (error) {
      throw writeError(error, partOf(this.#path));
    }
    this.done[piece] = at + bytes.length;
  }

  /** Throws what there is away, so that it begins anew. */
  async restart(): Promise<void> {
    this.done.length = 0;
    await this.#file.truncate(0);
  }

  /** Brings to the disk what was written, and says how much of each piece that is. */
  async sync(): Promise<number[]> {
    const done = Array.from(this.done, (bytes) => bytes ?? 0);
    await this.#file.datasync().catch((error) => {
      throw writeError(error, partOf(this.#path));
    });
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

export const partOf = (path: string): string => `${path}.part`;

/** Gives a whole and checked file its name, which nothing else ever has: the name is on the disk when this resolves. */
export async function putInPlace(path: string): Promise<void> {
  await rename(partOf(path), path);
  if (process.platform === "win32") return; // a folder can't be opened there
  await using folder = await open(dirname(path), "r");
  await folder.sync();
}

export async function removePart(path: string): Promise<void> {
  await rm(partOf(path), { force: true });
}

/** SHA-256 of a file, in hex. */
export async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path, { signal, highWaterMark: 1 << 20 })) hash.update(bytes);
  return hash.digest("hex");
}

/** Throws a ModelError `no_space` when `needed` bytes more would fill the disk. */
export function checkSpace(needed: number, free: number, folder: string): void {
  if (needed + spareBytes <= free) return;
  throw new ModelError(
    "no_space",
    `The disk of ${folder} has ${inBytes(free)} free, and ${inBytes(needed + spareBytes)} are needed. Free some space, or set models.folder in the config to another disk.`,
  );
}

/** What went wrong while writing a file, in words. */
export function writeError(error: unknown, path: string): ModelError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new ModelError(
      "no_space",
      `The disk is full: ${path} can't grow. Free some space, then resume.`,
      error,
    );
  return new ModelError(
    "unusable",
    `${path} can't be written (${message}). Check the folder's permissions.`,
    error,
  );
}
