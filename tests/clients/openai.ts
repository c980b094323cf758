import OpenAI, { APIError } from "openai";
import { nearness, questions, texts } from "./behaviours.ts";
import { type Client, city, statusOf, weather } from "./client.ts";

const model = "auto";
const user = (content: string) => ({ role: "user" as const, content });
const tools = [{ type: "function" as const, function: { ...weather, parameters: weather.schema } }];
const format = {
  type: "json_schema" as const,
  json_schema: { name: "city", schema: city, strict: true },
};

/** OpenAI's own client for JavaScript. */
export const openai: Client = ({ url, busyUrl, token }) => {
  const at = (address: string, apiKey = token, defaultHeaders = {}) =>
    new OpenAI({ baseURL: `${address}/v1`, apiKey, maxRetries: 0, defaultHeaders });
  const client = at(url);
  const say = (from: OpenAI, question: string) =>
    from.chat.completions.create({ model, messages: [user(question)] });
  const refused = (from: OpenAI, question: string) => statusOf(APIError, () => say(from, question));

  return {
    async plain() {
      const { choices, model: by } = await say(client, questions.hello);
      return [choices[0]?.message.content, by];
    },
    async stream() {
      const pieces: string[] = [];
      const stream = await client.chat.completions.create({
        model,
        messages: [user(questions.hello)],
        stream: true,
      });
      for await (const { choices } of stream)
        if (choices[0]?.delta.content) pieces.push(choices[0].delta.content);
      return [pieces.join(""), pieces.length > 1 ? "several" : "one"];
    },
    async tool() {
      const messages: OpenAI.ChatCompletionMessageParam[] = [user(questions.weather)];
      const { choices } = await client.chat.completions.create({ model, messages, tools });
      const [call] = choices[0]?.message.tool_calls ?? [];
      if (!choices[0] || call?.type !== "function") return null;
      messages.push(choices[0].message, {
        role: "tool",
        tool_call_id: call.id,
        content: "sunny, 21 degrees",
      });
      const second = await client.chat.completions.create({ model, messages, tools });
      return [call.function.name, JSON.parse(call.function.arguments), second.choices[0]?.message.content];
    },
    async streamed_tool() {
      const stream = client.chat.completions.stream({ model, messages: [user(questions.weather)], tools });
      const { choices } = await stream.finalChatCompletion();
      const [call] = choices[0]?.message.tool_calls ?? [];
      return call?.type === "function" && [call.function.name, JSON.parse(call.function.arguments)];
    },
    async json() {
      const messages = [user(questions.city)];
      const parsed = await client.chat.completions.parse({ model, messages, response_format: format });
      return parsed.choices[0]?.message.parsed;
    },
    async streamed_json() {
      const messages = [user(questions.city)];
      const stream = client.chat.completions.stream({ model, messages, response_format: format });
      return (await stream.finalChatCompletion()).choices[0]?.message.parsed;
    },
    async embeddings() {
      const { data } = await client.embeddings.create({ model: "text-embedding-3-small", input: [...texts] });
      return [data[0]?.embedding.length, nearness(data.map(({ embedding }) => embedding))];
    },
    wrong_token: () => refused(at(url, "another"), questions.hello),
    too_many: () => refused(at(busyUrl), questions.hello),
    unanswered: () => refused(client, questions.nobody),
    async local_only() {
      const { choices } = await say(at(url, token, { "x-holdfast-local-only": "true" }), questions.hello);
      return choices[0]?.message.content;
    },
  };
};
