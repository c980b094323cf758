import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { orAborted } from "./channel.ts";
import { checkModelFile } from "./check-model.ts";
import type {
  ChildStatus,
  EngineEvent,
  EngineInfo,
  GenerateRequest,
  LoadRequest,
  ModelRequest,
} from "./contract.ts";
import type { LoadedModel } from "./model.ts";
import type { Native } from "./native.ts";
import { Turns } from "./turns.ts";

/** A model in memory, and what it was loaded from and with. */
interface Held {
  model: LoadedModel;
  key: string;
}

/** What the engine's process does: holds one model, and does one thing at a time with it. */
export class Runtime {
  readonly #turns = new Turns();
  readonly #onStatus: (status: ChildStatus) => void;
  #native: Promise<Native> | null = null;
  #held: Held | null = null;
  #device: string | null = null;
  #vramBytes: number | null = null;

  constructor(onStatus: (status: ChildStatus) => void) {
    this.#onStatus = onStatus;
  }

  /** Answers, after loading the model if need be. Requests wait for each other; `accepted` comes before the wait. */
  async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<EngineEvent, void, undefined> {
    yield { type: "accepted" };
    using _turn = await this.#turns.enter(signal);
    try {
      const model = await this.#ensure(request.model, signal);
      this.#tell("generating");
      yield* model.generate(request, signal);
    } finally {
      this.#tell("idle");
    }
  }

  /** Has the model in memory, and says what there is. One that was there already keeps what it has evaluated. */
  async load({ model: request, system }: LoadRequest, signal: AbortSignal): Promise<EngineInfo> {
    using _turn = await this.#turns.enter(signal);
    try {
      const before = this.#held?.model;
      const model = await this.#ensure(request, signal);
      if (model !== before && system !== undefined) await model.evaluate(system, signal);
      return this.info();
    } finally {
      this.#tell("idle");
    }
  }

  /** Frees the model's memory, once nothing uses it. */
  async unload(signal: AbortSignal): Promise<void> {
    using _turn = await this.#turns.enter(signal);
    await this.#drop();
    this.#tell("idle");
  }

  info(): EngineInfo {
    return {
      device: this.#device,
      model: this.#held?.model.info ?? null,
      tokensPerSecond: this.#held?.model.tokensPerSecond ?? null,
    };
  }

  async #ensure(request: ModelRequest, signal: AbortSignal): Promise<LoadedModel> {
    const key = await keyOf(request);
    if (this.#held?.key === key) return this.#held.model;
    this.#tell("loading", request.path);
    await checkModelFile(request.path);
    await this.#drop();
    const native = await orAborted(this.#nativeFor(request.gpu ?? "auto"), signal);
    this.#device = native.device;
    this.#vramBytes = native.vramBytes;
    const { LoadedModel } = await import("./model.ts");
    const model = await LoadedModel.load(native, request, signal);
    this.#held = { model, key };
    return model;
  }

  /** llama.cpp for this choice of GPU, loaded once. A load that failed is tried again by the next request. */
  async #nativeFor(gpu: Native["gpu"]): Promise<Native> {
    const current = await this.#native;
    if (current?.gpu === gpu) return current;
    await current?.llama.dispose();
    // node-llama-cpp is a large import, and a request is to be accepted before it
    this.#native = import("./native.ts").then(({ loadNative }) => loadNative(gpu));
    this.#native.catch(() => {
      this.#native = null;
    });
    return await this.#native;
  }

  async #drop(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.model[Symbol.asyncDispose]();
  }

  #tell(state: ChildStatus["state"], path = this.#held?.model.info.path): void {
    this.#onStatus({
      state,
      model: path === undefined ? null : basename(path),
      device: this.#device,
      vram_bytes: this.#vramBytes,
    });
  }
}

/** Changes when the request asks for something else, and when the file was replaced. A missing file is for the check to tell. */
async function keyOf(request: ModelRequest): Promise<string> {
  const file = await stat(request.path).catch(() => null);
  const sorted = Object.entries(request).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted, file?.size, file?.mtimeMs, file?.ino]);
}
