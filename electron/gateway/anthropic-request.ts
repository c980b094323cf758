import { z } from "zod";
import type { ChatRequest, ContentPart, Message, ToolCall } from "../contract/index.ts";
import { count } from "./body.ts";
import { webAddress } from "./images.ts";
import { dropUndefined, overrides, type Routing } from "./overrides.ts";

const textBlock = z.object({ type: z.literal("text"), text: z.string() });
const imageBlock = z.object({
  type: z.literal("image"),
  source: z.discriminatedUnion(
    "type",
    [
      z.object({
        type: z.literal("base64"),
        media_type: z.string().regex(/^image\//, "is no image"),
        data: z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, "is not base64"),
      }),
      z.object({ type: z.literal("url"), url: webAddress }),
    ],
    { error: "can only be base64 or url" },
  ),
});
const toolUseBlock = z.object({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const toolResultBlock = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z
    .union([
      z.string(),
      z.array(
        z.discriminatedUnion("type", [textBlock, imageBlock], { error: "can only be text or an image" }),
      ),
    ])
    .nullish(),
  is_error: z.boolean().nullish(),
});
/** Thoughts of an earlier answer: no other model may read them, so they end here. */
const thoughts = [
  z.object({ type: z.literal("thinking"), thinking: z.string() }),
  z.object({ type: z.literal("redacted_thinking"), data: z.string() }),
] as const;

const wireMessage = z.discriminatedUnion("role", [
  z.object({
    role: z.literal("user"),
    content: z.union([
      z.string(),
      z.array(
        z.discriminatedUnion("type", [textBlock, imageBlock, toolResultBlock], {
          error: "can only be text, image or tool_result",
        }),
      ),
    ]),
  }),
  z.object({
    role: z.literal("assistant"),
    content: z.union([
      z.string(),
      z.array(
        z.discriminatedUnion("type", [textBlock, toolUseBlock, ...thoughts], {
          error: "can only be text, tool_use or thinking",
        }),
      ),
    ]),
  }),
  z.object({ role: z.literal("system"), content: z.union([z.string(), z.array(textBlock)]) }),
]);

const wireTool = z.object({
  type: z
    .literal("custom", "can only be custom: tools that Anthropic's servers run are not passed on")
    .nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()),
});

const parallel = { disable_parallel_tool_use: z.boolean().nullish() };
const toolChoice = z.discriminatedUnion("type", [
  z.object({ type: z.literal("auto"), ...parallel }),
  z.object({ type: z.literal("any"), ...parallel }),
  z.object({ type: z.literal("tool"), name: z.string(), ...parallel }),
  z.object({ type: z.literal("none") }),
]);

/** What counts as the request's input: the part that `count_tokens` takes as well. */
export const countTokensRequest = z.object({
  model: z.string().default("auto"),
  messages: z.array(wireMessage).min(1),
  system: z.union([z.string(), z.array(textBlock)]).nullish(),
  tools: z.array(wireTool).nullish(),
  tool_choice: toolChoice.nullish(),
});

/** The part of Anthropic's Messages request that Holdfast understands, and its own `holdfast`. Other fields are let be. */
export const messagesRequest = countTokensRequest.extend({
  max_tokens: count,
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  /** Thoughts are shown where they are asked for and the link gives any. */
  thinking: z.object({ type: z.enum(["enabled", "adaptive", "disabled"]) }).nullish(),
  output_config: z
    .object({
      format: z
        .object({ type: z.literal("json_schema"), schema: z.record(z.string(), z.unknown()) })
        .nullish(),
    })
    .nullish(),
  holdfast: overrides.nullish(),
});
export type MessagesRequest = z.infer<typeof messagesRequest>;
type CountTokensRequest = z.infer<typeof countTokensRequest>;

/** The request as the chain takes it. */
export function fromMessages(wire: MessagesRequest, routing: Routing): ChatRequest {
  const format = wire.output_config?.format;
  return {
    ...routing,
    ...inputOf(wire),
    ...dropUndefined({
      max_tokens: wire.max_tokens,
      temperature: wire.temperature ?? undefined,
      top_p: wire.top_p ?? undefined,
      stop: wire.stop_sequences ?? undefined,
      tool_choice: toToolChoice(wire.tool_choice),
      parallel_tool_calls:
        wire.tool_choice && "disable_parallel_tool_use" in wire.tool_choice
          ? !wire.tool_choice.disable_parallel_tool_use
          : undefined,
      response_format: format
        ? { type: "json_schema" as const, name: "answer", schema: format.schema }
        : undefined,
    }),
  };
}

/** The messages and tools of a request: what its input tokens are spent on. */
export function inputOf({
  system,
  messages,
  tools,
}: CountTokensRequest): Pick<ChatRequest, "messages" | "tools"> {
  return dropUndefined({
    messages: [
      ...(system == null ? [] : [{ role: "system" as const, content: joined(system) }]),
      ...messages.flatMap(toMessages),
    ],
    tools: tools?.map(({ name, description, input_schema }) =>
      dropUndefined({ name, description: description ?? undefined, parameters: input_schema }),
    ),
  });
}

function toToolChoice(choice: MessagesRequest["tool_choice"]): ChatRequest["tool_choice"] {
  switch (choice?.type) {
    case undefined:
      return undefined;
    case "any":
      return "required";
    case "tool":
      return { name: choice.name };
    default:
      return choice?.type;
  }
}

function toMessages(wire: MessagesRequest["messages"][number]): Message[] {
  switch (wire.role) {
    case "system":
      return [{ role: "system", content: joined(wire.content) }];
    case "assistant":
      return [assistantMessage(wire.content)];
    case "user":
      return typeof wire.content === "string"
        ? [{ role: "user", content: wire.content }]
        : userMessages(wire.content);
    default:
      return wire satisfies never;
  }
}

type Content<Role extends MessagesRequest["messages"][number]["role"]> = Extract<
  MessagesRequest["messages"][number],
  { role: Role }
>["content"];

function assistantMessage(content: Content<"assistant">): Message {
  if (typeof content === "string") return { role: "assistant", content };
  const calls: ToolCall[] = content.flatMap((block) =>
    block.type === "tool_use"
      ? [{ id: block.id, name: block.name, arguments: JSON.stringify(block.input) }]
      : [],
  );
  const text = content.map((block) => (block.type === "text" ? block.text : "")).join("");
  return { role: "assistant", content: text, ...(calls.length > 0 && { tool_calls: calls }) };
}

/** Results of tools stand before the person's words, as OpenAI's format wants them. Images of a result go with the words. */
function userMessages(blocks: Exclude<Content<"user">, string>): Message[] {
  const results: Message[] = [];
  const parts: ContentPart[] = [];
  for (const block of blocks) {
    if (block.type === "text") parts.push({ type: "text", text: block.text });
    else if (block.type === "image") parts.push(imagePart(block));
    else {
      const content = typeof block.content === "string" ? [textOf(block.content)] : (block.content ?? []);
      const text = content.map((piece) => (piece.type === "text" ? piece.text : "")).join("");
      results.push({
        role: "tool",
        tool_call_id: block.tool_use_id,
        content: block.is_error ? `Error: ${text}` : text,
      });
      parts.push(...content.flatMap((piece) => (piece.type === "image" ? [imagePart(piece)] : [])));
    }
  }
  return parts.length > 0 || results.length === 0 ? [...results, { role: "user", content: parts }] : results;
}

const textOf = (text: string) => ({ type: "text" as const, text });

function imagePart({ source }: z.infer<typeof imageBlock>): ContentPart {
  return {
    type: "image",
    source:
      source.type === "url" ? { url: source.url } : { media_type: source.media_type, data: source.data },
  };
}

const joined = (content: string | readonly { text: string }[]): string =>
  typeof content === "string" ? content : content.map(({ text }) => text).join("\n\n");
