import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import type { Link, ProviderRequest } from "../chain/index.ts";
import type { ContentPart, Message, ResponseFormat, ToolChoice } from "../contract/index.ts";
import { asked, type Setting, without } from "./dropped.ts";
import { turnsOf } from "./turns.ts";

/** How a server's Chat Completions departs from OpenAI's. */
export interface Dialect {
  /** OpenAI's newer models refuse `max_tokens`; most other servers know nothing else. */
  maxTokens: "max_tokens" | "max_completion_tokens";
  seed: "seed" | "random_seed";
  /** Whether token counts must be asked for. Mistral refuses the question and always sends them. */
  askUsage: boolean;
  /** Models that refuse a request with `temperature`, `top_p` or `logprobs`; for them these are left out. */
  noSampling: RegExp | null;
  /** Models that refuse a request with `stop`. */
  noStop: RegExp | null;
  /** Models that refuse an earlier tool call without the signature of the thought behind it. */
  signedCalls: RegExp | null;
}

const compatible: Dialect = {
  maxTokens: "max_tokens",
  seed: "seed",
  askUsage: true,
  noSampling: null,
  noStop: null,
  signedCalls: null,
};

const openai: Dialect = {
  ...compatible,
  maxTokens: "max_completion_tokens",
  // Models that reason unless told not to; GPT-5.1 to 5.4 don't, and take both.
  noSampling: /^(?:o\d|gpt-5(?:\.[5-9])?(?:-|$)|gpt-[6-9])/,
  noStop: /^(?:o[34]|gpt-5(?:\.[1-4])?(?:-|$))/,
};

/** Google's models behind its OpenAI-compatible addresses. */
export const geminiDialect: Dialect = { ...compatible, signedCalls: /(?:^|\/)gemini-(?:[3-9]|\d\d)/ };

const dialects: Readonly<Record<string, Dialect>> = {
  "api.openai.com": openai,
  "api.mistral.ai": { ...compatible, seed: "random_seed", askUsage: false },
  "generativelanguage.googleapis.com": geminiDialect,
};

/** The dialect that a server speaks, by its host. */
export function dialectOf(baseUrl: string): Dialect {
  return dialects[new URL(baseUrl).hostname] ?? compatible;
}

/** The dialect of the families that offer OpenAI's own models, at OpenAI, at Azure, or behind a proxy. */
export function openaiDialectOf(baseUrl: string): Dialect {
  return dialects[new URL(baseUrl).hostname] ?? openai;
}

/** What the request asks for and this model refuses, so that it is left out. */
export function openaiDropped(request: ProviderRequest, link: Link, dialect: Dialect): Setting[] {
  return asked(request, [
    ...(dialect.noSampling?.test(link.model) ? (["temperature", "top_p", "logprobs"] as const) : []),
    ...(dialect.noStop?.test(link.model) ? (["stop"] as const) : []),
  ]);
}

/**
 * Stands for the signature of a thought in a call whose signature we don't have, because another model may have made it. Source: Google's
 * page on thought signatures, "Transferring from a different model".
 */
const noSignature = { extra_content: { google: { thought_signature: "skip_thought_signature_validator" } } };

function contentPart(part: ContentPart): ChatCompletionContentPart {
  if (part.type === "text") return { type: "text", text: part.text };
  const { source } = part;
  const url = "url" in source ? source.url : `data:${source.media_type};base64,${source.data}`;
  return { type: "image_url", image_url: { url } };
}

function messageParam(message: Message, signed: boolean): ChatCompletionMessageParam {
  switch (message.role) {
    case "system":
      return { role: "system", content: message.content };
    case "user":
      return {
        role: "user",
        content: typeof message.content === "string" ? message.content : message.content.map(contentPart),
      };
    case "assistant": {
      const { content, tool_calls: calls = [] } = message;
      if (calls.length === 0) return { role: "assistant", content };
      return {
        role: "assistant",
        content: content === "" ? null : content,
        tool_calls: calls.map((call, index) => ({
          id: call.id,
          type: "function",
          function: { name: call.name, arguments: call.arguments },
          // Of calls that were made together only the first has a signature.
          ...(signed && index === 0 && noSignature),
        })),
      };
    }
    case "tool":
      return { role: "tool", tool_call_id: message.tool_call_id, content: message.content };
    default:
      return message satisfies never;
  }
}

function toolChoice(choice: ToolChoice): ChatCompletionCreateParamsStreaming["tool_choice"] & {} {
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };
}

function responseFormat(format: ResponseFormat): ChatCompletionCreateParamsStreaming["response_format"] & {} {
  if (format.type !== "json_schema") return { type: format.type };
  const { name, schema, strict } = format;
  return { type: "json_schema", json_schema: { name, schema, ...(strict === undefined ? {} : { strict }) } };
}

/** A request in the wire format of Chat Completions, always streaming. Keys that were not asked for are left out. */
export function openaiRequest(
  whole: ProviderRequest,
  link: Link,
  dialect: Dialect,
): ChatCompletionCreateParamsStreaming {
  const request = without(whole, openaiDropped(whole, link, dialect));
  const signed = dialect.signedCalls?.test(link.model) === true;
  return {
    model: link.model,
    messages: turnsOf(request).map((message) => messageParam(message, signed)),
    stream: true,
    ...(dialect.askUsage && { stream_options: { include_usage: true } }),
    ...(request.max_tokens !== undefined && { [dialect.maxTokens]: request.max_tokens }),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.top_p !== undefined && { top_p: request.top_p }),
    ...(request.logprobs !== undefined && { logprobs: true, top_logprobs: request.logprobs }),
    ...(request.stop !== undefined && request.stop.length > 0 && { stop: request.stop }),
    ...(request.seed !== undefined && { [dialect.seed]: request.seed }),
    ...(request.tools !== undefined &&
      request.tools.length > 0 && {
        tools: request.tools.map((tool) => ({ type: "function" as const, function: tool })),
        ...(request.tool_choice !== undefined && { tool_choice: toolChoice(request.tool_choice) }),
        ...(request.parallel_tool_calls !== undefined && {
          parallel_tool_calls: request.parallel_tool_calls,
        }),
      }),
    ...(request.response_format !== undefined && {
      response_format: responseFormat(request.response_format),
    }),
  } as ChatCompletionCreateParamsStreaming;
}
