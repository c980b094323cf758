import type { ProviderRequest } from "../../../electron/chain/index.ts";
import type { FinishReason, Message, ToolCall } from "../../../electron/contract/index.ts";
import { pixel, weatherSchema } from "../wire.ts";

/** What an answer consists of. */
export interface Told {
  reasoning?: string;
  /** The text, in the pieces in which it is sent. */
  text?: readonly string[];
  call?: ToolCall;
  reason: FinishReason;
}

export const usage = { input_tokens: 11, output_tokens: 7 };
export const call: ToolCall = { id: "call_1", name: "get_weather", arguments: '{"city":"Oslo"}' };

const greeting: Told = { text: ["Hello", " there."], reason: "stop" };
const tools = [{ name: "get_weather", description: "The weather in a city", parameters: weatherSchema }];
const asking = (content: string): Message[] => [{ role: "user", content }];

/** Twelve conversations that every family must have, with the answer that each gets. */
export const conversations = {
  plain: { request: { messages: asking("Hello") }, told: greeting },
  system: {
    request: { messages: [{ role: "system", content: "Be brief." }, ...asking("Hello")] },
    told: greeting,
  },
  turns: {
    request: {
      messages: [...asking("Hello"), { role: "assistant", content: "Hi." }, ...asking("Who are you?")],
    },
    told: greeting,
  },
  image: {
    request: {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { media_type: "image/png", data: pixel } },
          ],
        },
      ],
    },
    told: { text: ["A dot."], reason: "stop" },
  },
  tool_offered: { request: { messages: asking("Hello"), tools, tool_choice: "auto" }, told: greeting },
  tool_result: {
    request: {
      messages: [
        ...asking("Weather in Oslo?"),
        { role: "assistant", content: "", tool_calls: [call] },
        { role: "tool", tool_call_id: "call_1", content: "4 degrees" },
      ],
      tools,
    },
    told: { text: ["4 degrees."], reason: "stop" },
  },
  tool_forced: {
    request: { messages: asking("Weather in Oslo?"), tools, tool_choice: { name: "get_weather" } },
    told: { call, reason: "tool_calls" },
  },
  json_schema: {
    request: {
      messages: asking("Which city?"),
      response_format: { type: "json_schema", name: "city", schema: weatherSchema },
    },
    told: { text: ['{"city":', '"Oslo"}'], reason: "stop" },
  },
  stop: {
    request: { messages: asking("Count."), stop: ["3", "END"] },
    told: { text: ["1 2 "], reason: "stop" },
  },
  length: {
    request: { messages: asking("Tell me all."), max_tokens: 7 },
    told: { text: ["In the begin"], reason: "length" },
  },
  reasoning: {
    request: { messages: asking("17 x 23?") },
    told: { reasoning: "17 x 20 is 340.", text: ["391"], reason: "stop" },
  },
  sampling: { request: { messages: asking("Hello"), temperature: 0.2, seed: 7 }, told: greeting },
} as const satisfies Record<string, { request: ProviderRequest; told: Told }>;

export type ConversationName = keyof typeof conversations;
