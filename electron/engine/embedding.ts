import { stat } from "node:fs/promises";
import type { LlamaEmbeddingContext, LlamaModel } from "node-llama-cpp";
import { orAborted } from "./channel.ts";
import { checkModelFile } from "./check-model.ts";
import type { EmbedRequest } from "./contract.ts";
import { EngineFailure, messageOf } from "./failure.ts";
import type { Native } from "./native.ts";
import { Turns } from "./turns.ts";
import { encodedVector } from "./vector-encoding.ts";

/** Where all-MiniLM-L6-v2 was trained to stop reading, its two special tokens among them. */
const defaultMaxTokens = 256;

interface Held {
  key: string;
  model: LlamaModel;
  context: LlamaEmbeddingContext;
  /** Tokens of a text that are read, without the special ones. */
  maxTokens: number;
}

/**
 * The embedder of the engine's process. It has a model, a context and a queue of its own beside those that generate, on
 * one thread of the CPU: a question takes milliseconds there, and must not wait for an answer that is being written.
 */
export class Embedder {
  readonly #turns = new Turns();
  #native: Promise<Native> | null = null;
  #held: Held | null = null;

  /**
   * The vectors of the texts, of length 1, each as base64 of little-endian float32; what is beyond the model's window is not
   * read. Without texts, loads the model only. Throws an `EngineFailure`, or the signal's reason.
   */
  async embed({ model, texts }: EmbedRequest, signal: AbortSignal): Promise<string[]> {
    using _turn = await this.#turns.enter(signal);
    const held = await this.#ensure(model, signal);
    const vectors: string[] = [];
    for (const text of texts) {
      signal.throwIfAborted();
      vectors.push(encodedVector(await vectorOf(held, text)));
    }
    return vectors;
  }

  async #ensure(request: EmbedRequest["model"], signal: AbortSignal): Promise<Held> {
    const key = await keyOf(request);
    if (this.#held?.key === key) return this.#held;
    await checkModelFile(request.path);
    const dropped = this.#held;
    this.#held = null;
    await dropped?.context.dispose();
    await dropped?.model.dispose();
    const native = await orAborted(this.#nativeCpu(), signal);
    this.#held = { key, ...(await load(native, request, signal)) };
    return this.#held;
  }

  /** A load that failed is tried again by the next request. */
  async #nativeCpu(): Promise<Native> {
    this.#native ??= import("./native.ts").then(({ loadNative }) => loadNative("off"));
    this.#native.catch(() => {
      this.#native = null;
    });
    return await this.#native;
  }
}

async function load(
  native: Native,
  { path, maxTokens = defaultMaxTokens }: EmbedRequest["model"],
  signal: AbortSignal,
): Promise<Omit<Held, "key">> {
  native.takeErrors();
  let model: LlamaModel | undefined;
  try {
    model = await native.llama.loadModel({ modelPath: path, loadSignal: signal });
    const window = Math.min(maxTokens, model.trainContextSize);
    // without a causal mask all tokens of a text are read in one batch; the context wants room for one more
    const contextSize = window + 1;
    const context = await model.createEmbeddingContext({
      contextSize,
      batchSize: contextSize,
      threads: 1,
      createSignal: signal,
    });
    return { model, context, maxTokens: window - 2 };
  } catch (error) {
    await model?.dispose();
    signal.throwIfAborted();
    const { loadFailure } = await import("./native.ts");
    throw loadFailure(error, path, native.takeErrors());
  }
}

async function vectorOf({ model, context, maxTokens }: Held, text: string): Promise<readonly number[]> {
  const tokens = model.tokenize(text).slice(0, maxTokens);
  if (tokens.length === 0)
    throw new EngineFailure("invalid_request", "An empty text has no vector. Give a text with words in it.");
  try {
    return (await context.getEmbeddingFor(tokens)).vector;
  } catch (error) {
    throw new EngineFailure(
      "engine_crashed",
      `The embedder failed while it read a text: ${messageOf(error)}. Ask again, or choose another embedder.`,
      error,
    );
  }
}

/** Changes when the request asks for something else, and when the file was replaced. A missing file is for the check to tell. */
async function keyOf({ path, maxTokens }: EmbedRequest["model"]): Promise<string> {
  const file = await stat(path).catch(() => null);
  return JSON.stringify([path, maxTokens, file?.size, file?.mtimeMs, file?.ino]);
}
