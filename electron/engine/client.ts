import type { EngineStatus } from "../contract/index.ts";
import type { EmbedRequest, EngineEvent, EngineInfo, GenerateRequest, ModelRequest } from "./contract.ts";
import { EngineFailure } from "./failure.ts";
import type { EngineProcess } from "./process.ts";
import { EngineSession } from "./session.ts";
import { decodedVector } from "./vector-encoding.ts";

export interface EngineClientOptions {
  /** Starts a process of the engine: `() => forkEngine(entry)`, or `() => utilityEngine(utilityProcess.fork(entry, …))`. */
  spawn: () => EngineProcess;
  /** Hears each line that the process writes to its standard error, for the log. */
  onStderr?: (line: string) => void;
}

/**
 * The engine as the main process sees it. Starts the process at the first use, and again at the first use after it died.
 * Every method throws an `EngineFailure`, or the signal's reason as soon as that aborts.
 */
export class EngineClient implements AsyncDisposable {
  readonly #options: EngineClientOptions;
  readonly #listeners = new Set<(status: EngineStatus) => void>();
  #session: EngineSession | null = null;
  #disposed = false;
  #status: EngineStatus = { state: "stopped", model: null, device: null, restarts: 0 };

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  get status(): EngineStatus {
    return this.#status;
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
    signal.throwIfAborted();
    const session = this.#started();
    try {
      yield* await session.door.generate(request, { signal });
    } catch (error) {
      throw session.explain(error, signal);
    }
  }

  /** Has the model in memory before it is needed. */
  load(request: ModelRequest, signal?: AbortSignal): Promise<EngineInfo> {
    return this.#call(signal, (door, options) => door.load(request, options));
  }

  /**
   * The vectors of the texts, of length 1, in their order. Neither waits for a generation nor holds one up. Without texts,
   * loads the embedder before it is needed.
   */
  async embed(request: EmbedRequest, signal?: AbortSignal): Promise<Float32Array[]> {
    const vectors = await this.#call(signal, (door, options) => door.embed(request, options));
    return vectors.map(decodedVector);
  }

  /** Frees the memory of the model. Does not start a process to do so. */
  async unload(signal?: AbortSignal): Promise<void> {
    if (this.#session === null) return;
    await this.#call(signal, (door, options) => door.unload(undefined, options));
  }

  /** The device, the model and its speed; nulls while there is no process. */
  async info(signal?: AbortSignal): Promise<EngineInfo> {
    if (this.#session === null) return { device: null, model: null, tokensPerSecond: null };
    return await this.#call(signal, (door, options) => door.info(undefined, options));
  }

  /** Ends the process, and whatever runs in it with an `EngineFailure` of kind `cancelled`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.#session?.end();
  }

  async #call<T>(
    signal: AbortSignal | undefined,
    work: (door: EngineSession["door"], options: { signal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const session = this.#started();
    try {
      return await work(session.door, signal === undefined ? {} : { signal });
    } catch (error) {
      throw session.explain(error, signal);
    }
  }

  #started(): EngineSession {
    if (this.#disposed) throw new EngineFailure("cancelled", "The engine has been shut down with the app.");
    if (this.#session !== null) return this.#session;
    const restarts = this.#status.restarts + (this.#status.state === "crashed" ? 1 : 0);
    this.#tell({ state: "starting", model: null, device: null, restarts });
    const session = new EngineSession(this.#options.spawn(), {
      onStderr: this.#options.onStderr ?? (() => {}),
      onStatus: (status) => this.#tell({ ...status, restarts }),
      onExit: () => {
        this.#session = null;
        this.#tell({ state: this.#disposed ? "stopped" : "crashed", model: null, device: null, restarts });
      },
    });
    this.#session = session;
    return session;
  }

  #tell(status: EngineStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }
}
