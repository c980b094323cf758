import {
  type Link,
  type Provider,
  type ProviderEvent,
  ProviderFailure,
  type ProviderRequest,
} from "../chain/index.ts";
import {
  type FinishReason,
  failureKind,
  type Message,
  type ResponseFormat,
  type TokenLogprob,
  type Tool,
  type ToolCallDelta,
  type ToolChoice,
  type Usage,
} from "../contract/index.ts";

/** What the provider asks of the engine. */
export interface LlamaRequest {
  /** `path` is absolute, `contextSize` tokens. */
  model: { path: string; contextSize?: number };
  messages: Message[];
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: string[];
  seed?: number;
  responseFormat?: ResponseFormat;
  tools?: Tool[];
  toolChoice?: ToolChoice;
  /** The beginning of the answer, which the model continues without repeating it. */
  prefill?: string;
  /** Log-probabilities are wanted, and of so many of the likeliest tokens in each place. */
  logprobs?: number;
}

/**
 * What the engine tells: `accepted` at once, even if it then has to load the model; `finish` when the answer is whole. `forgot`
 * says that the oldest turns left the model's window before.
 */
export type LlamaEvent =
  | { type: "accepted" }
  | {
      type: "delta";
      text?: string;
      reasoning?: string;
      tool_call?: ToolCallDelta;
      logprobs?: TokenLogprob[];
    }
  | { type: "finish"; reason: FinishReason; usage: Usage; evaluated: number; forgot?: true };

/** The engine as this provider sees it. Its errors carry a `kind` of the closed union. */
export interface LlamaEngine {
  generate(request: LlamaRequest, signal: AbortSignal): AsyncIterable<LlamaEvent>;
}

export interface LlamaProviderOptions {
  engine: LlamaEngine;
  /** The absolute path of a link's `model`, which is a path, or whatever else the composition root understands. */
  resolveModel(model: string): string;
}

/** Models on this machine, run by the engine. `connected` means that the engine took the request; loading counts to the first token. */
export function llamaProvider({ engine, resolveModel }: LlamaProviderOptions): Provider {
  return {
    stream(request, link, signal) {
      const own = new AbortController(); // so that `return` ends a generation while `next` waits for it
      const either = AbortSignal.any([signal, own.signal]);
      const events = attempt(engine, () => engineRequest(request, link, resolveModel), either);
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => events.next(),
          async return() {
            own.abort();
            await events.return();
            return { done: true, value: undefined };
          },
        }),
      };
    },
  };
}

async function* attempt(
  engine: LlamaEngine,
  build: () => LlamaRequest,
  signal: AbortSignal,
): AsyncGenerator<ProviderEvent, void, undefined> {
  try {
    for await (const event of engine.generate(build(), signal)) {
      switch (event.type) {
        case "accepted":
          yield { type: "connected" };
          break;
        case "delta":
          yield event;
          break;
        case "finish": {
          const { forgot, evaluated: _, ...finish } = event;
          yield { ...finish, model: null, ...(forgot && { dropped: ["history"] }) };
          break;
        }
        default:
          event satisfies never;
      }
    }
  } catch (error) {
    throw asFailure(error, signal);
  }
}

/** The model that a link asks the engine for. */
export function llamaModelOf(
  { model, capabilities }: Link,
  resolveModel: LlamaProviderOptions["resolveModel"],
): LlamaRequest["model"] {
  const { contextWindow } = capabilities;
  return { path: resolveModel(model), ...(contextWindow !== null && { contextSize: contextWindow }) };
}

function engineRequest(
  request: ProviderRequest,
  link: Link,
  resolveModel: (model: string) => string,
): LlamaRequest {
  const cannot = unsupported(request);
  if (cannot !== null) {
    throw new ProviderFailure(
      "invalid_request",
      `Link "${link.id}" runs a model on this machine, which can't ${cannot}. Leave that out, or ask a link that can.`,
    );
  }
  const { max_tokens, temperature, top_p, stop, seed, response_format, tools, tool_choice } = request;
  return {
    model: llamaModelOf(link, resolveModel),
    messages: request.messages,
    ...(max_tokens !== undefined && { maxTokens: max_tokens }),
    ...(temperature !== undefined && { temperature }),
    ...(top_p !== undefined && { topP: top_p }),
    ...(stop !== undefined && { stop }),
    ...(seed !== undefined && { seed }),
    ...(response_format !== undefined && { responseFormat: response_format }),
    ...(tools !== undefined && tools.length > 0 && { tools }),
    ...(tool_choice !== undefined && { toolChoice: tool_choice }),
    ...(request.prefill !== undefined && { prefill: request.prefill }),
    ...(request.logprobs !== undefined && { logprobs: request.logprobs }),
  };
}

/** What the request needs and the engine lacks. The chain drops such features before; a request that still has them would be answered wrongly. */
function unsupported({ messages, tools = [], tool_choice, response_format }: ProviderRequest): string | null {
  const hasImage = messages.some(
    ({ content }) => typeof content !== "string" && content.some(({ type }) => type === "image"),
  );
  if (hasImage) return "see images";
  const calls = tools.length > 0 && tool_choice !== "none";
  if (calls && response_format !== undefined && response_format.type !== "text")
    return "call tools and hold its answer to JSON at the same time";
  return null;
}

function asFailure(error: unknown, signal: AbortSignal): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  if (signal.aborted) return new ProviderFailure("cancelled", "The request was stopped.", { cause: error });
  const kind = failureKind.safeParse((error as { kind?: unknown } | null)?.kind);
  return new ProviderFailure(
    kind.success ? kind.data : "engine_crashed",
    error instanceof Error ? error.message : String(error),
    { cause: error },
  );
}
