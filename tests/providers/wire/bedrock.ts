import { pixel, weatherSchema } from "../wire.ts";
import { type Told, usage } from "./conversations.ts";
import { event, eventStream } from "./event-stream.ts";
import type { Wire } from "./family.ts";
import type { Recording } from "./player.ts";

const says = (role: string, text: string) => ({ role, content: [{ text }] });
const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: "get_weather",
        description: "The weather in a city",
        inputSchema: { json: weatherSchema },
      },
    },
  ],
};

const stopReasons = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" } as const;

/** An answer as ConverseStream sends it: only a tool call announces its block. */
export function converseStream({ reasoning, text = [], call, reason }: Told): Recording {
  const blocks = [
    ...(reasoning === undefined
      ? []
      : [
          {
            deltas: [
              { reasoningContent: { text: reasoning } },
              { reasoningContent: { signature: "EqQBCg" } },
            ],
          },
        ]),
    ...(text.length === 0 ? [] : [{ deltas: text.map((piece) => ({ text: piece })) }]),
    ...(call === undefined
      ? []
      : [
          {
            start: { toolUse: { toolUseId: call.id, name: call.name } },
            deltas: [call.arguments.slice(0, 8), call.arguments.slice(8)].map((input) => ({
              toolUse: { input },
            })),
          },
        ]),
  ];
  return eventStream(
    event("messageStart", { role: "assistant" }),
    ...blocks.flatMap(({ deltas, ...block }, contentBlockIndex) => [
      ...("start" in block ? [event("contentBlockStart", { contentBlockIndex, start: block.start })] : []),
      ...deltas.map((delta) => event("contentBlockDelta", { contentBlockIndex, delta })),
      event("contentBlockStop", { contentBlockIndex }),
    ]),
    event("messageStop", { stopReason: stopReasons[reason] }),
    event("metadata", {
      usage: { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens, totalTokens: 18 },
      metrics: { latencyMs: 551 },
    }),
  );
}

export const bedrock: Wire = {
  family: "bedrock",
  source: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html",
  model: "us.anthropic.claude-sonnet-5-5",
  base: "",
  path: "/model/us.anthropic.claude-sonnet-5-5/converse-stream",
  keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
  asked: {
    plain: { messages: [says("user", "Hello")] },
    system: { system: [{ text: "Be brief." }], messages: [says("user", "Hello")] },
    turns: { messages: [says("user", "Hello"), says("assistant", "Hi."), says("user", "Who are you?")] },
    image: {
      messages: [
        {
          role: "user",
          content: [{ text: "What is this?" }, { image: { format: "png", source: { bytes: pixel } } }],
        },
      ],
    },
    tool_offered: {
      messages: [says("user", "Hello")],
      toolConfig: { ...toolConfig, toolChoice: { auto: {} } },
    },
    tool_result: {
      messages: [
        says("user", "Weather in Oslo?"),
        {
          role: "assistant",
          content: [{ toolUse: { toolUseId: "call_1", name: "get_weather", input: { city: "Oslo" } } }],
        },
        {
          role: "user",
          content: [{ toolResult: { toolUseId: "call_1", content: [{ text: "4 degrees" }] } }],
        },
      ],
      toolConfig,
    },
    tool_forced: { messages: [says("user", "Weather in Oslo?")], toolConfig },
    json_schema: {
      messages: [says("user", "Which city?")],
      outputConfig: {
        textFormat: {
          type: "json_schema",
          structure: { jsonSchema: { name: "city", schema: JSON.stringify(weatherSchema) } },
        },
      },
    },
    stop: { messages: [says("user", "Count.")], inferenceConfig: { stopSequences: ["3", "END"] } },
    length: { messages: [says("user", "Tell me all.")], inferenceConfig: { maxTokens: 7 } },
    reasoning: { messages: [says("user", "17 x 23?")] },
    sampling: { messages: [says("user", "Hello")] },
  },
  always: {},
  plays: converseStream,
  answers: null,
  cannot: {
    tool_forced: [
      {
        how: "dropped",
        what: ["tool_choice"],
        because: "this model refuses a request in which a tool must be called",
      },
    ],
    json_schema: [
      { how: "filtered", what: "jsonSchema", because: "not all of its models can, and a link says which" },
    ],
    sampling: [
      {
        how: "dropped",
        what: ["temperature", "seed"],
        because: "Converse has no seed, and this model takes no temperature",
      },
    ],
  },
};
