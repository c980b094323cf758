import { setTimeout } from "node:timers/promises";
import {
  type ChatHistoryItem,
  LlamaChat,
  type LlamaChatResponse,
  type LlamaContext,
  type LlamaModel,
  resolveChatWrapper,
  type Token,
} from "node-llama-cpp";
import { Channel } from "./channel.ts";
import type { EngineEvent, GenerateRequest, ModelInfo, ModelRequest } from "./contract.ts";
import { grammarFor } from "./grammar.ts";
import { toHistory } from "./history.ts";
import { contextTooLong, generationFailure, loadFailure, type Native, threadsFor } from "./native.ts";

const defaultContextSize = 8192;
/** How long the reason for a failed load may take to be logged, milliseconds. */
const lateLogMs = 20;
/**
 * A prompt is read in pieces that keep native code busy for about this long, milliseconds, so that an abort is heard in time.
 * Fewer tokens than the smallest piece would waste a slow machine: each piece reads all the weights once.
 */
const pieceMs = 60;
const smallestPiece = 32;
const largestPiece = 512;

/** What llama.cpp's own server samples with, once there is a temperature at all. */
const sampling = { topK: 40, topP: 0.95, minP: 0.05 };

/** A model in memory with one context sequence, which keeps what it has evaluated: a next turn evaluates only what is new. */
export class LoadedModel implements AsyncDisposable {
  readonly #native: Native;
  readonly #model: LlamaModel;
  readonly #context: LlamaContext;
  readonly #chat: LlamaChat;
  readonly info: ModelInfo;
  /** Of the last generation that made at least two tokens. */
  tokensPerSecond: number | null = null;

  /** Loads the file, whose header was checked. Throws an `EngineFailure`, or the signal's reason. */
  static async load(native: Native, request: ModelRequest, signal: AbortSignal): Promise<LoadedModel> {
    native.takeErrors();
    let model: LlamaModel | undefined;
    try {
      model = await native.llama.loadModel({ modelPath: request.path, loadSignal: signal });
      const context = await model.createContext({
        contextSize: { max: request.contextSize ?? defaultContextSize },
        threads: request.threads ?? threadsFor(native.llama.cpuMathCores),
        createSignal: signal,
      });
      return new LoadedModel(native, model, context, request.path);
    } catch (error) {
      await model?.dispose();
      signal.throwIfAborted();
      // llama.cpp's log comes through the event loop, often behind the failure that it explains.
      await setTimeout(lateLogMs);
      throw loadFailure(error, request.path, native.takeErrors());
    }
  }

  private constructor(native: Native, model: LlamaModel, context: LlamaContext, path: string) {
    this.#native = native;
    this.#model = model;
    this.#context = context;
    this.#chat = new LlamaChat({
      contextSequence: context.getSequence(),
      // a leading space matters where the answer continues a prefill, so `#run` decides about it
      chatWrapper: resolveChatWrapper(model, {
        warningLogs: false,
        customWrapperSettings: { jinjaTemplate: { trimLeadingWhitespaceInResponses: false } },
      }),
    });
    this.info = {
      path,
      name: model.fileInfo.metadata.general?.name ?? null,
      sizeBytes: model.size,
      contextSize: context.contextSize,
      trainContextSize: model.trainContextSize,
    };
  }

  /** Answers. Throws an `EngineFailure`, or the signal's reason when that aborts. Must not run twice at a time. */
  async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<EngineEvent, void, undefined> {
    const deltas = new Channel<EngineEvent>();
    const left = new AbortController();
    const running = this.#run(request, AbortSignal.any([signal, left.signal]), deltas).then(
      (finish) => {
        deltas.push(finish);
        deltas.end();
      },
      (error: unknown) => deltas.end({ error: signal.aborted ? signal.reason : generationFailure(error) }),
    );
    try {
      yield* deltas;
    } finally {
      left.abort();
      await running; // the context is free again only now
    }
  }

  async #run(
    request: GenerateRequest,
    signal: AbortSignal,
    deltas: Channel<EngineEvent>,
  ): Promise<EngineEvent> {
    const history = toHistory(request.messages, request.prefill);
    const grammar = await grammarFor(this.#native.llama, request.responseFormat);
    const prompt = this.#promptTokens(history);
    if (prompt.length + 2 > this.info.contextSize) throw contextTooLong(prompt.length, this.info.contextSize);
    await this.#evaluate(prompt, signal);

    const { sequence } = this.#chat;
    const before = sequence.tokenMeter.getState();
    const pace = new Pace();
    let begun = request.prefill !== undefined && request.prefill !== "";
    const temperature = request.temperature ?? 0;
    const response: LlamaChatResponse = await this.#chat.generateResponse(history, {
      signal,
      temperature,
      repeatPenalty: false,
      ...(temperature > 0 && { ...sampling, ...(request.topP !== undefined && { topP: request.topP }) }),
      ...(request.maxTokens !== undefined && { maxTokens: request.maxTokens }),
      ...(request.seed !== undefined && { seed: request.seed }),
      ...(request.stop !== undefined && { customStopTriggers: request.stop.filter((text) => text !== "") }),
      ...(grammar !== undefined && { grammar }),
      onResponseChunk: ({ type, text, tokens }) => {
        pace.add(tokens.length);
        if (type !== undefined) {
          if (text !== "") deltas.push({ type: "delta", reasoning: text });
          return;
        }
        const piece = begun ? text : text.trimStart();
        if (piece === "") return;
        begun = true;
        deltas.push({ type: "delta", text: piece });
      },
    });
    this.tokensPerSecond = pace.tokensPerSecond() ?? this.tokensPerSecond;
    return {
      type: "finish",
      reason: response.metadata.stopReason === "maxTokens" ? "length" : "stop",
      usage: {
        input_tokens: prompt.length,
        output_tokens: sequence.tokenMeter.diff(before).usedOutputTokens,
      },
    };
  }

  #promptTokens(history: readonly ChatHistoryItem[]): Token[] {
    return this.#chat.chatWrapper
      .generateContextState({ chatHistory: history })
      .contextText.tokenize(this.#model.tokenizer);
  }

  /**
   * Evaluates the prompt in pieces before the generation starts. Given all at once, it would run to its end whatever the
   * signal says: minutes, for a long conversation on a slow machine. The generation then finds it in the sequence.
   */
  async #evaluate(prompt: readonly Token[], signal: AbortSignal): Promise<void> {
    const { sequence } = this.#chat;
    const beforeLast = prompt.slice(0, -1); // the last token belongs to the generation, which needs one to start from
    await sequence.adaptStateToTokens(beforeLast, false);
    let size = smallestPiece;
    for (let at = sequence.nextTokenIndex; at < beforeLast.length; ) {
      signal.throwIfAborted();
      const piece = beforeLast.slice(at, at + size);
      const started = performance.now();
      await sequence.evaluateWithoutGeneratingNewTokens(piece);
      at += piece.length;
      const fits = (piece.length * pieceMs) / Math.max(1, performance.now() - started);
      size = Math.max(smallestPiece, Math.min(largestPiece, size * 2, Math.floor(fits)));
    }
    signal.throwIfAborted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chat.dispose();
    await this.#context.dispose();
    await this.#model.dispose();
  }
}

/** Measures tokens a second from the first token to the last. */
class Pace {
  #tokens = 0;
  #firstTokens = 0;
  #firstAt = 0;
  #lastAt = 0;

  add(tokens: number): void {
    if (tokens === 0) return;
    this.#lastAt = performance.now();
    if (this.#tokens === 0) {
      this.#firstAt = this.#lastAt;
      this.#firstTokens = tokens;
    }
    this.#tokens += tokens;
  }

  tokensPerSecond(): number | null {
    const seconds = (this.#lastAt - this.#firstAt) / 1000;
    return seconds > 0 ? (this.#tokens - this.#firstTokens) / seconds : null;
  }
}
