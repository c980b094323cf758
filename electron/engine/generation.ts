import {
  type ChatHistoryItem,
  type ChatModelFunctions,
  type ChatWrapper,
  type LLamaChatContextShiftOptions,
  type LLamaChatGenerateResponseOptions,
  LlamaChat,
  type LlamaChatResponse,
  type LlamaContextSequence,
  type LlamaGrammar,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import { Batch } from "./batch.ts";
import type { EngineEvent, GenerateRequest } from "./contract.ts";
import { toHistory } from "./history.ts";
import { placeOf, weigh } from "./logprobs.ts";
import { contextTooLong } from "./native.ts";
import { Pace } from "./pace.ts";
import type { Reader } from "./reader.ts";
import type { Sequences } from "./sequences.ts";
import { CallStream, callingWrapper, functionsOf } from "./tools.ts";
import { trimmedTo } from "./window.ts";

/** What llama.cpp's own server samples with, once there is a temperature at all. */
const sampling = { topK: 40, topP: 0.95, minP: 0.05 };
/** When the window is full, so much of it is made free, so that it is not full again at once. */
const freedShare = 0.1;

/** What a generation uses of the model that it runs on. */
export interface Workplace {
  model: LlamaModel;
  chatWrapper: ChatWrapper;
  sequences: Sequences;
  reader: Reader;
  /** Tokens of one conversation. */
  contextSize: number;
}

type Finish = Extract<EngineEvent, { type: "finish" }>;

/** One answer, from the conversation to its last token. */
export class Generation {
  readonly pace = new Pace();
  readonly #at: Workplace;
  readonly #request: GenerateRequest;
  readonly #signal: AbortSignal;
  readonly #batch: Batch;
  readonly #functions: ChatModelFunctions | undefined;
  readonly #wrapper: ChatWrapper;
  /** The tokens of the answer's text. */
  readonly #said: Token[] = [];
  #forgot = false;

  /** Throws an `EngineFailure` for tools that can't be called. */
  constructor(
    at: Workplace,
    request: GenerateRequest,
    signal: AbortSignal,
    push: (event: EngineEvent) => void,
  ) {
    this.#at = at;
    this.#request = request;
    this.#signal = signal;
    this.#batch = new Batch(push);
    this.#functions = functionsOf(request);
    const must = this.#functions !== undefined && (request.toolChoice ?? "auto") !== "auto";
    this.#wrapper = must ? callingWrapper(at.chatWrapper) : at.chatWrapper;
  }

  /** Answers, held to `grammar`; the deltas are pushed as they are made. Throws the signal's reason when that aborts. */
  async run(grammar: LlamaGrammar | undefined): Promise<Finish> {
    const { messages, prefill } = this.#request;
    const history = toHistory(messages, prefill);
    const prompt = this.#tokens(history);
    const { contextSize, sequences, reader } = this.#at;
    if (prompt.length + 2 > contextSize) throw contextTooLong(prompt.length, contextSize);
    const sequence = await sequences.take(prompt.slice(0, -1)); // the last token is evaluated in any case: the first word comes of it
    const evaluated = prompt.length - sequence.nextTokenIndex;
    await reader.approach(sequence, prompt, this.#signal);

    using chat = new LlamaChat({ contextSequence: sequence, chatWrapper: this.#wrapper });
    const before = sequence.tokenMeter.getState();
    try {
      const response = await chat.generateResponse(history, {
        ...this.#sampling(),
        signal: this.#signal,
        repeatPenalty: false,
        maxTokens: this.#limit(history, prompt.length),
        contextShift: this.#shift(sequence),
        ...(this.#functions === undefined
          ? grammar !== undefined && { grammar }
          : this.#calling(this.#functions)),
        onResponseChunk: this.#spoken(),
      });
      this.#batch.flush();
      const { logprobs } = this.#request;
      if (logprobs !== undefined) await this.#weigh(sequence, prompt, logprobs);
      return {
        type: "finish",
        reason: reasonOf(response),
        usage: {
          input_tokens: prompt.length,
          output_tokens: sequence.tokenMeter.diff(before).usedOutputTokens,
        },
        evaluated,
        ...(this.#forgot && { forgot: true }),
      };
    } finally {
      this.#batch.flush();
    }
  }

  /** Tells how likely the answer's tokens were; nothing where they are not to be found in one piece. */
  async #weigh(sequence: LlamaContextSequence, prompt: readonly Token[], top: number): Promise<void> {
    const { model, sequences } = this.#at;
    const tokens = sequence.contextTokens;
    const place = this.#said.length > 0 ? placeOf(this.#said, tokens, prompt.length) : -1;
    const before = (place > prompt.length ? tokens : prompt)[place - 1];
    if (before === undefined) return;
    const kept = [...prompt, ...tokens.slice(prompt.length, place)].slice(0, -1);
    await sequences.fit(sequence, kept);
    const logprobs = await weigh({ model, sequence, top }, before, this.#said, this.#signal);
    this.#batch.add({ type: "delta", logprobs });
  }

  #tokens(history: readonly ChatHistoryItem[]): Token[] {
    const { contextText } = this.#wrapper.generateContextState({
      chatHistory: history,
      ...(this.#functions !== undefined && {
        availableFunctions: this.#functions,
        documentFunctionParams: true,
      }),
    });
    return contextText.tokenize(this.#at.model.tokenizer);
  }

  #sampling() {
    const { temperature = 0, topP, seed, stop } = this.#request;
    return {
      temperature,
      ...(temperature > 0 && { ...sampling, ...(topP !== undefined && { topP }) }),
      ...(seed !== undefined && { seed }),
      ...(stop !== undefined && { customStopTriggers: stop.filter((text) => text !== "") }),
    };
  }

  #calling(functions: ChatModelFunctions) {
    const calls = new CallStream();
    return {
      functions,
      documentFunctionParams: true,
      onFunctionCallParamsChunk: (
        chunk: Parameters<NonNullable<LLamaChatGenerateResponseOptions["onFunctionCallParamsChunk"]>>[0],
      ) => this.#batch.add({ type: "delta", tool_call: calls.delta(chunk) }),
    };
  }

  #spoken(): NonNullable<LLamaChatGenerateResponseOptions["onResponseChunk"]> {
    // a space before the first word is the tokenizer's; behind a prefill it is the model's
    let begun = this.#request.prefill !== undefined && this.#request.prefill !== "";
    return ({ type, text, tokens }) => {
      this.pace.add(tokens.length);
      if (type !== undefined) {
        if (text !== "") this.#batch.add({ type: "delta", reasoning: text });
        return;
      }
      if (this.#request.logprobs !== undefined) this.#said.push(...tokens);
      const piece = begun ? text : text.trimStart();
      if (piece === "") return;
      begun = true;
      this.#batch.add({ type: "delta", text: piece });
    };
  }

  /** How long the answer may get: as asked, but no longer than what the window holds once older turns have left it. */
  #limit(history: readonly ChatHistoryItem[], promptTokens: number): number {
    const { contextSize } = this.#at;
    const free = contextSize - promptTokens - 1;
    const asked = this.#request.maxTokens ?? Number.POSITIVE_INFINITY;
    if (asked <= free) return asked;
    const shortest = this.#tokens(trimmedTo(history, 0, () => 1)).length;
    return Math.min(asked, Math.max(free, Math.floor(contextSize * (1 - freedShare)) - shortest - 1));
  }

  /** Lets the oldest turns leave a full window. What stays is moved up, and only what can't be moved is evaluated again. */
  #shift(sequence: LlamaContextSequence): LLamaChatContextShiftOptions {
    const { contextSize, sequences, reader } = this.#at;
    return {
      size: Math.ceil(contextSize * freedShare),
      strategy: async ({ chatHistory, maxTokensCount }) => {
        this.#forgot = true;
        const kept = trimmedTo(chatHistory, maxTokensCount, (history) => this.#tokens(history).length);
        try {
          const prompt = this.#tokens(kept);
          await sequences.fit(sequence, prompt.slice(0, -1));
          await reader.approach(sequence, prompt, this.#signal);
        } catch (error) {
          // node-llama-cpp would take an abort for a failure of the strategy; it looks at the signal next
          if (!this.#signal.aborted) throw error;
        }
        return { chatHistory: kept };
      },
    };
  }
}

function reasonOf({ metadata, functionCalls }: LlamaChatResponse<ChatModelFunctions>): Finish["reason"] {
  if (metadata.stopReason === "maxTokens") return "length";
  return functionCalls !== undefined && functionCalls.length > 0 ? "tool_calls" : "stop";
}
