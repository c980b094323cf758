import type {
  Message as BedrockMessage,
  Tool as BedrockTool,
  ToolChoice as BedrockToolChoice,
  ContentBlock,
  ConverseStreamCommandInput,
  ImageFormat,
  InferenceConfiguration,
  OutputConfig,
} from "@aws-sdk/client-bedrock-runtime";
import { type Link, ProviderFailure, type ProviderRequest } from "../chain/index.ts";
import type { ContentPart, Message, ResponseFormat, ToolCall, ToolChoice } from "../contract/index.ts";
import { claudeDropped, claudeSampling, jsonObjectInstruction } from "./anthropic-request.ts";
import { asked, type Setting, without } from "./dropped.ts";
import { argumentsObject } from "./tool-arguments.ts";
import { turnsOf } from "./turns.ts";

/** JSON, as the SDK types it. */
type Json = NonNullable<NonNullable<ContentBlock["toolUse"]>["input"]>;

/** Anthropic's own name of a model that Bedrock offers, such as in `us.anthropic.claude-sonnet-5-5`; null for others. */
function claudeOf(link: Link): string | null {
  return /anthropic\.(claude-[\w-]+)/.exec(link.model)?.[1] ?? null;
}

function image(part: Extract<ContentPart, { type: "image" }>, link: Link): ContentBlock {
  const { source } = part;
  if ("url" in source) {
    throw new ProviderFailure(
      "invalid_request",
      `Link "${link.id}" can't take an image by its address, because Bedrock does not fetch images. Attach the image itself.`,
    );
  }
  // Other formats are passed on as they are: Bedrock's refusal names the formats that it takes.
  const format = source.media_type.replace("image/", "") as ImageFormat;
  return { image: { format, source: { bytes: Buffer.from(source.data, "base64") } } };
}

/** Blank text blocks are refused, so a blank text becomes no block at all. */
function textBlocks(text: string): ContentBlock[] {
  return text.trim() === "" ? [] : [{ text }];
}

interface Turn {
  role: "user" | "assistant";
  content: ContentBlock[];
}

function turn(message: Exclude<Message, { role: "system" }>, link: Link): Turn {
  switch (message.role) {
    case "user": {
      const { content } = message;
      if (typeof content === "string") return { role: "user", content: textBlocks(content) };
      return {
        role: "user",
        content: content.flatMap((part) =>
          part.type === "text" ? textBlocks(part.text) : [image(part, link)],
        ),
      };
    }
    case "assistant":
      return {
        role: "assistant",
        content: [
          ...textBlocks(message.content),
          ...(message.tool_calls ?? []).map((call) => ({
            toolUse: { toolUseId: call.id, name: call.name, input: argumentsObject(call) as Json },
          })),
        ],
      };
    case "tool":
      return {
        role: "user",
        content: [{ toolResult: { toolUseId: message.tool_call_id, content: [{ text: message.content }] } }],
      };
    default:
      return message satisfies never;
  }
}

/** The turns, neighbours of one role joined: roles must alternate, and all results of a turn's tools stand in one message. */
function turns(messages: readonly Message[], link: Link): BedrockMessage[] {
  const joined: Turn[] = [];
  for (const message of messages) {
    if (message.role === "system") continue;
    const next = turn(message, link);
    const last = joined.at(-1);
    if (last?.role === next.role) last.content.push(...next.content);
    else if (next.content.length > 0) joined.push(next);
  }
  return joined;
}

function callsIn(messages: readonly Message[]): ToolCall[] {
  return messages.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
}

/**
 * The tools of a request. A conversation with calls in it is refused without any, so where none are offered any more
 * the tools that were called stand there by name.
 */
function toolsOf({ messages, tools = [], tool_choice }: ProviderRequest): BedrockTool[] {
  const called = [...new Set(callsIn(messages).map((call) => call.name))];
  if (tools.length === 0) {
    return called.map((name) => ({ toolSpec: { name, inputSchema: { json: { type: "object" } } } }));
  }
  if (tool_choice === "none" && called.length === 0) return [];
  return tools.map(({ name, description, parameters }) => ({
    toolSpec: {
      name,
      ...(description !== undefined && { description }),
      inputSchema: { json: { ...parameters, type: "object" } as Json },
    },
  }));
}

function toolChoice(choice: Exclude<ToolChoice, "none">): BedrockToolChoice {
  switch (choice) {
    case "auto":
      return { auto: {} };
    case "required":
      return { any: {} };
    default:
      return { tool: { name: choice.name } };
  }
}

/** Claude takes one of `temperature` and `top_p`, or neither; the other models take both. */
function samplingOf(request: ProviderRequest, link: Link): InferenceConfiguration {
  const claude = claudeOf(link);
  const { temperature, top_p } = claude === null ? request : (claudeSampling(request, claude) ?? {});
  return {
    // Ours goes to 2 as OpenAI's does, that of the models here to 1.
    ...(temperature !== undefined && { temperature: Math.min(temperature, 1) }),
    ...(top_p !== undefined && { topP: top_p }),
  };
}

function outputConfig(format: ResponseFormat | undefined): { outputConfig?: OutputConfig } {
  if (format?.type !== "json_schema") return {};
  const { name, schema } = format;
  const jsonSchema = { name, schema: JSON.stringify(schema) };
  return { outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema } } } };
}

/**
 * What the request asks for and this model has no equal for, so that it is left out. That no tool may be called can't be said; without calls in
 * the conversation the tools are left out instead.
 */
export function bedrockDropped(request: ProviderRequest, link: Link): Setting[] {
  const claude = claudeOf(link);
  const dropped = [
    ...(claude === null ? asked(request, ["seed"]) : claudeDropped(request, claude)),
    ...asked(request, ["parallel_tool_calls"]),
  ];
  const forbids = request.tool_choice === "none" && toolsOf(request).length > 0;
  return forbids ? [...dropped, "tool_choice"] : dropped;
}

/** A request for ConverseStream. */
export function bedrockRequest(whole: ProviderRequest, link: Link): ConverseStreamCommandInput {
  const request = without(whole, bedrockDropped(whole, link));
  const { messages, max_tokens, stop = [], tool_choice, response_format } = request;
  const system = messages.flatMap((message) => (message.role === "system" ? [message.content] : []));
  if (response_format?.type === "json_object") system.push(jsonObjectInstruction);
  const inference: InferenceConfiguration = {
    ...(max_tokens !== undefined && { maxTokens: max_tokens }),
    ...samplingOf(request, link),
    ...(stop.length > 0 && { stopSequences: stop }),
  };
  const tools = toolsOf(request);
  return {
    modelId: link.model,
    messages: turns(turnsOf(request), link),
    ...(system.length > 0 && { system: [{ text: system.join("\n\n") }] }),
    ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
    ...(tools.length > 0 && {
      toolConfig: {
        tools,
        ...(tool_choice !== undefined && tool_choice !== "none" && { toolChoice: toolChoice(tool_choice) }),
      },
    }),
    ...outputConfig(response_format),
  };
}
