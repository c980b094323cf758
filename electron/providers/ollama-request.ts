import type { ChatRequest as OllamaChatRequest, Message as OllamaMessage, Tool as OllamaTool } from "ollama";
import type { Link, ProviderRequest } from "../chain/index.ts";
import { type ContentPart, type Message, type ResponseFormat, textOf } from "../contract/index.ts";
import { asked, type Setting } from "./dropped.ts";
import type { OllamaFacts } from "./ollama-facts.ts";
import { argumentsObject } from "./tool-arguments.ts";
import { turnsOf } from "./turns.ts";

/** Ollama's own type leaves out two switches that its server has had since 0.12.6. */
export type OllamaRequest = OllamaChatRequest & { stream: true; truncate: false; shift: false };

/** The images of a message, which are inline by now: Ollama fetches none. */
function imagesOf(parts: readonly ContentPart[]): string[] {
  return parts.flatMap((part) => (part.type === "image" && "data" in part.source ? [part.source.data] : []));
}

function messageParam(message: Message, toolNames: ReadonlyMap<string, string>): OllamaMessage {
  switch (message.role) {
    case "system":
      return { role: "system", content: message.content };
    case "user": {
      if (typeof message.content === "string") return { role: "user", content: message.content };
      const images = imagesOf(message.content);
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

/** Whether and how the model is to think first; nothing where it can't, or nobody knows. */
function thinking(request: ProviderRequest, facts: OllamaFacts | null): Pick<OllamaChatRequest, "think"> {
  if (!facts?.capabilities?.includes("thinking")) return {};
  const { type = "text" } = request.response_format ?? {};
  // Thoughts come apart from the answer only when they are asked for; before JSON they would only take its room.
  const think = type === "text";
  return facts.thinking === null || facts.thinking.includes(think) ? { think } : {};
}

/** What of a request the model can't do, by what its server says: the receipt's names. */
export function beyond(request: ProviderRequest, facts: OllamaFacts | null): ("vision" | "tools")[] {
  const can = facts?.capabilities;
  if (can === null || can === undefined) return [];
  const sees = can.includes("vision");
  const hasImage = request.messages.some(
    ({ content }) => Array.isArray(content) && content.some(({ type }) => type === "image"),
  );
  const calls = request.tools !== undefined && request.tools.length > 0 && request.tool_choice !== "none";
  return [
    ...(hasImage && !sees ? (["vision"] as const) : []),
    ...(calls && !can.includes("tools") ? (["tools"] as const) : []),
  ];
}

/** The request without what the model can't do. */
export function withoutBeyond(
  request: ProviderRequest,
  lost: readonly ("vision" | "tools")[],
): ProviderRequest {
  const { tools, tool_choice, parallel_tool_calls, ...rest } = request;
  const kept: ProviderRequest = lost.includes("tools") ? rest : { ...request };
  if (!lost.includes("vision")) return kept;
  const messages = kept.messages.map((message): Message => {
    if (message.role !== "user" || typeof message.content === "string") return message;
    return { ...message, content: message.content.filter(({ type }) => type !== "image") };
  });
  return { ...kept, messages };
}

/** What is known of the far end when a request for it is made. */
export interface OllamaAsk {
  /** Tokens of the context. */
  numCtx: number;
  facts: OllamaFacts | null;
  /** How long the model stays in memory afterwards: seconds, below 0 for ever; null leaves it to the server. */
  keepAlive: number | null;
}

/**
 * A request for /api/chat, always streaming. `truncate` and `shift` are off, so that a prompt that is too long is an error, not
 * an answer to half of it. There is no `tool_choice`: `none` leaves the tools out, the rest is the model's choice.
 */
export function ollamaRequest(
  request: ProviderRequest,
  link: Link,
  { numCtx, facts, keepAlive }: OllamaAsk,
): OllamaRequest {
  const names = namesById(request.messages);
  const tools = request.tool_choice === "none" ? [] : (request.tools ?? []);
  return {
    model: link.model,
    messages: turnsOf(request).map((message) => messageParam(message, names)),
    stream: true,
    truncate: false,
    shift: false,
    ...thinking(request, facts),
    ...(keepAlive !== null && { keep_alive: keepAlive }),
    ...(tools.length > 0 && {
      tools: tools.map((tool) => ({ type: "function", function: tool as OllamaTool["function"] })),
    }),
    ...format(request.response_format),
    options: {
      num_ctx: numCtx,
      ...(request.max_tokens !== undefined && { num_predict: request.max_tokens }),
      ...(request.temperature !== undefined && { temperature: request.temperature }),
      ...(request.top_p !== undefined && { top_p: request.top_p }),
      ...(request.stop !== undefined && request.stop.length > 0 && { stop: request.stop }),
      ...(request.seed !== undefined && { seed: request.seed }),
    },
  };
}
