import { pixel, weatherSchema } from "../wire.ts";
import { type Told, usage } from "./conversations.ts";
import type { Wire } from "./family.ts";
import { namedEvents, type Recording } from "./player.ts";

const says = (role: string, text: string) => ({ role, content: [{ type: "text", text }] });
const tools = [{ name: "get_weather", description: "The weather in a city", input_schema: weatherSchema }];

const stopReasons = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" } as const;

/** An answer as Messages streams it: blocks that start, grow and stop, and a message around them. */
function messagesStream({ reasoning, text = [], call, reason }: Told): Recording {
  const blocks = [
    ...(reasoning === undefined
      ? []
      : [
          {
            start: { type: "thinking", thinking: "", signature: "" },
            deltas: [
              { type: "thinking_delta", thinking: reasoning },
              { type: "signature_delta", signature: "EqQBCg" },
            ],
          },
        ]),
    ...(text.length === 0
      ? []
      : [
          {
            start: { type: "text", text: "" },
            deltas: text.map((piece) => ({ type: "text_delta", text: piece })),
          },
        ]),
    ...(call === undefined
      ? []
      : [
          {
            start: { type: "tool_use", id: call.id, name: call.name, input: {} },
            deltas: ["", call.arguments.slice(0, 8), call.arguments.slice(8)].map((partial_json) => ({
              type: "input_json_delta",
              partial_json,
            })),
          },
        ]),
  ];
  return namedEvents(
    {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-5-5",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: usage.input_tokens, output_tokens: 1 },
      },
    },
    { type: "ping" },
    ...blocks.flatMap(({ start, deltas }, index) => [
      { type: "content_block_start", index, content_block: start },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    {
      type: "message_delta",
      delta: { stop_reason: stopReasons[reason], stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    },
    { type: "message_stop" },
  );
}

export const anthropic: Wire = {
  family: "anthropic",
  source: "https://platform.claude.com/docs/en/build-with-claude/streaming",
  model: "claude-sonnet-5-5",
  base: "",
  path: "/v1/messages",
  // A server that is not Anthropic's gets the key in both places.
  keyHeaders: (key) => ({ "x-api-key": key }),
  asked: {
    plain: { messages: [says("user", "Hello")] },
    system: { system: "Be brief.", messages: [says("user", "Hello")] },
    turns: { messages: [says("user", "Hello"), says("assistant", "Hi."), says("user", "Who are you?")] },
    image: {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
          ],
        },
      ],
    },
    tool_offered: { messages: [says("user", "Hello")], tools, tool_choice: { type: "auto" } },
    tool_result: {
      messages: [
        says("user", "Weather in Oslo?"),
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "call_1", name: "get_weather", input: { city: "Oslo" } }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "4 degrees" }] },
      ],
      tools,
    },
    tool_forced: { messages: [says("user", "Weather in Oslo?")], tools },
    json_schema: {
      messages: [says("user", "Which city?")],
      output_config: { format: { type: "json_schema", schema: weatherSchema } },
    },
    stop: { messages: [says("user", "Count.")], stop_sequences: ["3", "END"] },
    length: { messages: [says("user", "Tell me all.")], max_tokens: 7 },
    reasoning: { messages: [says("user", "17 x 23?")] },
    sampling: { messages: [says("user", "Hello")] },
  },
  always: { model: "claude-sonnet-5-5", stream: true, max_tokens: 16_384 },
  plays: messagesStream,
  answers: "claude-sonnet-5-5",
  cannot: {
    tool_forced: [
      {
        how: "dropped",
        what: ["tool_choice"],
        because: "this model refuses a request in which a tool must be called",
      },
    ],
    sampling: [
      {
        how: "dropped",
        what: ["temperature", "seed"],
        because: "Messages has no seed, and this model takes no temperature",
      },
    ],
  },
};
