import { type Clock, systemClock } from "../chain/index.ts";
import type { EngineStatus } from "../contract/index.ts";
import { BackOff } from "./back-off.ts";
import type {
  EmbedRequest,
  EngineEvent,
  EngineInfo,
  GenerateRequest,
  InspectRequest,
  ModelFacts,
  ModelRequest,
} from "./contract.ts";
import { tooLargeFor } from "./death.ts";
import { EngineFailure } from "./failure.ts";
import type { EngineProcess } from "./process.ts";
import { type ModelFile, modelFile, Quarantine, type QuarantineStore } from "./quarantine.ts";
import { EngineSession } from "./session.ts";
import { decodedVector } from "./vector-encoding.ts";

/** What a person can set of the engine; read anew at every use, so that a change counts from the next request on. */
export interface EngineSettings {
  /** How each model is run, where a request does not say otherwise. */
  model: Omit<ModelRequest, "path">;
  /** The most memory that the process may take, bytes; null for no limit. */
  memoryLimitBytes: number | null;
  /** How long the process may be without work before it is ended, milliseconds; null for ever. */
  idleUnloadMs: number | null;
}

export interface EngineClientOptions {
  /** Starts a process of the engine: `() => forkEngine(entry)`, or `() => utilityEngine(utilityProcess.fork(entry, …))`. */
  spawn: () => EngineProcess;
  /** Default: the machine's own. */
  clock?: Clock;
  /** Where the models that made the engine crash are remembered. Default: nowhere. */
  store?: QuarantineStore;
  settings?: () => EngineSettings;
  /** Hears each line that the process writes to its standard error, for the log. */
  onStderr?: (line: string) => void;
}

const forgetful: QuarantineStore = { load: () => null, save: () => {} };
const plainSettings: EngineSettings = { model: {}, memoryLimitBytes: null, idleUnloadMs: null };

/** What the engine is busy with, and the model that it is for. In each lane one thing is done after the other. */
interface Work {
  lane: "answer" | "embed";
  file: ModelFile | null;
}

type Door = EngineSession["door"];

/** Work that was let in, until it is disposed. */
interface Begun extends Disposable {
  session: EngineSession;
  /** What is to be thrown for what the door threw. */
  failed(error: unknown): unknown;
  call<T>(call: (door: Door, options: { signal?: AbortSignal }) => Promise<T>): Promise<T>;
  /** The model did what it is for. */
  worked(): void;
}

/**
 * The engine as the main process sees it, and its keeper: starts the process at the first use, and again at the first use
 * after it died or hung; sets models aside that end it again and again; ends it when it takes too much memory or nobody
 * needs it. Every method throws an `EngineFailure`, or the signal's reason as soon as that aborts.
 */
export class EngineClient implements AsyncDisposable {
  readonly #options: EngineClientOptions;
  readonly #clock: Clock;
  readonly #listeners = new Set<(status: EngineStatus) => void>();
  readonly #backOff: BackOff;
  readonly #quarantine: Quarantine;
  /** In the order of asking; the first is the one that is worked on. */
  readonly #works = new Set<Work>();
  #session: EngineSession | null = null;
  #cancelIdle: () => void = () => {};
  /** Whether the process was short of memory; a new one begins with all that there is, and gives back what this one holds. */
  #isShort = false;
  #disposed = false;
  #status: Omit<EngineStatus, "set_aside" | "gpu_unavailable"> = {
    state: "stopped",
    model: null,
    device: null,
    vram_bytes: null,
    restarts: 0,
  };

  constructor(options: EngineClientOptions) {
    const { clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#backOff = new BackOff(clock);
    this.#quarantine = new Quarantine({
      clock,
      store: options.store ?? forgetful,
      onChange: () => this.#tell({}),
    });
  }

  get status(): EngineStatus {
    const { gpu = "auto" } = this.#settings().model;
    return {
      ...this.#status,
      gpu_unavailable: this.#status.device === "cpu" && gpu !== "auto" && gpu !== "off",
      set_aside: this.#quarantine.setAside,
    };
  }

  /** Calls `listener` at every change of the status; the function given back ends that. */
  onStatus(listener: (status: EngineStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Answers, one request at a time. Leaving the iteration ends the generation. Nothing starts before the first read. */
  async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<EngineEvent, void, undefined> {
    const model = this.#withDefaults(request.model);
    using work = await this.#begin({ lane: "answer", path: model.path }, signal);
    const { session } = work;
    try {
      for await (const event of await session.door.generate({ ...request, model }, { signal })) {
        if (event.type === "finish") work.worked();
        yield event;
      }
    } catch (error) {
      throw work.failed(error);
    }
  }

  /** Has the model in memory before it is needed, and `system`, with which conversations will begin, evaluated. */
  async load(request: ModelRequest, signal?: AbortSignal, system?: string): Promise<EngineInfo> {
    const model = this.#withDefaults(request);
    using work = await this.#begin({ lane: "answer", path: model.path }, signal);
    return await work.call((door, options) => door.load({ model, ...(system && { system }) }, options));
  }

  /**
   * The vectors of the texts, of length 1, in their order. Neither waits for a generation nor holds one up. Without texts,
   * loads the embedder before it is needed.
   */
  async embed(request: EmbedRequest, signal?: AbortSignal): Promise<Float32Array[]> {
    using work = await this.#begin({ lane: "embed", path: request.model.path }, signal);
    const vectors = await work.call((door, options) => door.embed(request, options));
    work.worked();
    return vectors.map(decodedVector);
  }

  /** What a model's header tells, without loading it. */
  async inspect(request: InspectRequest, signal?: AbortSignal): Promise<ModelFacts> {
    using work = await this.#begin({ lane: "embed", path: request.path }, signal);
    return await work.call((door, options) => door.inspect(request, options));
  }

  /** Frees the memory of the model. Does not start a process to do so. */
  async unload(signal?: AbortSignal): Promise<void> {
    if (this.#session === null) return;
    using work = await this.#begin({ lane: "answer", path: null }, signal);
    await work.call((door, options) => door.unload(undefined, options));
  }

  /** The device, the model and its speed; nulls while there is no process. */
  async info(signal?: AbortSignal): Promise<EngineInfo> {
    if (this.#session === null) return { device: null, model: null, tokensPerSecond: null };
    using work = await this.#begin({ lane: "answer", path: null }, signal);
    return await work.call((door, options) => door.info(undefined, options));
  }

  /** Lets a model that was set aside be tried again, by its path; false when it was not set aside. */
  tryAgain(path: string): boolean {
    return this.#quarantine.lift(path);
  }

  /** Ends the process, and whatever runs in it with an `EngineFailure` of kind `cancelled`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#cancelIdle();
    await this.#session?.end();
  }

  /** Lets work in: not with a model that is set aside or too large, and not before a new start is due. */
  async #begin(
    { lane, path }: { lane: Work["lane"]; path: string | null },
    signal: AbortSignal | undefined,
  ): Promise<Begun> {
    signal?.throwIfAborted();
    if (this.#disposed) throw shutDown();
    const file = path === null ? null : await modelFile(path);
    if (file !== null) this.#admit(file);
    await this.#backOff.wait(signal);
    signal?.throwIfAborted();
    if (this.#disposed) throw shutDown();

    this.#cancelIdle();
    const session = this.#started();
    const work: Work = { lane, file };
    this.#works.add(work);
    const failed = (error: unknown): unknown => {
      const failure = session.explain(error, signal);
      if (failure instanceof EngineFailure && failure.kind === "out_of_memory") this.#isShort = true;
      return failure;
    };
    return {
      session,
      call: async (call) => {
        try {
          return await call(session.door, signal === undefined ? {} : { signal });
        } catch (error) {
          throw failed(error);
        }
      },
      failed,
      worked: () => {
        this.#backOff.worked();
        if (file !== null) this.#quarantine.answered(file);
      },
      [Symbol.dispose]: () => {
        this.#works.delete(work);
        this.#awaitWork();
      },
    };
  }

  #admit(file: ModelFile): void {
    this.#quarantine.admit(file);
    const { memoryLimitBytes } = this.#settings();
    if (memoryLimitBytes !== null && file.sizeBytes > memoryLimitBytes)
      throw tooLargeFor(memoryLimitBytes, file.path, file.sizeBytes);
  }

  #started(): EngineSession {
    if (this.#session !== null) return this.#session;
    const restarts = this.#status.restarts + (this.#status.state === "crashed" ? 1 : 0);
    this.#tell({ state: "starting", model: null, device: null, vram_bytes: null, restarts });
    const session: EngineSession = new EngineSession({
      process: this.#options.spawn(),
      clock: this.#clock,
      memoryLimitBytes: () => this.#settings().memoryLimitBytes,
      onStderr: this.#options.onStderr ?? (() => {}),
      onStatus: (status) => this.#session === session && this.#tell(status),
      onEnd: (failure) => this.#session === session && this.#ended(failure),
    });
    this.#session = session;
    this.#isShort = false;
    return session;
  }

  #ended(failure: EngineFailure): void {
    this.#session = null;
    this.#cancelIdle();
    const meant = failure.kind === "cancelled";
    if (!meant) {
      this.#backOff.died();
      for (const file of this.#suspects()) this.#quarantine.crashed(file, failure);
    }
    this.#tell({ state: meant ? "stopped" : "crashed", model: null, device: null, vram_bytes: null });
  }

  /** What was worked on: the first in each lane. An innocent one is acquitted by its next whole answer. */
  #suspects(): ModelFile[] {
    const works = [...this.#works];
    const first = (lane: Work["lane"]) => works.find((work) => work.lane === lane)?.file ?? [];
    return [first("answer"), first("embed")].flat();
  }

  /** Ends the process once nothing has needed it for long enough: that gives all of its memory back, the GPU's as well. */
  #awaitWork(): void {
    if (this.#works.size > 0 || this.#session === null) return;
    const { idleUnloadMs } = this.#settings();
    if (this.#isShort) void this.#session.end();
    if (this.#isShort || idleUnloadMs === null) return;
    this.#cancelIdle();
    this.#cancelIdle = this.#clock.after(idleUnloadMs, () => {
      if (this.#works.size === 0) void this.#session?.end();
    });
  }

  #settings(): EngineSettings {
    return this.#options.settings?.() ?? plainSettings;
  }

  #withDefaults(request: ModelRequest): ModelRequest {
    return { ...this.#settings().model, ...request };
  }

  #tell(change: Partial<EngineStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#listeners) listener(this.status);
  }
}

const shutDown = () => new EngineFailure("cancelled", "The engine has been shut down with the app.");
