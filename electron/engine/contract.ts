import { eventIterator, oc, type } from "@orpc/contract";
import { z } from "zod";
import {
  type EngineStatus,
  engineGpu,
  type FinishReason,
  failureKind,
  message,
  responseFormat,
  type TokenLogprob,
  type ToolCallDelta,
  tool,
  toolChoice,
  type Usage,
} from "../contract/index.ts";
import type { Pulse } from "./pulse.ts";

/** Which model to hold, and how. A request for another model, or for other options, replaces the loaded one. */
export const modelRequest = z.object({
  /** Absolute path of a GGUF file. */
  path: z.string().min(1),
  /** The largest context, tokens. Less is taken when the model was trained on less, or memory is short. Default 8192. */
  contextSize: z.int().positive().optional(),
  /** `auto` takes the best GPU backend that works; a named one is taken if it works. Both fall back to the CPU. Default `auto`. */
  gpu: engineGpu.optional(),
  /** Layers on the GPU. By default as many as node-llama-cpp estimates to fit. */
  gpuLayers: z.int().nonnegative().optional(),
  /** Tokens of a prompt that are evaluated at a time. Default: node-llama-cpp's own. */
  batchSize: z.int().positive().optional(),
  /** Default: where the model and the backend support it. */
  flashAttention: z.boolean().optional(),
  /** Threads for the CPU. The default leaves one core to the rest of the app. */
  threads: z.int().positive().optional(),
});
export type ModelRequest = z.infer<typeof modelRequest>;

export const loadRequest = z.object({
  model: modelRequest,
  /** What conversations will begin with: a model that was not in memory evaluates it as well. */
  system: z.string().min(1).optional(),
});
export type LoadRequest = z.infer<typeof loadRequest>;

export const generateRequest = z.object({
  model: modelRequest,
  messages: z.array(message).min(1),
  maxTokens: z.int().positive().optional(),
  /** 0 always takes the likeliest token, and is the default. */
  temperature: z.number().min(0).optional(),
  topP: z.number().gt(0).max(1).optional(),
  /** Texts that end the answer; they are not part of it. */
  stop: z.array(z.string()).optional(),
  seed: z.int().optional(),
  responseFormat: responseFormat.optional(),
  /** Functions that the model may call; a call ends the generation. Not together with a `responseFormat` of JSON. */
  tools: z.array(tool).optional(),
  toolChoice: toolChoice.optional(),
  /** The beginning of the answer, which the model continues; it is not repeated in the deltas. */
  prefill: z.string().optional(),
  /** Log-probabilities of the answer's tokens, and of so many of the likeliest ones in each place. They come behind the text. */
  logprobs: z.int().min(0).optional(),
});
export type GenerateRequest = z.infer<typeof generateRequest>;

export const embedRequest = z.object({
  model: z.object({
    /** Absolute path of a GGUF file of an embedding model. */
    path: z.string().min(1),
    /** How much of a text is read, tokens, special ones among them. Default 256. */
    maxTokens: z.int().min(3).optional(),
  }),
  /** What to embed. None at all has the model loaded before it is needed. */
  texts: z.array(z.string()),
});
export type EmbedRequest = z.infer<typeof embedRequest>;

export const inspectRequest = z.object({
  /** Absolute path of a GGUF file. */
  path: z.string().min(1),
  /** Tokens to reckon the memory with. */
  contextSize: z.int().positive(),
});
export type InspectRequest = z.infer<typeof inspectRequest>;

/** What a model's header tells of it. `memoryBytes`: with the context, on the CPU; null where it can't be estimated. */
export interface ModelFacts {
  name: string | null;
  architecture: string;
  licence: string | null;
  trainContextSize: number | null;
  kind: "chat" | "embedding";
  memoryBytes: number | null;
}

/**
 * What a generation tells: `accepted` at once (it may then wait, or load), `delta`s, and `finish` when it is whole.
 * `evaluated` are the tokens of the prompt that were not in memory already; `forgot` says that the oldest turns had to leave the model's window before the answer was whole.
 */
export type EngineEvent =
  | { type: "accepted" }
  | {
      type: "delta";
      text?: string;
      reasoning?: string;
      tool_call?: ToolCallDelta;
      logprobs?: TokenLogprob[];
    }
  | { type: "finish"; reason: FinishReason; usage: Usage; evaluated: number; forgot?: true };

export interface ModelInfo {
  path: string;
  /** From the file's metadata, where it has a name. */
  name: string | null;
  sizeBytes: number;
  /** Tokens, of each conversation. */
  contextSize: number;
  /** How many conversations keep their evaluated state. */
  sequences: number;
  trainContextSize: number;
}

export interface EngineInfo {
  /** `cpu`, or the GPU backend in use; null before the first model is loaded. */
  device: string | null;
  model: ModelInfo | null;
  /** Of the last generation that made at least two tokens, without its prompt. */
  tokensPerSecond: number | null;
}

/** What the child knows of itself; the client adds whether there is a child. */
export type ChildStatus = Pick<EngineStatus, "model" | "device" | "vram_bytes"> & {
  state: Extract<EngineStatus["state"], "idle" | "loading" | "generating">;
};

const base = oc.errors({ ENGINE: { data: z.object({ kind: failureKind }) } });

/**
 * The door between the main process and the engine's. Inputs are validated. Outputs are not: both ends are built
 * together, and a check of every token's event costs more than a small model needs to make the token.
 */
export const engineContract = {
  load: base.input(loadRequest).output(type<EngineInfo>()),
  generate: base.input(generateRequest).output(eventIterator(type<EngineEvent>())),
  /** A vector for each text, in `decodedVector`'s encoding: oRPC would send each number as text. */
  embed: base.input(embedRequest).output(type<string[]>()),
  /** Reads a model's header without loading it, and beside whatever else the engine does. */
  inspect: base.input(inspectRequest).output(type<ModelFacts>()),
  unload: base.output(type<void>()),
  info: base.output(type<EngineInfo>()),
  /** How the process does, at once: what the heartbeat asks. */
  ping: base.output(type<Pulse>()),
  /** The status now, and again whenever it changes. */
  watch: base.output(eventIterator(type<ChildStatus>())),
};
