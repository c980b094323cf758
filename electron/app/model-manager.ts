import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { basename, isAbsolute, join, resolve } from "node:path";
import {
  type AddedModel,
  type CatalogueEntry,
  config,
  type FoundModel,
  isOwn,
  type LinkConfig,
  type ModelBenchmark,
  type ModelCheck,
  type ModelInfo,
  type ModelsState,
} from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import {
  type Downloads,
  type Hub,
  type KitModel,
  ModelError,
  packKit,
  parseReference,
  type RemoteFile,
  receiveUpload,
  type Shelf,
  sha256Of,
  type Upload,
  unpackKit,
} from "../models/index.ts";
import type { ChainSettings } from "./chain-settings.ts";
import { benchmark } from "./model-bench.ts";
import { freeBytesOf, type Known, type ModelList } from "./model-list.ts";
import { isStarter, starterLink } from "./starter.ts";
import type { Watched } from "./watched.ts";

export interface ModelManagerParts {
  shelf: Shelf;
  list: ModelList;
  downloads: Downloads;
  hub: Hub;
  /** Address of the hub, to know it in what the person pastes. */
  hubAddress: string;
  catalogue: readonly CatalogueEntry[];
  resources: string;
  folder: string;
  engine: Pick<EngineClient, "inspect" | "load" | "generate" | "tryAgain">;
  settings: ChainSettings;
  now(): number;
  state: Watched<ModelsState>;
}

/** Tokens that memory is reckoned with: the engine's own default. */
export const usualContext = 8192;
const patience = new AbortController().signal;

/** What a person can do with models. Methods throw a ModelError, or what the engine or the store throws. */
export class ModelManager {
  readonly #parts: ModelManagerParts;

  constructor(parts: ModelManagerParts) {
    this.#parts = parts;
  }

  get downloads(): Downloads {
    return this.#parts.downloads;
  }

  get state(): Watched<ModelsState> {
    return this.#parts.state;
  }

  /** Adds what a reference names; `force` takes even what is too large for this machine. */
  async add(reference: string, force: boolean, signal: AbortSignal = patience): Promise<AddedModel> {
    const { list, downloads, shelf, hubAddress } = this.#parts;
    const parsed = parseReference(reference, hubAddress, existsSync);
    if (parsed.type === "path") return this.#addFile(parsed.path, signal);
    const here = parsed.type === "catalogue" ? list.find(parsed.id) : null;
    if (here) return { state: "installed", id: here.id };
    const { file, entry } = await this.#remote(parsed, signal);
    const same = shelf.models().find(({ source }) => source === file.source);
    if (same) return { state: "installed", id: same.id };
    const fit = list.fitOf({ size_bytes: file.sizeBytes, memory_bytes: entry?.memory_bytes ?? null });
    if (fit.verdict === "too_large" && !force)
      throw new ModelError("too_large", `${file.fileName} is too large: ${fit.reason} Choose a smaller one.`);
    const id = await downloads.start({
      id: entry?.id ?? idOf(file.fileName),
      name: entry?.name ?? stemOf(file.fileName),
      file: { ...file, sha256: entry?.sha256 ?? file.sha256 },
      kind: entry?.kind ?? "chat",
      licence: entry?.licence ?? null,
    });
    return { state: "downloading", id };
  }

  /** Adds a file that comes from a browser. */
  async receive(upload: Upload): Promise<AddedModel> {
    const { folder, engine, shelf, state } = this.#parts;
    const { path, sha256, facts } = await receiveUpload(upload, {
      folder,
      freeBytes: freeBytesOf,
      inspect: (part) => engine.inspect({ path: part, contextSize: usualContext }),
    });
    const model = asKnown(path, upload.sizeBytes) as Known;
    const id = this.#freeId(model.id);
    const { kind, licence, memoryBytes } = facts;
    shelf.put({ ...model, id, kind, licence, sha256, origin: "upload", memory_bytes: memoryBytes });
    state.changed();
    return { state: "installed", id };
  }

  async info(reference: string, signal: AbortSignal = patience): Promise<ModelInfo> {
    const { list, hubAddress, engine } = this.#parts;
    const parsed = parseReference(reference, hubAddress, existsSync);
    const known =
      list.find(reference) ??
      (parsed.type === "path" ? asKnown(resolve(parsed.path), await sizeOf(parsed.path)) : null);
    if (known) {
      const facts = await engine.inspect({ path: known.path, contextSize: usualContext }, signal);
      return {
        name: facts.name ?? known.name,
        source: known.source ?? known.path,
        size_bytes: known.size_bytes,
        sha256: known.sha256,
        licence: known.licence ?? facts.licence,
        context: facts.trainContextSize,
        architecture: facts.architecture,
        fit: list.fitOf({ size_bytes: known.size_bytes, memory_bytes: facts.memoryBytes }),
      };
    }
    if (parsed.type === "path") throw new ModelError("not_found", `There is no file ${parsed.path}.`);
    const { file, entry } = await this.#remote(parsed, signal);
    return {
      name: entry?.name ?? stemOf(file.fileName),
      source: file.source,
      size_bytes: file.sizeBytes,
      sha256: file.sha256,
      licence: entry?.licence ?? null,
      context: entry?.context ?? null,
      architecture: null,
      fit: list.fitOf({ size_bytes: file.sizeBytes, memory_bytes: entry?.memory_bytes ?? null }),
    };
  }

  search(text: string, signal: AbortSignal = patience): Promise<FoundModel[]> {
    return this.#parts.hub.search(text, signal);
  }

  async rescan(): Promise<void> {
    await this.#parts.list.rescan();
    this.#parts.state.changed();
  }

  /** Removes a model; its file too where Holdfast put it there. */
  async remove(id: string): Promise<void> {
    const { shelf, list, state } = this.#parts;
    const model = this.#find(id);
    const link = list.linkOf(model.path);
    if (link !== null)
      throw new ModelError(
        "conflict",
        `The link "${link}" runs ${id}. Use another model there first, or remove the link.`,
      );
    if (!shelf.models().some((one) => one.id === id))
      throw new ModelError(
        "conflict",
        model.origin === "bundled"
          ? `${id} belongs to Holdfast and stays.`
          : `${id} belongs to ${model.origin}: remove it there.`,
      );
    if (isOwn(model.origin)) await rm(model.path, { force: true });
    shelf.remove(id);
    state.changed();
  }

  /** Compares a file with its checksum; where there is none, with its length and its own header. */
  async verify(id: string, signal: AbortSignal = patience): Promise<ModelCheck> {
    const { shelf, engine, state } = this.#parts;
    const model = this.#find(id);
    const size = await sizeOf(model.path);
    if (size === null)
      return { ok: false, how: "size", detail: `${model.path} is gone. Remove the model, and add it again.` };
    if (size !== model.size_bytes)
      return {
        ok: false,
        how: "size",
        detail: `${model.path} has ${size} bytes instead of ${model.size_bytes}.`,
      };
    await engine.inspect({ path: model.path, contextSize: usualContext }, signal);
    const wanted = model.sha256 ?? shaOfBlob(model.path);
    if (wanted === null)
      return {
        ok: true,
        how: "header",
        detail: "The file is whole by its header. There is no checksum to compare it with.",
      };
    if ((await sha256Of(model.path, signal)) !== wanted)
      return {
        ok: false,
        how: "sha256",
        detail: `${model.path} was changed or is damaged. Remove the model, and add it again.`,
      };
    if (shelf.models().some((one) => one.id === id))
      shelf.put({ ...model, sha256: wanted, verified: model.verified ?? "sha256" });
    state.changed();
    return { ok: true, how: "sha256", detail: `Its SHA-256 is ${wanted}.` };
  }

  /** Puts a model into the chain: into the local GGUF link that is there, else before the starter. Gives the link's id. */
  async use(id: string): Promise<string> {
    const { shelf, settings, state, engine } = this.#parts;
    const model = this.#find(id);
    if (model.kind === "embedding")
      throw new ModelError(
        "invalid",
        `${model.name} turns texts into vectors and can't answer. Choose a chat model.`,
      );
    const { kind, memoryBytes } = await engine.inspect({ path: model.path, contextSize: usualContext });
    if (kind === "embedding")
      throw new ModelError("invalid", `${model.name} can't answer. Choose a chat model.`);
    // A model of another program keeps its name from now on, so that the link finds it before any search.
    if (model.origin !== "bundled") shelf.put({ ...model, memory_bytes: memoryBytes });
    const { chain, link } = withModel(settings.config.fallback_chain ?? [starterLink], model);
    settings.setConfig({ ...settings.config, fallback_chain: chain });
    state.changed();
    return link;
  }

  /** Lets a model that was set aside be tried again; false when it was not. */
  tryAgain(id: string): boolean {
    return this.#parts.engine.tryAgain(this.#find(id).path);
  }

  /** Measures a model, or with null this machine by its largest chat model that fits. */
  async benchmark(id: string | null, signal: AbortSignal = patience): Promise<ModelBenchmark> {
    const { engine, shelf, list, state, now } = this.#parts;
    const model = id === null ? this.#largest() : this.#find(id);
    const result = await benchmark(engine, model.path, now, signal);
    const speed = { tokens_per_second: result.tokens_per_second, device: result.device };
    shelf.recordSpeed(model.path, { ...speed, size_bytes: model.size_bytes });
    const before = shelf.speed("machine");
    const size = Math.round(model.size_bytes * list.activeShareOf(model.id));
    // The larger the model, the better it tells what the memory can do: a small one stays in the processor's caches.
    if (id === null || before === null || size >= before.size_bytes)
      shelf.recordSpeed("machine", { ...speed, size_bytes: size });
    state.changed();
    return { model: model.id, ...result };
  }

  /** One short answer, outside of the chain and kept nowhere. */
  async *try(
    id: string,
    text: string,
    signal: AbortSignal = patience,
  ): AsyncGenerator<{ text: string }, void, void> {
    const { path } = this.#find(id);
    const messages = [{ role: "user" as const, content: text }];
    for await (const event of this.#parts.engine.generate(
      { model: { path }, messages, maxTokens: 256 },
      signal,
    )) {
      if (event.type === "delta" && event.text !== undefined) yield { text: event.text };
    }
  }

  /** Writes models, the catalogue and the chain's settings to a kit. Keys never stand in settings. */
  pack(ids: readonly string[], target: string, signal: AbortSignal): Promise<KitModel[]> {
    const { catalogue, settings } = this.#parts;
    const models = ids.map((id) => this.#find(id));
    return packKit(resolve(target), models, { catalogue, config: settings.config }, signal);
  }

  /** Installs a kit's models, and with `withConfig` puts its settings into force. `config` says whether that was done. */
  async unpack(
    source: string,
    withConfig: boolean,
    signal: AbortSignal,
  ): Promise<{ ids: string[]; config: boolean }> {
    const { folder, shelf, state, settings } = this.#parts;
    const path = resolve(source);
    if (!existsSync(path)) throw new ModelError("not_found", `There is no kit at ${path}.`);
    const { models, extras } = await unpackKit(path, folder, async (of) => freeBytesOf(of), signal);
    for (const { file: _file, ...model } of models) {
      const before = shelf.models().find(({ id }) => id === model.id);
      if (before !== undefined && isOwn(before.origin)) await rm(before.path, { force: true });
      shelf.put({ ...model, origin: "kit", verified: "sha256", memory_bytes: null });
    }
    const given = withConfig ? config.safeParse(extras.config) : null;
    if (given?.success) settings.setConfig(given.data);
    state.changed();
    return { ids: models.map(({ id }) => id), config: given?.success ?? false };
  }

  /**
   * The absolute path of what a link names: a model by its id, else a path: `resources/…` among what ships with the program, others
   * from the working folder. Null for a model of the catalogue that is not here.
   */
  resolve(model: string): string | null {
    const { shelf, catalogue, resources } = this.#parts;
    const own = shelf.models().find(({ id }) => id === model);
    if (own) return own.path;
    if (catalogue.some(({ id }) => id === model)) return null;
    if (isAbsolute(model)) return model;
    return model.startsWith("resources/") ? join(resources, "..", model) : resolve(model);
  }

  /** As `resolve`; throws a ModelError where that is null. */
  pathOf(model: string): string {
    const path = this.resolve(model);
    if (path !== null) return path;
    throw new ModelError(
      "not_found",
      `The model "${model}" is not on this machine. Download it under Models, or with: holdfast models add ${model}`,
    );
  }

  async #addFile(given: string, signal: AbortSignal): Promise<AddedModel> {
    const { engine, shelf, list, state } = this.#parts;
    const path = resolve(given);
    const size = await sizeOf(path);
    if (size === null) throw new ModelError("not_found", `There is no file ${path}.`);
    const here = list.known().find((model) => model.path === path);
    if (here) return { state: "installed", id: here.id };
    const facts = await engine.inspect({ path, contextSize: usualContext }, signal);
    const model = asKnown(path, size) as Known;
    const id = this.#freeId(model.id);
    shelf.put({ ...model, id, kind: facts.kind, licence: facts.licence, memory_bytes: facts.memoryBytes });
    state.changed();
    return { state: "installed", id };
  }

  async #remote(
    reference: Exclude<ReturnType<typeof parseReference>, { type: "path" }>,
    signal: AbortSignal,
  ): Promise<{ file: RemoteFile; entry: CatalogueEntry | null }> {
    const { hub, catalogue } = this.#parts;
    if (reference.type === "hub") {
      const { repository, revision, wanted } = reference;
      const file = await hub.file(repository, revision, wanted, signal);
      const entry = catalogue.find(
        (one) => one.repository === repository && file.source.endsWith(`:${one.file}`),
      );
      return { file, entry: entry ?? null };
    }
    if (reference.type === "url") {
      const fileName = decodeURIComponent(basename(new URL(reference.url).pathname)) || "model.gguf";
      const file = {
        url: reference.url,
        fileName,
        source: reference.url,
        sizeBytes: null,
        sha256: null,
        token: null,
      };
      return { file, entry: null };
    }
    const entry = catalogue.find(({ id }) => id === reference.id);
    if (entry === undefined)
      throw new ModelError(
        "not_found",
        `The catalogue has no "${reference.id}", and there is no such file. See: holdfast models search`,
      );
    return { file: await hub.file(entry.repository, "main", entry.file, signal), entry };
  }

  #find(id: string): Known {
    const model = this.#parts.list.find(id);
    if (model === null)
      throw new ModelError(
        "not_found",
        `There is no model "${id}" on this machine. See: holdfast models list`,
      );
    return model;
  }

  #largest(): Known {
    const fits = this.#parts.list
      .installed()
      .filter(({ kind, fit }) => kind === "chat" && fit.verdict === "fits")
      .toSorted((a, b) => b.size_bytes - a.size_bytes);
    if (fits[0] === undefined)
      throw new ModelError("not_found", "There is no chat model on this machine to measure it with.");
    return this.#find(fits[0].id);
  }

  #freeId(wanted: string): string {
    for (let number = 1; ; number++) {
      const id = number === 1 ? wanted : `${wanted}-${number}`;
      if (this.#parts.list.find(id) === null) return id;
    }
  }
}

/** The chain with a model in its local GGUF link, and that link's id. */
function withModel(chain: readonly LinkConfig[], model: Known): { chain: LinkConfig[]; link: string } {
  const name = model.origin === "bundled" ? starterLink.model : model.id;
  const running = chain.find((link) => link.provider === "llama" && !isStarter(link));
  const starter = chain.find((link) => link.provider === "llama" && isStarter(link));
  if (model.origin === "bundled" && starter) return { chain: [...chain], link: starter.id };
  if (running)
    return {
      chain: chain.map((link) => (link === running ? { ...link, model: name } : link)),
      link: running.id,
    };
  const id = chain.some((link) => link.id === "local") ? "local-model" : "local";
  const at = starter === undefined ? chain.length : chain.indexOf(starter);
  return { chain: chain.toSpliced(at, 0, { id, provider: "llama", model: name }), link: id };
}

const stemOf = (fileName: string): string => basename(fileName).replace(/\.gguf$/i, "");
const idOf = (fileName: string): string =>
  stemOf(fileName)
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "") || "model";

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? found.size : null;
}

function asKnown(path: string, size: number | null): Known | null {
  if (size === null) return null;
  const name = stemOf(path);
  const unknown = { verified: null, sha256: null, source: null, licence: null, memory_bytes: null };
  return { ...unknown, id: idOf(name), name, path, size_bytes: size, origin: "file", kind: "chat" };
}

/** Ollama and the hub's cache name a blob by its SHA-256. */
const shaOfBlob = (path: string): string | null =>
  /(?:^sha256-)?([0-9a-f]{64})$/.exec(basename(path))?.[1] ?? null;
