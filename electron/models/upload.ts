import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ModelError } from "./errors.ts";
import { checkSpace, partOf, putInPlace, removePart, writeError } from "./part-file.ts";

/** A model file as a browser sends it: a page there can't tell where on the disk it lies. */
export interface Upload {
  /** Its own name; a folder before it is not minded. */
  fileName: string;
  sizeBytes: number;
  body: AsyncIterable<Uint8Array>;
}

export interface UploadOptions<Facts> {
  folder: string;
  freeBytes(folder: string): number;
  /** Throws when the file is not a whole model. */
  inspect(path: string): Promise<Facts>;
}

/** What every GGUF file begins with. */
const magic = Buffer.from("GGUF");
/** A `.part` file that grew no more for so long was left by a killed process, milliseconds. */
const abandonedMs = 3_600_000;

/**
 * Writes an upload into `folder`, checks it, and gives it a name that is free. Nothing is left of one that fails or breaks off; what a
 * kill leaves is for `sweepParts`. Throws a ModelError, or what `inspect` throws.
 */
export async function receiveUpload<Facts>(
  { fileName, sizeBytes, body }: Upload,
  { folder, freeBytes, inspect }: UploadOptions<Facts>,
): Promise<{ path: string; sha256: string; facts: Facts }> {
  checkSpace(sizeBytes, freeBytes(folder), folder);
  await mkdir(folder, { recursive: true });
  const path = freePath(folder, fileName);
  const hash = createHash("sha256");
  const file = await open(partOf(path), "wx").catch((error) => {
    throw writeError(error, partOf(path));
  });
  try {
    await pipeline(
      body,
      async function* (chunks: AsyncIterable<Uint8Array>) {
        let received = 0;
        let head = Buffer.alloc(0);
        for await (const bytes of chunks) {
          // A first piece may be shorter than what a model begins with.
          head = Buffer.concat([head, bytes.subarray(0, magic.length - head.length)]);
          if (!magic.subarray(0, head.length).equals(head))
            throw new ModelError(
              "not_a_model",
              `${fileName} is not a GGUF file. Choose a model whose name ends in .gguf.`,
            );
          received += bytes.length;
          hash.update(bytes);
          yield bytes;
        }
        if (received !== sizeBytes)
          throw new ModelError(
            "invalid",
            `${fileName} came with ${received} bytes instead of ${sizeBytes}. Add it again.`,
          );
      },
      file.createWriteStream({ flush: true }),
    );
    const facts = await inspect(partOf(path));
    await putInPlace(path);
    return { path, sha256: hash.digest("hex"), facts };
  } catch (error) {
    await removePart(path);
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : writeError(error, partOf(path));
  }
}

/** Removes what killed processes left in `folder`: `.part` files that nothing writes to and that no download of `kept` will go on with. */
export async function sweepParts(folder: string, kept: ReadonlySet<string>, now: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (!name.endsWith(".part") || kept.has(path)) continue;
    const found = await stat(path).catch(() => null);
    if (found !== null && now - found.mtimeMs > abandonedMs) await rm(path, { force: true });
  }
}

function freePath(folder: string, fileName: string): string {
  const safe = basename(fileName.replaceAll("\\", "/")).replaceAll(/[^\w.-]/g, "_");
  const stem = safe.replace(/\.gguf$/i, "") || "model";
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? `${stem}.gguf` : `${stem}-${number}.gguf`);
    if (!existsSync(path) && !existsSync(partOf(path))) return path;
  }
}
