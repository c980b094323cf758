import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract, pack } from "tar-stream";
import { z } from "zod";
import { ModelError } from "./errors.ts";
import { checkSpace, partOf, putInPlace, removePart } from "./part-file.ts";

const kitFile = z.object({
  id: z.string(),
  name: z.string(),
  file: z.string().regex(/^[\w.-]+\.gguf$/i),
  size_bytes: z.number(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  kind: z.enum(["chat", "embedding"]),
  licence: z.string().nullable(),
  source: z.string().nullable(),
});
/** A model as it stands in a kit. */
export type KitModel = z.infer<typeof kitFile>;

/** `kit.json`: what the kit holds. It is written last, so that a kit that was cut off has none. */
const kitIndex = z.object({
  holdfast_kit: z.literal(1),
  models: z.array(kitFile),
  /** The other files, with their contents: the catalogue, and the config where it was wanted. */
  extras: z.record(z.string(), z.unknown()),
});
type KitIndex = z.infer<typeof kitIndex>;

export interface ToPack extends Omit<KitModel, "file" | "sha256" | "size_bytes"> {
  path: string;
}

const indexName = "kit.json";
const isOneFile = (path: string): boolean => /\.tar$/i.test(path);

/**
 * Writes models and `extras` to a folder, or to one file when `target` ends in `.tar`. Gives what was packed. Throws a ModelError,
 * and leaves nothing behind that could be taken for a kit.
 */
export async function packKit(
  target: string,
  models: readonly ToPack[],
  extras: Record<string, unknown>,
  signal: AbortSignal,
): Promise<KitModel[]> {
  if (existsSync(target) && (isOneFile(target) || (await readdir(target)).length > 0))
    throw new ModelError("conflict", `${target} is there already. Name another folder or .tar file.`);
  const writer = isOneFile(target) ? new TarWriter(target) : new FolderWriter(target);
  try {
    await mkdir(isOneFile(target) ? dirname(target) : join(target, "models"), { recursive: true });
    const packed: KitModel[] = [];
    for (const { path, ...model } of models) {
      const { size } = await stat(path);
      const file = fileNameOf(model.id, packed);
      const hash = hashing();
      await writer.add(`models/${file}`, size, createReadStream(path, { signal }).pipe(hash.stream));
      packed.push({ ...model, file, size_bytes: size, sha256: hash.digest() });
    }
    const index: KitIndex = { holdfast_kit: 1, models: packed, extras };
    await writer.finish(`${JSON.stringify(index, null, 2)}\n`);
    return packed;
  } catch (error) {
    await writer.discard();
    signal.throwIfAborted();
    throw error instanceof ModelError
      ? error
      : new ModelError("unusable", `${target} can't be written (${(error as Error).message}).`, error);
  }
}

/** A kit's models, now in `folder`, and its other contents. */
export interface Unpacked {
  models: (KitModel & { path: string })[];
  extras: Record<string, unknown>;
}

/**
 * Copies a kit's models into `folder`, compares each with its checksum, and only then gives it its name. Throws a ModelError, and
 * leaves nothing, when anything in the kit is wrong.
 */
export async function unpackKit(
  source: string,
  folder: string,
  freeBytes: (folder: string) => Promise<number>,
  signal: AbortSignal,
): Promise<Unpacked> {
  await mkdir(folder, { recursive: true });
  const copied = new Map<string, { path: string; sha256: string }>();
  let text: string | null = null;
  try {
    for await (const { name, size, stream } of isOneFile(source)
      ? tarFiles(source, signal)
      : folderFiles(source, signal)) {
      const file = /^models\/([\w.-]+\.gguf)$/i.exec(name)?.[1];
      if (file !== undefined) {
        checkSpace(size, await freeBytes(folder), folder);
        const path = freePath(join(folder, file));
        const hash = hashing();
        copied.set(file, { path, sha256: "" });
        await pipeline(stream, hash.stream, createWriteStream(partOf(path), { flush: true }), { signal });
        copied.set(file, { path, sha256: hash.digest() });
      } else if (name === indexName) text = await textOf(stream);
      else throw new ModelError("invalid", `${source} holds "${name}", which is no part of a kit.`);
    }
    const index = readIndex(text, source);
    const models = index.models.map((model) => {
      const copy = copied.get(model.file);
      if (copy?.sha256 === model.sha256) return { ...model, path: copy.path };
      const what = copy === undefined ? "is missing" : "does not have the checksum that the kit names";
      throw new ModelError(
        "checksum",
        `${model.file} in ${source} ${what}. Copy the kit again; nothing of it was installed.`,
      );
    });
    for (const { path } of models) await putInPlace(path);
    return { models, extras: index.extras };
  } catch (error) {
    for (const { path } of copied.values()) await removePart(path);
    signal.throwIfAborted();
    throw error instanceof ModelError
      ? error
      : new ModelError("unusable", `${source} can't be unpacked (${(error as Error).message}).`, error);
  }
}

function readIndex(text: string | null, source: string): KitIndex {
  if (text === null)
    throw new ModelError("invalid", `${source} is no kit, or not a whole one: it has no ${indexName}.`);
  try {
    return kitIndex.parse(JSON.parse(text));
  } catch (error) {
    throw new ModelError(
      "invalid",
      `The ${indexName} of ${source} can't be read. Pack the kit again.`,
      error,
    );
  }
}

/** Where a kit's files are written. */
interface Writer {
  add(name: string, size: number, stream: Readable): Promise<void>;
  /** Writes the index, which makes it a kit. */
  finish(index: string): Promise<void>;
  discard(): Promise<void>;
}

class FolderWriter implements Writer {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(name: string, _size: number, stream: Readable): Promise<void> {
    return pipeline(stream, createWriteStream(join(this.#folder, name), { flush: true }));
  }

  finish(index: string): Promise<void> {
    return writeFile(join(this.#folder, indexName), index, { flush: true });
  }

  discard(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

class TarWriter implements Writer {
  readonly #path: string;
  readonly #pack = pack();
  #written: Promise<void> | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async add(name: string, size: number, stream: Readable): Promise<void> {
    const written = this.#begin();
    await Promise.race([pipeline(stream, this.#pack.entry({ name, size })), written]);
  }

  async finish(index: string): Promise<void> {
    const written = this.#begin();
    this.#pack.entry({ name: indexName }, index);
    this.#pack.finalize();
    await written;
    await putInPlace(this.#path);
  }

  async discard(): Promise<void> {
    this.#pack.destroy();
    await this.#written?.catch(() => {});
    await removePart(this.#path);
  }

  #begin(): Promise<void> {
    this.#written ??= pipeline(this.#pack, createWriteStream(partOf(this.#path), { flush: true }));
    this.#written.catch(() => {}); // whoever waits for it hears of it
    return this.#written;
  }
}

interface KitEntry {
  name: string;
  size: number;
  stream: Readable;
}

async function* tarFiles(path: string, signal: AbortSignal): AsyncGenerator<KitEntry> {
  const entries = extract();
  const reading = pipeline(createReadStream(path), entries, { signal });
  reading.catch(() => {}); // the iteration fails as well
  for await (const entry of entries) {
    if (entry.header.type !== "file")
      throw new ModelError("invalid", `${path} holds "${entry.header.name}", which is no file.`);
    yield { name: entry.header.name, size: entry.header.size ?? 0, stream: Readable.from(entry) };
  }
  await reading;
}

async function* folderFiles(folder: string, signal: AbortSignal): AsyncGenerator<KitEntry> {
  if (!existsSync(join(folder, indexName)))
    throw new ModelError("invalid", `${folder} is no kit: it has no ${indexName}.`);
  for (const name of await readdir(join(folder, "models"))) {
    const path = join(folder, "models", name);
    yield {
      name: `models/${name}`,
      size: (await stat(path)).size,
      stream: createReadStream(path, { signal }),
    };
  }
  yield { name: indexName, size: 0, stream: createReadStream(join(folder, indexName), { signal }) };
}

function hashing(): { stream: Transform; digest(): string } {
  const hash = createHash("sha256");
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, digest: () => hash.digest("hex") };
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function fileNameOf(id: string, before: readonly KitModel[]): string {
  const stem = id.replaceAll(/[^\w.-]/g, "_");
  for (let number = 1; ; number++) {
    const name = `${stem}${number === 1 ? "" : `-${number}`}.gguf`;
    if (!before.some(({ file }) => file === name)) return name;
  }
}

function freePath(path: string): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : join(dirname(path), `${basename(path, ".gguf")}-${number}.gguf`);
    if (!existsSync(candidate) && !existsSync(partOf(candidate))) return candidate;
  }
}
