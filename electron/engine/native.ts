import { availableParallelism } from "node:os";
import {
  getLlama,
  InsufficientMemoryError,
  type Llama,
  LlamaLogLevel,
  NoBinaryFoundError,
} from "node-llama-cpp";
import type { ModelRequest } from "./contract.ts";
import { EngineFailure, messageOf } from "./failure.ts";
import { memoryPattern } from "./memory-pattern.ts";

/** Which GPU backend is wanted. */
export type GpuWish = NonNullable<ModelRequest["gpu"]>;

/** llama.cpp as it is loaded into this process, with the last errors that it logged. */
export interface Native {
  llama: Llama;
  /** `cpu`, or the GPU backend. */
  device: string;
  /** Memory of the GPU; null on the CPU. */
  vramBytes: number | null;
  gpu: GpuWish;
  /** The errors logged since the last call. */
  takeErrors(): string[];
}

const keptErrors = 8;

/** Loads a prebuilt llama.cpp; never compiles and never downloads. Falls back to the CPU when the GPU backend does not work. */
export async function loadNative(gpu: GpuWish): Promise<Native> {
  const errors: string[] = [];
  const load = (backend: Exclude<GpuWish, "off"> | false) =>
    getLlama({
      gpu: backend,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      maxThreads: 0, // the limit is set per context, see threadsFor
      logger: (_level, message) => {
        errors.push(message.trim());
        if (errors.length > keptErrors) errors.shift();
      },
    });
  try {
    const llama = gpu === "off" ? await load(false) : await load(gpu).catch(() => load(false));
    return {
      llama,
      device: llama.gpu === false ? "cpu" : llama.gpu,
      vramBytes: llama.gpu === false ? null : (await llama.getVramState()).total,
      gpu,
      takeErrors: () => errors.splice(0),
    };
  } catch (error) {
    throw new EngineFailure(
      "engine_crashed",
      error instanceof NoBinaryFoundError
        ? `There is no prebuilt llama.cpp for ${process.platform} ${process.arch}. Install the app with its optional packages, or use a cloud link.`
        : `llama.cpp can't be loaded: ${messageOf(error)}. Install the app again, or use a cloud link.`,
      error,
    );
  }
}

/**
 * Threads for the CPU: every core that is good at arithmetic but one, which stays with the rest of the app. One thread
 * more than there are free cores costs far more than one fewer, because llama.cpp's threads wait for each other by spinning.
 */
export function threadsFor(mathCores: number, parallelism = availableParallelism()): number {
  return Math.max(1, Math.min(mathCores, parallelism - 1));
}

/** What a failure of loading `path` means for the person. `logged` are llama.cpp's own errors. */
export function loadFailure(error: unknown, path: string, logged: readonly string[]): EngineFailure {
  if (error instanceof EngineFailure) return error;
  const detail = [messageOf(error), ...logged].join(" ");
  if (error instanceof InsufficientMemoryError || memoryPattern.test(detail))
    return new EngineFailure(
      "out_of_memory",
      `There is not enough free memory for the model ${path}. Close other programs, or choose a smaller model under Models.`,
      error,
    );
  const architecture = /unknown (?:model )?architecture:? '([^']*)'/i.exec(detail)?.[1];
  const reason = /error loading model: (.*)/.exec(logged.join("\n"))?.[1];
  return new EngineFailure(
    "malformed",
    architecture === undefined
      ? `The model ${path} can't be loaded: ${reason ?? logged.at(-1) ?? messageOf(error)}. Download it again, or choose another under Models.`
      : `The model ${path} has the architecture "${architecture}", which this version of llama.cpp does not know. Update the app, or choose another model under Models.`,
    error,
  );
}

/** What a failure of a generation means for the person. */
export function generationFailure(error: unknown): EngineFailure {
  if (error instanceof EngineFailure) return error;
  const detail = messageOf(error);
  if (/context (?:size|shift)/i.test(detail)) return new EngineFailure("context_length", tooLong, error);
  if (memoryPattern.test(detail))
    return new EngineFailure(
      "out_of_memory",
      "There is not enough free memory to answer. Close other programs, or choose a smaller model under Models.",
      error,
    );
  return new EngineFailure(
    "engine_crashed",
    `The engine failed while it answered: ${detail}. Ask again.`,
    error,
  );
}

const tooLong =
  "The conversation does not fit into the model's context. Begin a new conversation, or choose a model with a larger context.";

/** The failure of a prompt that leaves no room for an answer. */
export function contextTooLong(promptTokens: number, contextSize: number): EngineFailure {
  return new EngineFailure(
    "context_length",
    `${tooLong} It has ${promptTokens} tokens of at most ${contextSize - 2}.`,
  );
}
