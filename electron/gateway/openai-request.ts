import { z } from "zod";
import type { ChatRequest, Message } from "../contract/index.ts";
import { count } from "./body.ts";
import { imageUrl, toImageSource } from "./images.ts";
import { dropUndefined, overrides, type Routing } from "./overrides.ts";

const jsonSchema = z.record(z.string(), z.unknown());

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const part = z.discriminatedUnion(
  "type",
  [textPart, z.object({ type: z.literal("image_url"), image_url: z.object({ url: imageUrl }) })],
  { error: "can only be text or an image_url" },
);
const text = z.union([z.string(), z.array(textPart)]);
const assistantPart = z.discriminatedUnion("type", [
  textPart,
  z.object({ type: z.literal("refusal"), refusal: z.string() }),
]);

const wireMessage = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content: text }),
  z.object({ role: z.literal("user"), content: z.union([z.string(), z.array(part)]) }),
  z.object({
    role: z.literal("assistant"),
    content: z.union([z.string(), z.array(assistantPart)]).nullish(),
    tool_calls: z
      .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
      .nullish(),
  }),
  z.object({ role: z.literal("tool"), tool_call_id: z.string(), content: text }),
]);

const wireTool = z.object({
  type: z.literal("function", "can only be function"),
  function: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: jsonSchema.nullish(),
  }),
});

const wireFormat = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({
      name: z.string().min(1),
      schema: jsonSchema.default({ type: "object" }),
      strict: z.boolean().nullish(),
    }),
  }),
]);

const old = (instead: string) => z.null(`is an older form that is not supported: use ${instead}`).optional();

/** The part of OpenAI's chat-completions request that Holdfast understands, and its own `holdfast`. Other fields are let be. */
export const chatCompletionsRequest = z.object({
  model: z.string().default("auto"),
  messages: z.array(wireMessage).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: count.nullish(),
  max_completion_tokens: count.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  seed: z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).nullish(),
  n: z.literal(1, "can only be 1: ask several times for several answers").nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  modalities: z.array(z.literal("text", "can only be text")).nullish(),
  functions: old("tools"),
  function_call: old("tool_choice"),
  tools: z.array(wireTool).nullish(),
  tool_choice: z
    .union([
      z.enum(["auto", "none", "required"]),
      z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: wireFormat.nullish(),
  holdfast: overrides.nullish(),
});
export type ChatCompletionsRequest = z.infer<typeof chatCompletionsRequest>;

/** The request as the chain takes it. */
export function fromChatCompletions(wire: ChatCompletionsRequest, routing: Routing): ChatRequest {
  return {
    ...routing,
    ...dropUndefined({
      messages: wire.messages.map(toMessage),
      max_tokens: wire.max_completion_tokens ?? wire.max_tokens ?? undefined,
      temperature: wire.temperature ?? undefined,
      top_p: wire.top_p ?? undefined,
      stop: typeof wire.stop === "string" ? [wire.stop] : (wire.stop ?? undefined),
      seed: wire.seed ?? undefined,
      tools: wire.tools?.map(({ function: { name, description, parameters } }) =>
        dropUndefined({
          name,
          description: description ?? undefined,
          parameters: parameters ?? { type: "object", properties: {} },
        }),
      ),
      tool_choice:
        typeof wire.tool_choice === "string"
          ? wire.tool_choice
          : wire.tool_choice
            ? { name: wire.tool_choice.function.name }
            : undefined,
      parallel_tool_calls: wire.parallel_tool_calls ?? undefined,
      logprobs: wire.logprobs ? (wire.top_logprobs ?? 0) : undefined,
      response_format: toFormat(wire.response_format),
    }),
  };
}

function toMessage(wire: ChatCompletionsRequest["messages"][number]): Message {
  switch (wire.role) {
    case "system":
    case "developer":
      return { role: "system", content: joined(wire.content) };
    case "user":
      return {
        role: "user",
        content:
          typeof wire.content === "string"
            ? wire.content
            : wire.content.map((piece) =>
                piece.type === "text"
                  ? { type: "text", text: piece.text }
                  : { type: "image", source: toImageSource(piece.image_url.url) },
              ),
      };
    case "assistant":
      return dropUndefined({
        role: wire.role,
        content: joined(wire.content ?? ""),
        tool_calls: wire.tool_calls?.map(({ id, function: fn }) => ({ id, ...fn })),
      });
    case "tool":
      return { role: "tool", tool_call_id: wire.tool_call_id, content: joined(wire.content) };
    default:
      return wire satisfies never;
  }
}

const joined = (content: string | readonly z.infer<typeof assistantPart>[]): string =>
  typeof content === "string"
    ? content
    : content.map((piece) => (piece.type === "text" ? piece.text : piece.refusal)).join("");

function toFormat(wire: ChatCompletionsRequest["response_format"]): ChatRequest["response_format"] {
  if (wire?.type !== "json_schema") return wire ?? undefined;
  const { name, schema, strict } = wire.json_schema;
  return dropUndefined({ type: "json_schema", name, schema, strict: strict ?? undefined });
}
