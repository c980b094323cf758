import Anthropic, { APIError } from "@anthropic-ai/sdk";
import { questions } from "./behaviours.ts";
import { type Client, city, statusOf, weather } from "./client.ts";

const common = { model: "auto", max_tokens: 200 };
const user = (content: string) => ({ role: "user" as const, content });
const tools = [
  {
    name: weather.name,
    description: weather.description,
    input_schema: { ...weather.schema, required: ["city"] },
  },
];
const asJson = { output_config: { format: { type: "json_schema" as const, schema: city } } };

/** Anthropic's own client for JavaScript. */
export const anthropic: Client = ({ url, busyUrl, token }) => {
  const at = (baseURL: string, apiKey = token, defaultHeaders = {}) =>
    new Anthropic({ baseURL, apiKey, maxRetries: 0, defaultHeaders });
  const client = at(url);
  const say = (from: Anthropic, question: string) =>
    from.messages.create({ ...common, messages: [user(question)] });
  const refused = (from: Anthropic, question: string) => statusOf(APIError, () => say(from, question));

  return {
    async plain() {
      const message = await say(client, questions.hello);
      return [textOf(message), message.model];
    },
    async stream() {
      const pieces: string[] = [];
      const stream = client.messages.stream({ ...common, messages: [user(questions.hello)] });
      stream.on("text", (text) => pieces.push(text));
      return [textOf(await stream.finalMessage()), pieces.length > 1 ? "several" : "one"];
    },
    async tool() {
      const messages: Anthropic.MessageParam[] = [user(questions.weather)];
      const { content } = await client.messages.create({ ...common, messages, tools });
      const call = content.find((block) => block.type === "tool_use");
      if (!call) return null;
      const result = { type: "tool_result" as const, tool_use_id: call.id, content: "sunny, 21 degrees" };
      messages.push({ role: "assistant", content }, { role: "user", content: [result] });
      const second = await client.messages.create({ ...common, messages, tools });
      return [call.name, call.input, textOf(second)];
    },
    async streamed_tool() {
      const stream = client.messages.stream({ ...common, messages: [user(questions.weather)], tools });
      const { content } = await stream.finalMessage();
      const call = content.find((block) => block.type === "tool_use");
      return call && [call.name, call.input];
    },
    async json() {
      const messages = [user(questions.city)];
      return JSON.parse(textOf(await client.messages.create({ ...common, messages, ...asJson })));
    },
    async streamed_json() {
      const messages = [user(questions.city)];
      return JSON.parse(
        textOf(await client.messages.stream({ ...common, messages, ...asJson }).finalMessage()),
      );
    },
    embeddings: async () => null,
    wrong_token: () => refused(at(url, "another"), questions.hello),
    too_many: () => refused(at(busyUrl), questions.hello),
    unanswered: () => refused(client, questions.nobody),
    local_only: async () =>
      textOf(await say(at(url, token, { "x-holdfast-local-only": "true" }), questions.hello)),
  };
};

const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("");
