import { setTimeout } from "node:timers/promises";
import { type LlamaContext, type LlamaModel, resolveChatWrapper } from "node-llama-cpp";
import { Channel } from "./channel.ts";
import type { EngineEvent, GenerateRequest, ModelInfo, ModelRequest } from "./contract.ts";
import { Generation, type Workplace } from "./generation.ts";
import { grammarFor } from "./grammar.ts";
import { toHistory } from "./history.ts";
import { generationFailure, loadFailure, type Native, threadsFor } from "./native.ts";
import { cpuClock, Reader } from "./reader.ts";
import { Sequences, sequencesFor } from "./sequences.ts";

const defaultContextSize = 8192;
/** How long the reason for a failed load may take to be logged, milliseconds. */
const lateLogMs = 20;
/** A model in memory with its conversations, which keep what they have evaluated. */
export class LoadedModel implements AsyncDisposable {
  readonly #native: Native;
  readonly #model: LlamaModel;
  readonly #context: LlamaContext;
  readonly #workplace: Workplace;
  readonly info: ModelInfo;
  /** Of the last generation that made at least two tokens. */
  tokensPerSecond: number | null = null;

  /** Loads the file, whose header was checked. Throws an `EngineFailure`, or the signal's reason. */
  static async load(native: Native, request: ModelRequest, signal: AbortSignal): Promise<LoadedModel> {
    native.takeErrors();
    let model: LlamaModel | undefined;
    try {
      model = await native.llama.loadModel({
        modelPath: request.path,
        loadSignal: signal,
        ...(request.gpuLayers !== undefined && { gpuLayers: request.gpuLayers }),
      });
      const contextSize = Math.min(request.contextSize ?? defaultContextSize, model.trainContextSize);
      const context = await model.createContext({
        contextSize: { max: contextSize },
        sequences: await sequencesFor(native.llama, model, contextSize),
        threads: request.threads ?? threadsFor(native.llama.cpuMathCores),
        createSignal: signal,
        ...(request.batchSize !== undefined && { batchSize: request.batchSize }),
        ...(request.flashAttention !== undefined && { flashAttention: request.flashAttention }),
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
    this.#workplace = {
      model,
      // a leading space matters where the answer continues a prefill, so the generation decides about it
      chatWrapper: resolveChatWrapper(model, {
        warningLogs: false,
        customWrapperSettings: { jinjaTemplate: { trimLeadingWhitespaceInResponses: false } },
      }),
      sequences: new Sequences(context),
      reader: new Reader(
        native.llama.gpu === false ? cpuClock(context.idealThreads) : () => performance.now(),
      ),
      contextSize: context.contextSize,
    };
    this.info = {
      path,
      name: model.fileInfo.metadata.general?.name ?? null,
      sizeBytes: model.size,
      contextSize: context.contextSize,
      sequences: context.totalSequences,
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

  /** Evaluates what every conversation with this system prompt begins with. Throws like `generate`. */
  async evaluate(system: string, signal: AbortSignal): Promise<void> {
    const { chatWrapper, model, sequences, reader, contextSize } = this.#workplace;
    const promptOf = (question: string) =>
      chatWrapper
        .generateContextState({
          chatHistory: toHistory([
            { role: "system", content: system },
            { role: "user", content: question },
          ]),
        })
        .contextText.tokenize(model.tokenizer);
    // Where the prompts of two questions part, the question begins, whatever the model's template.
    const [one, other] = [promptOf("Why?"), promptOf("1")];
    const common = one.slice(
      0,
      one.findIndex((token, at) => token !== other[at]),
    );
    if (common.length >= contextSize) return;
    await reader.read(await sequences.take(common), common, signal);
  }

  async #run(
    request: GenerateRequest,
    signal: AbortSignal,
    deltas: Channel<EngineEvent>,
  ): Promise<EngineEvent> {
    const generation = new Generation(this.#workplace, request, signal, (event) => deltas.push(event));
    const finish = await generation.run(await grammarFor(this.#native.llama, request.responseFormat));
    this.tokensPerSecond = generation.pace.tokensPerSecond() ?? this.tokensPerSecond;
    return finish;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.dispose();
    await this.#model.dispose();
  }
}
