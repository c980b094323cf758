import { z } from "zod";

/** An image in a message: base64 bytes with their media type, or an address that the provider fetches itself. */
const imageSource = z.union([
  z.object({ media_type: z.string().regex(/^image\//), data: z.base64() }),
  z.object({ url: z.url() }),
]);

export const textPart = z.object({ type: z.literal("text"), text: z.string() });
export const imagePart = z.object({ type: z.literal("image"), source: imageSource });
export const contentPart = z.discriminatedUnion("type", [textPart, imagePart]);
export type ContentPart = z.infer<typeof contentPart>;

/** A finished call of a tool; `arguments` is the JSON text as the model wrote it. */
export const toolCall = z.object({ id: z.string(), name: z.string(), arguments: z.string() });
export type ToolCall = z.infer<typeof toolCall>;

const content = z.union([z.string(), z.array(contentPart)]);

/** One message of a conversation, in no provider's format: each provider translates it. */
export const message = z.discriminatedUnion("role", [
  z.object({ role: z.literal("system"), content: z.string() }),
  z.object({ role: z.literal("user"), content }),
  z.object({ role: z.literal("assistant"), content: z.string(), tool_calls: z.array(toolCall).optional() }),
  z.object({ role: z.literal("tool"), tool_call_id: z.string(), content: z.string() }),
]);
export type Message = z.infer<typeof message>;

/** A function that the model may call; `parameters` is a JSON Schema object. */
export const tool = z.object({
  name: z.string(),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()),
});
export type Tool = z.infer<typeof tool>;

export const toolChoice = z.union([z.enum(["auto", "none", "required"]), z.object({ name: z.string() })]);
export type ToolChoice = z.infer<typeof toolChoice>;

/** The form that the answer must have: any JSON object, or one that fits a JSON Schema. */
export const responseFormat = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    name: z.string(),
    schema: z.record(z.string(), z.unknown()),
    strict: z.boolean().optional(),
  }),
]);
export type ResponseFormat = z.infer<typeof responseFormat>;

/** The words of a message without its images. */
export function textOf(of: Message): string {
  if (typeof of.content === "string") return of.content;
  return of.content.map((part) => (part.type === "text" ? part.text : "")).join("");
}
