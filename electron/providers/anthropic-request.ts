import type {
  ContentBlockParam,
  ImageBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  TextBlockParam,
  ToolChoice as ToolChoiceParam,
} from "@anthropic-ai/sdk/resources/messages";
import type { Link, ProviderRequest } from "../chain/index.ts";
import type { ContentPart, Message, ResponseFormat, ToolChoice } from "../contract/index.ts";
import { asked, type Setting, without } from "./dropped.ts";
import { argumentsObject } from "./tool-arguments.ts";
import { turnsOf } from "./turns.ts";

/** Claude from Opus 4.7 and from 5 on. */
const recent = /^claude-(?:opus-4-[7-9]|mythos-preview|[a-z]+-(?:[5-9]|\d\d)(?!\d))/;

/** Models that refuse a request in which a tool must be called. Source: Anthropic's migration guides for these models. */
const unforced = /^claude-(?:(?:opus|sonnet)-5-5|(?:fable|mythos)-5-1)(?!\d)/;

/**
 * Anthropic wants a limit with every request; this is ours where a request has none. All older models take 4,096; recent ones think before they
 * answer, and their thoughts count.
 */
function defaultMaxTokens(model: string): number {
  return recent.test(model) ? 16_384 : 4_096;
}

/** A JSON object without a schema has no setting of its own at Anthropic. */
export const jsonObjectInstruction =
  "Answer with one JSON object and nothing else: no words around it, no code fence.";

const imageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"] as const;
type ImageType = (typeof imageTypes)[number];

function image(part: Extract<ContentPart, { type: "image" }>): ImageBlockParam {
  const { source } = part;
  if ("url" in source) return { type: "image", source: { type: "url", url: source.url } };
  // Other types are passed on as they are: Anthropic's refusal names the types that it takes.
  const mediaType = source.media_type as ImageType;
  return { type: "image", source: { type: "base64", media_type: mediaType, data: source.data } };
}

/** Empty text blocks are refused, so an empty text becomes no block at all. */
function textBlocks(text: string): TextBlockParam[] {
  return text === "" ? [] : [{ type: "text", text }];
}

function turn(message: Exclude<Message, { role: "system" }>): {
  role: "user" | "assistant";
  content: ContentBlockParam[];
} {
  switch (message.role) {
    case "user": {
      const { content } = message;
      if (typeof content === "string") return { role: "user", content: textBlocks(content) };
      return {
        role: "user",
        content: content.flatMap((part): ContentBlockParam[] =>
          part.type === "text" ? textBlocks(part.text) : [image(part)],
        ),
      };
    }
    case "assistant":
      return {
        role: "assistant",
        content: [
          ...textBlocks(message.content),
          ...(message.tool_calls ?? []).map((call) => ({
            type: "tool_use" as const,
            id: call.id,
            name: call.name,
            input: argumentsObject(call),
          })),
        ],
      };
    case "tool":
      return {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: message.tool_call_id, content: message.content }],
      };
    default:
      return message satisfies never;
  }
}

/** The turns, neighbours of one role joined: all results of a turn's tools must stand in one user message. */
function turns(messages: readonly Message[]): MessageParam[] {
  const joined: { role: "user" | "assistant"; content: ContentBlockParam[] }[] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const next = turn(message);
    const last = joined.at(-1);
    if (last?.role === next.role) last.content.push(...next.content);
    else if (next.content.length > 0) joined.push(next);
  }
  return joined;
}

function toolChoice(choice: ToolChoice): ToolChoiceParam {
  switch (choice) {
    case "auto":
      return { type: "auto" };
    case "none":
      return { type: "none" };
    case "required":
      return { type: "any" };
    default:
      return { type: "tool", name: choice.name };
  }
}

/** Which tool, if any, and whether several at once. */
function toolUse({ tool_choice, parallel_tool_calls }: ProviderRequest): { tool_choice?: ToolChoiceParam } {
  if (parallel_tool_calls !== false) {
    return tool_choice === undefined ? {} : { tool_choice: toolChoice(tool_choice) };
  }
  const choice = toolChoice(tool_choice ?? "auto");
  return { tool_choice: choice.type === "none" ? choice : { ...choice, disable_parallel_tool_use: true } };
}

function outputConfig(
  format: ResponseFormat | undefined,
): Pick<MessageCreateParamsStreaming, "output_config"> {
  if (format?.type !== "json_schema") return {};
  return { output_config: { format: { type: "json_schema", schema: format.schema } } };
}

/** What a request is made of: its body, and headers beyond the SDK's. */
export interface AnthropicCall {
  body: MessageCreateParamsStreaming;
  headers: Record<string, string>;
}

/**
 * `temperature` or `top_p` for models that still take one of the two. The API version of the SDK has neither, so such a request
 * asks for the version before it; recent models refuse both in any version, and for them they are left out.
 */
export function claudeSampling(
  request: ProviderRequest,
  model: string,
): Pick<ProviderRequest, "temperature" | "top_p"> | null {
  if (recent.test(model)) return null;
  // Ours goes to 2 as OpenAI's does, Anthropic's to 1.
  if (request.temperature !== undefined) return { temperature: Math.min(request.temperature, 1) };
  return request.top_p === undefined ? null : { top_p: request.top_p };
}

/** What the request asks for and this model has no equal for, so that it is left out. */
export function claudeDropped(request: ProviderRequest, model: string): Setting[] {
  const sampled = claudeSampling(request, model) ?? {};
  const choice = request.tool_choice;
  const forced = choice !== undefined && choice !== "auto" && choice !== "none";
  return [
    ...asked(request, ["temperature", "top_p", "seed"]).filter((setting) => !(setting in sampled)),
    ...(forced && unforced.test(model) ? (["tool_choice"] as const) : []),
  ];
}

/** A request in the wire format of Messages, always streaming. */
export function anthropicRequest(whole: ProviderRequest, link: Link): AnthropicCall {
  const request = without(whole, claudeDropped(whole, link.model));
  const system = request.messages.flatMap((message) => (message.role === "system" ? [message.content] : []));
  if (request.response_format?.type === "json_object") system.push(jsonObjectInstruction);
  const sampled = claudeSampling(request, link.model);
  const body: MessageCreateParamsStreaming = {
    model: link.model,
    messages: turns(turnsOf(request)),
    max_tokens: request.max_tokens ?? defaultMaxTokens(link.model),
    stream: true,
    ...(system.length > 0 && { system: system.join("\n\n") }),
    ...sampled,
    ...(request.stop !== undefined && request.stop.length > 0 && { stop_sequences: request.stop }),
    ...(request.tools !== undefined &&
      request.tools.length > 0 && {
        tools: request.tools.map(({ name, description, parameters }) => ({
          name,
          ...(description !== undefined && { description }),
          input_schema: { ...parameters, type: "object" as const },
        })),
        ...toolUse(request),
      }),
    ...outputConfig(request.response_format),
  };
  return { body, headers: sampled === null ? {} : { "anthropic-version": "2023-06-01" } };
}
