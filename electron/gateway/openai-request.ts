import { z } from "zod";
import { type ChatRequest, config, durationMs, level, type Message } from "../contract/index.ts";

const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("image_url"), image_url: z.object({ url: z.string() }) }),
]);
const text = z.union([z.string(), z.array(z.object({ type: z.literal("text"), text: z.string() }))]);

const wireMessage = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content: text }),
  z.object({ role: z.literal("user"), content: z.union([z.string(), z.array(part)]) }),
  z.object({
    role: z.literal("assistant"),
    content: text.nullish(),
    tool_calls: z
      .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
      .optional(),
  }),
  z.object({ role: z.literal("tool"), tool_call_id: z.string(), content: text }),
]);

const wireTool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).default({ type: "object", properties: {} }),
  }),
});

const wireFormat = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({
      name: z.string(),
      schema: z.record(z.string(), z.unknown()),
      strict: z.boolean().nullish(),
    }),
  }),
]);

/** The part of OpenAI's chat-completions request that Holdfast understands, and its own `holdfast` overrides. */
export const chatCompletionsRequest = z.object({
  model: z.string().default("auto"),
  messages: z.array(wireMessage).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  seed: z.int().nullish(),
  n: z.literal(1, "can only be 1").nullish(),
  logprobs: z.literal(false, "is not supported").nullish(),
  tools: z.array(wireTool).optional(),
  tool_choice: z
    .union([
      z.enum(["auto", "none", "required"]),
      z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) }),
    ])
    .optional(),
  response_format: wireFormat.optional(),
  holdfast: z
    .strictObject({
      recovery: config.shape.recovery,
      deadline: config.shape.deadline,
      preferred: z.string().optional(),
      level: level.optional(),
      local_only: z.boolean().optional(),
      cache: z.boolean().optional(),
    })
    .optional(),
});
export type ChatCompletionsRequest = z.infer<typeof chatCompletionsRequest>;

/**
 * The request as the chain takes it. `linkIds` are the links that `model` may name; any other name means `auto`.
 * Either source can mark a request local-only; neither can unmark it.
 */
export function toChatRequest(
  wire: ChatCompletionsRequest,
  { linkIds, localOnly }: { linkIds: readonly string[]; localOnly: boolean },
): ChatRequest {
  const { recovery, deadline, preferred, level, local_only, cache } = wire.holdfast ?? {};
  const named = preferred ?? (linkIds.includes(wire.model) ? wire.model : undefined);
  return dropUndefined({
    messages: wire.messages.map(toMessage),
    max_tokens: wire.max_completion_tokens ?? wire.max_tokens ?? undefined,
    temperature: wire.temperature ?? undefined,
    top_p: wire.top_p ?? undefined,
    stop: typeof wire.stop === "string" ? [wire.stop] : (wire.stop ?? undefined),
    seed: wire.seed ?? undefined,
    tools: wire.tools?.map(({ function: fn }) => dropUndefined(fn)),
    tool_choice:
      typeof wire.tool_choice === "object" ? { name: wire.tool_choice.function.name } : wire.tool_choice,
    response_format: toFormat(wire.response_format),
    preferred: named,
    level,
    local_only: localOnly || local_only || undefined,
    recovery,
    deadline_ms: deadline === undefined ? undefined : durationMs(deadline),
    cache,
  });
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
                piece.type === "text" ? piece : { type: "image", source: imageSource(piece.image_url.url) },
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

const joined = (content: z.infer<typeof text>): string =>
  typeof content === "string" ? content : content.map((piece) => piece.text).join("");

function imageSource(url: string): { media_type: string; data: string } | { url: string } {
  const inline = /^data:(image\/[^;,]+);base64,(.*)$/s.exec(url);
  return inline?.[1] && inline[2] !== undefined ? { media_type: inline[1], data: inline[2] } : { url };
}

function toFormat(wire: ChatCompletionsRequest["response_format"]): ChatRequest["response_format"] {
  if (wire?.type !== "json_schema") return wire;
  const { name, schema, strict } = wire.json_schema;
  return dropUndefined({ type: "json_schema", name, schema, strict: strict ?? undefined });
}

type WithoutUndefined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** The same object without the keys that hold `undefined`. */
function dropUndefined<T extends object>(of: T): WithoutUndefined<T> {
  return Object.fromEntries(
    Object.entries(of).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<T>;
}
