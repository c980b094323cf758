import type { ChatRequest as OllamaChatRequest, Message as OllamaMessage, Tool as OllamaTool } from "ollama";
import { type Link, ProviderFailure, type ProviderRequest } from "../chain/index.ts";
import { type ContentPart, type Message, type ResponseFormat, textOf } from "../contract/index.ts";
import { asked, type Setting } from "./dropped.ts";
import { argumentsObject } from "./tool-arguments.ts";
import { turnsOf } from "./turns.ts";

/** Ollama's own type leaves out two switches that its server has had since 0.12. */
export type OllamaRequest = OllamaChatRequest & { stream: true; truncate: false; shift: false };

/** Room for an answer where the request sets no limit. */
const answerTokens = 2_048;
/** Other sizes than these would make Ollama load the model anew for every message of a growing conversation. */
const smallestContext = 4_096;
/** What Ollama's vision models make of one image, at most, about. */
const imageTokens = 1_600;

/** About how many tokens a text has, counted high: four letters of English are a token, but two of other scripts are. */
function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}

function promptTokens(request: ProviderRequest): number {
  const tools = request.tools === undefined ? 0 : tokensOf(JSON.stringify(request.tools));
  const messages = turnsOf(request).map((message) => {
    const images = Array.isArray(message.content)
      ? message.content.filter((part) => part.type === "image").length
      : 0;
    const calls =
      message.role === "assistant" && message.tool_calls ? tokensOf(JSON.stringify(message.tool_calls)) : 0;
    // Each message is wrapped in the words of the model's template.
    return tokensOf(textOf(message)) + calls + images * imageTokens + 8;
  });
  return messages.reduce((sum, tokens) => sum + tokens, tools);
}

/**
 * The context that a request needs, tokens: the prompt and room for the answer, as a power of two from 4,096 up, and no more than the link
 * says that its model has. Ollama's default cuts longer prompts.
 */
export function contextFor(request: ProviderRequest, link: Link): number {
  const needed = promptTokens(request) + (request.max_tokens ?? answerTokens);
  const size = Math.max(smallestContext, 2 ** Math.ceil(Math.log2(needed)));
  return Math.min(size, link.capabilities.contextWindow ?? size);
}

function imagesOf(parts: readonly ContentPart[], link: Link): string[] {
  return parts.flatMap((part) => {
    if (part.type !== "image") return [];
    if ("data" in part.source) return [part.source.data];
    throw new ProviderFailure(
      "invalid_request",
      `Link "${link.id}" can't take an image by its address, because Ollama does not fetch images. Attach the image itself.`,
    );
  });
}

function messageParam(message: Message, link: Link, toolNames: ReadonlyMap<string, string>): OllamaMessage {
  switch (message.role) {
    case "system":
      return { role: "system", content: message.content };
    case "user": {
      if (typeof message.content === "string") return { role: "user", content: message.content };
      const images = imagesOf(message.content, link);
      return { role: "user", content: textOf(message), ...(images.length > 0 && { images }) };
    }
    case "assistant": {
      const calls = message.tool_calls ?? [];
      return {
        role: "assistant",
        content: message.content,
        ...(calls.length > 0 && {
          tool_calls: calls.map((call) => ({
            function: { name: call.name, arguments: argumentsObject(call) },
          })),
        }),
      };
    }
    case "tool": {
      const name = toolNames.get(message.tool_call_id);
      return { role: "tool", content: message.content, ...(name !== undefined && { tool_name: name }) };
    }
    default:
      return message satisfies never;
  }
}

/** Ollama names a result's tool, where we have the call's id. */
function namesById(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap((message) =>
    message.role === "assistant" ? (message.tool_calls ?? []) : [],
  );
  return new Map(calls.map((call) => [call.id, call.name]));
}

function format(of: ResponseFormat | undefined): Pick<OllamaChatRequest, "format"> {
  if (of === undefined || of.type === "text") return {};
  return { format: of.type === "json_object" ? "json" : of.schema };
}

/** What the request asks for and Ollama has no equal for: there is no choice among its tools, but they can be left out. */
export function ollamaDropped(request: ProviderRequest): Setting[] {
  const kept = request.tool_choice === "none" || request.tool_choice === "auto";
  return asked(request, kept ? ["parallel_tool_calls"] : ["tool_choice", "parallel_tool_calls"]);
}

/**
 * A request for /api/chat, always streaming. `truncate` and `shift` are off, so that a prompt that is too long is an error, not
 * an answer to half of it. There is no `tool_choice`: `none` leaves the tools out, the rest is the model's choice.
 */
export function ollamaRequest(request: ProviderRequest, link: Link): OllamaRequest {
  const names = namesById(request.messages);
  const tools = request.tool_choice === "none" ? [] : (request.tools ?? []);
  return {
    model: link.model,
    messages: turnsOf(request).map((message) => messageParam(message, link, names)),
    stream: true,
    truncate: false,
    shift: false,
    ...(tools.length > 0 && {
      tools: tools.map((tool) => ({ type: "function", function: tool as OllamaTool["function"] })),
    }),
    ...format(request.response_format),
    options: {
      num_ctx: contextFor(request, link),
      ...(request.max_tokens !== undefined && { num_predict: request.max_tokens }),
      ...(request.temperature !== undefined && { temperature: request.temperature }),
      ...(request.top_p !== undefined && { top_p: request.top_p }),
      ...(request.stop !== undefined && request.stop.length > 0 && { stop: request.stop }),
      ...(request.seed !== undefined && { seed: request.seed }),
    },
  };
}
