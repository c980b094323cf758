import { type FileHandle, open } from "node:fs/promises";
import { EngineFailure, messageOf } from "./failure.ts";
import { GgufError, type GgufHeader, GgufIncomplete, readGgufHeader } from "./gguf-header.ts";

const firstReadBytes = 1 << 20;
const again = "Download the model again, or choose another under Models.";

/**
 * Reads and checks the header of a model file, so that native code never meets a file that could crash it.
 * Throws an `EngineFailure`: `not_found` when it can't be opened, `malformed` when it is not a whole GGUF chat model.
 */
export async function checkModelFile(path: string): Promise<GgufHeader> {
  await using file = await openModel(path);
  const stat = await file.stat();
  if (!stat.isFile())
    throw new EngineFailure(
      "not_found",
      `${path} is not a file. Give the path of a .gguf file, or choose a model under Models.`,
    );
  if (stat.size === 0) throw new EngineFailure("malformed", `The model file ${path} is empty. ${again}`);
  const header = await readHeader(file, path, stat.size);
  if (header.fileSize > stat.size)
    throw new EngineFailure(
      "malformed",
      `The model file ${path} is cut off: it has ${stat.size} bytes of ${header.fileSize}. Its download is probably not finished. ${again}`,
    );
  for (const key of ["general.architecture", "tokenizer.ggml.model"]) {
    if (typeof header.metadata.get(key) !== "string")
      throw new EngineFailure(
        "malformed",
        `The model file ${path} has no ${key}, so it is not a model that can chat. Choose another under Models.`,
      );
  }
  const wrong = wrongSize(header);
  if (wrong !== null)
    throw new EngineFailure("malformed", `The model file ${path} is damaged: ${wrong}. ${again}`);
  return header;
}

/** The sizes of every model, and what llama.cpp can take; it ends the process over others. */
const sizes = [
  { key: "block_count", least: 1, most: 512 },
  { key: "embedding_length", least: 1, most: 2 ** 24 },
  { key: "context_length", least: 8, most: 2 ** 31 - 1 },
] as const;

function wrongSize({ metadata }: GgufHeader): string | null {
  for (const { key, least, most } of sizes) {
    const name = `${metadata.get("general.architecture")}.${key}`;
    const value = metadata.get(name);
    if (value === undefined || typeof value === "object") continue;
    if (!(Number(value) >= least && Number(value) <= most))
      return `its ${name} is ${value}, not between ${least} and ${most}`;
  }
  return null;
}

async function openModel(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const what =
      code === "ENOENT" || code === "ENOTDIR"
        ? `There is no model file at ${path}.`
        : code === "EACCES" || code === "EPERM"
          ? `The model file ${path} may not be read by this user.`
          : `The model file ${path} can't be opened (${messageOf(error)}).`;
    throw new EngineFailure("not_found", `${what} Correct the path, or choose a model under Models.`, error);
  }
}

/** Reads ever more of the file until the header is whole: vocabularies make it anything from kilobytes to tens of megabytes. */
async function readHeader(file: FileHandle, path: string, fileSize: number): Promise<GgufHeader> {
  for (let length = firstReadBytes; ; length *= 4) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(length, fileSize)), { position: 0 });
    const bytes = buffer.subarray(0, bytesRead);
    if (bytes.toString("latin1", 0, 4) !== "GGUF") throw notGguf(bytes, path);
    try {
      return readGgufHeader(bytes, fileSize);
    } catch (error) {
      if (error instanceof GgufIncomplete && bytesRead < fileSize) continue;
      if (!(error instanceof GgufError)) throw error;
      throw new EngineFailure(
        "malformed",
        `The model file ${path} is damaged: ${error.message}. ${again}`,
        error,
      );
    }
  }
}

function notGguf(bytes: Buffer, path: string): EngineFailure {
  const beginning = bytes.toString("latin1", 0, 64).trimStart();
  const what = beginning.startsWith("version https://git-lfs")
    ? "a Git LFS pointer, not the model itself; fetch it with git lfs pull"
    : beginning.startsWith("<")
      ? "a web page that was saved in place of a model"
      : "not a GGUF model";
  return new EngineFailure("malformed", `The file ${path} is ${what}. ${again}`);
}
