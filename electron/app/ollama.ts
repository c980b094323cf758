import type { Clock, Link } from "../chain/index.ts";
import { ProviderFailure } from "../chain/index.ts";
import {
  type ChainEvent,
  type ChatRequest,
  type Config,
  durationMs,
  type LinkConfig,
  type OllamaState,
} from "../contract/index.ts";
import { ModelError, type ModelsDatabase, OllamaPulls } from "../models/index.ts";
import {
  type LoadedOllamaModel,
  OllamaFactBook,
  type OllamaModel,
  OllamaServer,
  ollamaBaseUrl,
  smallestContext,
  withoutVersion,
  withTag,
} from "../providers/index.ts";
import { withLink } from "./chain-place.ts";
import type { ChainSettings } from "./chain-settings.ts";
import { isLoopback } from "./links.ts";
import { addressOf, lookMs, OllamaStart } from "./ollama-start.ts";
import { Watched } from "./watched.ts";

export interface OllamaParts {
  /** Opened with `modelsMigrations`. */
  database: ModelsDatabase;
  /** Leaves by the app's one door. */
  fetch: typeof fetch;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  settings(): ChainSettings;
  apiKey(link: Link): string | null | Promise<string | null>;
  /** Told of a link whose missing model has come. */
  onMended(link: string): void;
  onError(error: unknown): void;
}

type Ollama = NonNullable<Config["ollama"]>;

/** What was seen of the server at the last look. */
interface Sight {
  version: string | null;
  models: readonly OllamaModel[];
  loaded: readonly LoadedOllamaModel[];
}

const nothingSeen: Sight = { version: null, models: [], loaded: [] };
const usualKeepAlive = "15m";
/** A model that is not to stay after an answer stays for so long when it is loaded before one, seconds. */
const leastWarm = 60;
const patience = new AbortController().signal;

/** Ollama as a person manages it: its models, pulls, and what is in its memory. Methods throw a ModelError. */
export class OllamaService implements AsyncDisposable {
  readonly book: OllamaFactBook;
  readonly program: OllamaStart;
  readonly state: Watched<OllamaState>;
  readonly pulls: OllamaPulls;
  readonly #parts: OllamaParts;
  #sight: Sight = nothingSeen;
  #trouble: string | null = null;

  constructor(parts: OllamaParts) {
    this.#parts = parts;
    this.book = new OllamaFactBook(parts.clock, () => parts.settings().reconsider());
    this.program = new OllamaStart({
      ...parts,
      config: () => this.#config,
      onChange: () => this.state.changed(),
      onFailure: (error) => this.#see(nothingSeen, asModelError(error).message),
    });
    this.pulls = new OllamaPulls({
      database: parts.database,
      pull: (name, signal) => this.#pull(name, signal),
      now: () => parts.clock.now(),
      onChange: () => this.state.changed(),
      onPulled: (name) => {
        this.book.forget(this.#baseUrl, name);
        const link = this.#linkOf(name);
        if (link !== null) parts.onMended(link);
        this.refresh().catch(parts.onError);
      },
      onError: parts.onError,
    });
    this.state = new Watched(() => this.#state());
  }

  /** How long a model stays in memory, as Ollama takes it: seconds, below 0 for ever. */
  keepAlive(): number {
    const { keep_alive = usualKeepAlive } = this.#config;
    if (keep_alive === "off") return 0;
    return keep_alive === "forever" ? -1 : Math.round(durationMs(keep_alive) / 1000);
  }

  /** What is known of a link's model; null for other families, and for models that nobody has asked about yet. */
  told({ provider, base_url, model }: LinkConfig) {
    return provider === "ollama" ? this.book.known(withoutVersion(base_url ?? ollamaBaseUrl), model) : null;
  }

  /** A run that begins when it is known what the chain's Ollama models can do, where that decides which link is asked. */
  async *prepared(
    request: ChatRequest,
    signal: AbortSignal,
    run: () => AsyncGenerator<ChainEvent, void, void>,
  ): AsyncGenerator<ChainEvent, void, void> {
    const hasImage = request.messages.some(
      ({ content }) => Array.isArray(content) && content.some(({ type }) => type === "image"),
    );
    if (hasImage || request.tools?.length) {
      const { links } = this.#parts.settings();
      await this.#learn(
        links.filter(({ tier }) => tier === "local" || !request.local_only),
        signal,
      );
    }
    yield* run();
  }

  /** The state, looked at anew, and again whenever it changes. */
  watch(signal?: AbortSignal): AsyncGenerator<OllamaState, void, void> {
    this.refresh(signal).catch(() => undefined);
    return this.state.watch(signal);
  }

  /** Looks how it stands. Nothing is asked where neither the chain nor this machine knows of an Ollama. */
  async refresh(signal: AbortSignal = patience): Promise<OllamaState> {
    if (this.#link === null && this.program.find() === null) this.#see(nothingSeen, null);
    else await this.#look(signal);
    return this.state.now;
  }

  /** Starts the program for the address of the chain's Ollama link, or the usual one. */
  async start(signal: AbortSignal = patience): Promise<OllamaState> {
    const { hostname } = new URL(this.#baseUrl);
    if (!isLoopback(hostname))
      throw new ModelError("invalid", `${this.#baseUrl} is not on this machine: start Ollama there.`);
    await this.program.start(this.#baseUrl);
    return this.refresh(signal);
  }

  async stop(): Promise<OllamaState> {
    if (!this.program.startedHere)
      throw new ModelError("conflict", "Holdfast did not start this Ollama, and does not stop it.");
    await this.pulls[Symbol.asyncDispose]();
    await this.program.stop();
    return this.refresh();
  }

  /** Begins a pull, or goes on with one. */
  async pull(name: string): Promise<void> {
    // The server is on this machine, and what it fetches is not: the app's own door would not see it.
    if (this.#parts.settings().rules.level === "offline")
      throw new ModelError(
        "conflict",
        "The level is set to offline, so nothing is fetched. Choose another level to download models.",
      );
    const server = await this.#server();
    try {
      await told(server.version(AbortSignal.timeout(lookMs)));
    } catch (error) {
      const isHere = isLoopback(new URL(server.baseUrl).hostname);
      if (!(error instanceof ModelError) || !isHere) throw error;
      const how =
        this.program.find() === null
          ? "is not installed here. Get it from https://ollama.com/download."
          : "does not run. Start it under Models, or in a terminal: ollama serve";
      throw new ModelError("network", `Ollama ${how}`, error);
    }
    this.pulls.start(withTag(name));
  }

  async remove(name: string, signal: AbortSignal = patience): Promise<void> {
    const link = this.#linkOf(name);
    if (link !== null)
      throw new ModelError(
        "conflict",
        `The link "${link}" runs ${name}. Use another model there first, or remove the link.`,
      );
    await told((await this.#server()).remove(name, signal));
    this.book.forget(this.#baseUrl, name);
    await this.refresh(signal);
  }

  /** Puts a model into the chain: into the Ollama link that is there, else before the starter. Gives the link's id. */
  async use(name: string, signal: AbortSignal = patience): Promise<string> {
    const facts = await told(this.book.learn(await this.#server(), name, signal));
    if (facts?.capabilities && !facts.capabilities.includes("completion"))
      throw new ModelError(
        "invalid",
        `${name} turns texts into vectors and can't answer. Choose another model.`,
      );
    const settings = this.#parts.settings();
    const baseUrl = this.#baseUrl;
    const { chain, link } = withLink(
      settings.config.fallback_chain,
      {
        id: "ollama",
        provider: "ollama",
        model: name,
        ...(baseUrl !== ollamaBaseUrl && { base_url: baseUrl }),
      },
      (one) => one.provider === "ollama",
    );
    settings.setConfig({ ...settings.config, fallback_chain: chain });
    this.state.changed();
    return link;
  }

  /** Loads a model as the next short question will want it. One that is in memory stays as it is. */
  async warm(name: string, signal: AbortSignal = patience): Promise<void> {
    await told(this.#load(await this.#server(), name, signal));
    await this.refresh(signal);
  }

  /** At the first bad sign from the cloud: the model of a link gets ready, silently. A program is started for it where that may be. */
  async warmLink(link: Link, signal: AbortSignal): Promise<void> {
    const server = await this.#serverOf(link);
    try {
      await this.#load(server, link.model, signal);
    } catch (error) {
      if (await this.program.helps(error, link, signal)) await this.#load(server, link.model, signal);
      else throw error;
    }
  }

  async unload(name: string, signal: AbortSignal = patience): Promise<void> {
    await told((await this.#server()).unload(name, signal));
    await this.refresh(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pulls[Symbol.asyncDispose]();
    await this.program[Symbol.asyncDispose]();
  }

  get #config(): Ollama {
    return this.#parts.settings().config.ollama ?? {};
  }

  /** The chain's first Ollama link; its server is the one that is managed. */
  get #link(): Link | null {
    return this.#parts.settings().links.find(({ provider }) => provider === "ollama") ?? null;
  }

  get #baseUrl(): string {
    return addressOf(this.#link?.baseUrl ?? null);
  }

  async #server(): Promise<OllamaServer> {
    const link = this.#link;
    if (link !== null) return this.#serverOf(link);
    const { fetch, clock } = this.#parts;
    return new OllamaServer({ baseUrl: this.#baseUrl, key: null, fetch, clock });
  }

  async #serverOf(link: Link): Promise<OllamaServer> {
    const { fetch, clock, apiKey } = this.#parts;
    const key = await apiKey(link);
    return new OllamaServer({ baseUrl: addressOf(link.baseUrl), key, fetch, clock, link: link.id });
  }

  /** Learns what Ollama models can do, those that nobody has asked about yet. */
  async #learn(links: readonly Link[], signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
    const unknown = links.filter(
      ({ provider, baseUrl, model }) =>
        provider === "ollama" && this.book.known(addressOf(baseUrl), model) === null,
    );
    // What can't be learned now shows when the link is asked, whose affair it is.
    await Promise.allSettled(
      unknown.map(async (link) => this.book.learn(await this.#serverOf(link), link.model, limit)),
    );
  }

  async #load(server: OllamaServer, name: string, signal: AbortSignal): Promise<void> {
    const loaded = await server.loaded(signal);
    if (loaded.some((one) => one.name === withTag(name))) return;
    const facts = await this.book.learn(server, name, signal);
    const context = Math.min(smallestContext, facts?.contextLength ?? smallestContext);
    await server.load(name, context, this.keepAlive() || leastWarm, signal);
  }

  async *#pull(name: string, signal: AbortSignal) {
    try {
      yield* (await this.#server()).pull(name, signal);
    } catch (error) {
      throw asModelError(error);
    }
  }

  async #look(outer: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([outer, AbortSignal.timeout(lookMs)]);
    const server = await this.#server();
    try {
      const [version, models, loaded] = await Promise.all([
        server.version(signal),
        server.list(signal),
        server.loaded(signal),
      ]);
      await Promise.allSettled(models.map(({ name }) => this.book.learn(server, name, signal)));
      this.#see({ version, models, loaded }, null);
    } catch (error) {
      outer.throwIfAborted();
      const isSilent =
        error instanceof ProviderFailure && (error.kind === "network" || error.kind === "cancelled");
      const isExpected = isSilent && this.program.find() !== null;
      this.#see(nothingSeen, isExpected ? null : asModelError(error).message);
    }
  }

  #see(sight: Sight, trouble: string | null): void {
    this.#sight = sight;
    this.#trouble = trouble;
    this.state.changed();
  }

  #state(): OllamaState {
    const { version, models, loaded } = this.#sight;
    const program = this.program.find();
    const here = new Set(models.map(({ name }) => name));
    const links = this.#managedLinks();
    return {
      state: this.#stateWord(program),
      base_url: this.#baseUrl,
      version,
      program,
      started_here: this.program.startedHere,
      trouble: this.#trouble,
      models: models.map(({ name, sizeBytes, parameters, quantisation, remoteHost }) => {
        const facts = this.book.known(this.#baseUrl, name);
        const held = loaded.find((one) => one.name === name);
        return {
          name,
          size_bytes: sizeBytes,
          parameters,
          quantisation,
          context: facts?.contextLength ?? null,
          capabilities: facts?.capabilities ? [...facts.capabilities] : null,
          remote_host: facts?.remoteHost ?? remoteHost,
          loaded: held ? { context: held.context, until: held.until } : null,
          link: this.#linkOf(name),
        };
      }),
      pulls: this.pulls.list(),
      missing:
        version === null
          ? []
          : links
              .filter(({ model }) => !here.has(withTag(model)))
              .map(({ id, model }) => ({ link: id, model })),
    };
  }

  #stateWord(program: string | null): OllamaState["state"] {
    if (this.#sight.version !== null) return "running";
    if (this.program.isStarting) return "starting";
    if (program !== null && isLoopback(new URL(this.#baseUrl).hostname)) return "stopped";
    return this.#link === null ? "not_installed" : "unreachable";
  }

  /** Links of the chain that the managed server answers for. */
  #managedLinks(): Link[] {
    const { links } = this.#parts.settings();
    return links.filter(
      ({ provider, baseUrl }) => provider === "ollama" && addressOf(baseUrl) === this.#baseUrl,
    );
  }

  #linkOf(name: string): string | null {
    return this.#managedLinks().find(({ model }) => withTag(model) === withTag(name))?.id ?? null;
  }
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asModelError(error);
  }
}

/** A provider's failure in the words of whoever manages models. */
function asModelError(error: unknown): ModelError {
  if (error instanceof ModelError) return error;
  if (!(error instanceof ProviderFailure)) return new ModelError("refused", String(error), error);
  const { kind, message } = error;
  if (kind === "cancelled") return new ModelError("stopped", "It was stopped.", error);
  if (/file does not exist|manifest unknown/.test(message))
    return new ModelError(
      "not_found",
      "Ollama's library does not have this model. Check its name at https://ollama.com/library.",
      error,
    );
  if (kind === "not_found") return new ModelError("not_found", message, error);
  if (kind === "out_of_memory") return new ModelError("too_large", message, error);
  return new ModelError(kind === "network" ? "network" : "refused", message, error);
}
