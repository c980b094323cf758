import { pixel, weatherSchema } from "../wire.ts";
import { type Told, usage } from "./conversations.ts";
import type { Wire } from "./family.ts";
import { jsonLines, type Recording } from "./player.ts";

const says = (role: string, content: string) => ({ role, content });
const tools = [
  {
    type: "function",
    function: { name: "get_weather", description: "The weather in a city", parameters: weatherSchema },
  },
];
const options = { num_ctx: 4_096 };

/** An answer as /api/chat streams it: a tool call comes whole, the token counts with the last line. */
function chatLines({ reasoning, text = [], call, reason }: Told): Recording {
  const line = (message: object) => ({
    model: "qwen3:8b",
    created_at: "2026-11-21T10:00:00.000Z",
    message: { role: "assistant", content: "", ...message },
    done: false,
  });
  return jsonLines(
    ...(reasoning === undefined ? [] : [line({ thinking: reasoning })]),
    ...text.map((content) => line({ content })),
    ...(call === undefined
      ? []
      : [
          line({
            tool_calls: [
              { id: call.id, function: { index: 0, name: call.name, arguments: JSON.parse(call.arguments) } },
            ],
          }),
        ]),
    {
      ...line({}),
      done: true,
      done_reason: reason === "length" ? "length" : "stop",
      total_duration: 4_883_583_458,
      prompt_eval_count: usage.input_tokens,
      eval_count: usage.output_tokens,
    },
  );
}

export const ollama: Wire = {
  family: "ollama",
  source: "https://docs.ollama.com/api/chat",
  model: "qwen3:8b",
  base: "",
  path: "/api/chat",
  keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
  asked: {
    plain: { messages: [says("user", "Hello")] },
    system: { messages: [says("system", "Be brief."), says("user", "Hello")] },
    turns: { messages: [says("user", "Hello"), says("assistant", "Hi."), says("user", "Who are you?")] },
    image: { messages: [{ ...says("user", "What is this?"), images: [pixel] }] },
    tool_offered: { messages: [says("user", "Hello")], tools },
    tool_result: {
      messages: [
        says("user", "Weather in Oslo?"),
        {
          ...says("assistant", ""),
          tool_calls: [{ function: { name: "get_weather", arguments: { city: "Oslo" } } }],
        },
        { ...says("tool", "4 degrees"), tool_name: "get_weather" },
      ],
      tools,
    },
    tool_forced: { messages: [says("user", "Weather in Oslo?")], tools },
    json_schema: { messages: [says("user", "Which city?")], format: weatherSchema },
    stop: { messages: [says("user", "Count.")], options: { ...options, stop: ["3", "END"] } },
    length: { messages: [says("user", "Tell me all.")], options: { ...options, num_predict: 7 } },
    reasoning: { messages: [says("user", "17 x 23?")] },
    sampling: { messages: [says("user", "Hello")], options: { ...options, temperature: 0.2, seed: 7 } },
  },
  always: { model: "qwen3:8b", stream: true, truncate: false, shift: false, options },
  plays: chatLines,
  answers: "qwen3:8b",
  cannot: {
    image: [{ how: "filtered", what: "vision", because: "few of its models see, and a link says which" }],
    tool_forced: [
      { how: "dropped", what: ["tool_choice"], because: "there is no choice among Ollama's tools" },
    ],
  },
};
