import { pixel, weatherSchema } from "../wire.ts";
import { type ConversationName, type Told, usage } from "./conversations.ts";
import { dataEvents, type Recording } from "./player.ts";

const hello = { messages: [{ role: "user", content: "Hello" }] };
const weather = {
  type: "function",
  function: { name: "get_weather", description: "The weather in a city", parameters: weatherSchema },
};
const earlierCall = {
  id: "call_1",
  type: "function",
  function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
};

/** The requests of Chat Completions, in the words that all its dialects share. */
export const chatRequests = {
  plain: hello,
  system: {
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hello" },
    ],
  },
  turns: {
    messages: [
      { role: "user", content: "Hello" },
      { role: "assistant", content: "Hi." },
      { role: "user", content: "Who are you?" },
    ],
  },
  image: {
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
        ],
      },
    ],
  },
  tool_offered: { ...hello, tools: [weather], tool_choice: "auto" },
  tool_result: {
    messages: [
      { role: "user", content: "Weather in Oslo?" },
      { role: "assistant", content: null, tool_calls: [earlierCall] },
      { role: "tool", tool_call_id: "call_1", content: "4 degrees" },
    ],
    tools: [weather],
  },
  tool_forced: {
    messages: [{ role: "user", content: "Weather in Oslo?" }],
    tools: [weather],
    tool_choice: { type: "function", function: { name: "get_weather" } },
  },
  json_schema: {
    messages: [{ role: "user", content: "Which city?" }],
    response_format: { type: "json_schema", json_schema: { name: "city", schema: weatherSchema } },
  },
  stop: { messages: [{ role: "user", content: "Count." }], stop: ["3", "END"] },
  length: { messages: [{ role: "user", content: "Tell me all." }], max_tokens: 7 },
  reasoning: { messages: [{ role: "user", content: "17 x 23?" }] },
  sampling: { ...hello, temperature: 0.2, seed: 7 },
} satisfies Record<ConversationName, object>;

/** The same for OpenAI's reasoning models, which have another word for the limit and take no temperature. */
export const reasoningRequests = {
  ...chatRequests,
  length: { messages: [{ role: "user", content: "Tell me all." }], max_completion_tokens: 7 },
  sampling: { ...hello, seed: 7 },
};

interface Style {
  model: string;
  /** The key of a delta that carries reasoning; null where it is not shown. */
  reasoning: string | null;
  /** What else stands in the choices of every chunk. */
  choice?: object;
}

/** An answer in chunks of Chat Completions, with the token counts in a last one of their own. */
export function chatChunks({ text = [], reasoning, call, reason }: Told, style: Style): Recording {
  const about = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: style.model,
  };
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...about,
    choices: [{ index: 0, delta, logprobs: null, finish_reason, ...style.choice }],
    usage: null,
  });
  const calls =
    call === undefined
      ? []
      : [
          { id: call.id, type: "function", function: { name: call.name, arguments: "" } },
          { function: { arguments: call.arguments.slice(0, 8) } },
          { function: { arguments: call.arguments.slice(8) } },
        ];
  return dataEvents(
    chunk({ role: "assistant", content: call === undefined ? "" : null, refusal: null }),
    ...(reasoning === undefined || style.reasoning === null ? [] : [chunk({ [style.reasoning]: reasoning })]),
    ...text.map((content) => chunk({ content })),
    ...calls.map((piece) => chunk({ tool_calls: [{ index: 0, ...piece }] })),
    chunk({}, reason),
    {
      ...about,
      choices: [],
      usage: { prompt_tokens: usage.input_tokens, completion_tokens: usage.output_tokens, total_tokens: 18 },
    },
  );
}
