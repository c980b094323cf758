import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import {
  APICallError,
  type EmbeddingModel,
  embedMany,
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  Output,
  streamText,
  tool,
} from "ai";
import { nearness, questions, texts } from "./behaviours.ts";
import { type Client, city, statusOf, weather } from "./client.ts";
import type { Addresses } from "./serving.ts";

/** A provider of the AI SDK, made for one address. */
interface Models {
  language: LanguageModel;
  embedding: EmbeddingModel | null;
}

type Make = (url: string, token: string, headers?: Record<string, string>) => Models;

const openaiModels: Make = (url, apiKey, headers = {}) => {
  const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey, headers });
  return { language: provider.chat("auto"), embedding: provider.embedding("text-embedding-3-small") };
};

const anthropicModels: Make = (url, apiKey, headers = {}) => ({
  language: createAnthropic({ baseURL: `${url}/v1`, apiKey, headers })("auto"),
  embedding: null,
});

const common = { maxRetries: 0, maxOutputTokens: 200 };
const tools = {
  [weather.name]: tool({
    description: weather.description,
    inputSchema: jsonSchema<{ city: string }>({ ...weather.schema, required: ["city"] }),
    execute: async () => "sunny, 21 degrees",
  }),
};
const output = Output.object({
  schema: jsonSchema<{ name: string; population: number }>({ ...city, required: ["name", "population"] }),
});

/** Vercel's AI SDK with one of its providers. */
const aiSdk =
  (make: Make) =>
  ({ url, busyUrl, token }: Addresses): ReturnType<Client> => {
    const { language: model, embedding } = make(url, token);
    const refused = ({ language }: Models, prompt: string) =>
      statusOf(APICallError, () => generateText({ ...common, model: language, prompt }));

    return {
      async plain() {
        const { text, response } = await generateText({ ...common, model, prompt: questions.hello });
        return [text, response.modelId];
      },
      async stream() {
        const pieces: string[] = [];
        const { textStream } = streamText({ ...common, model, prompt: questions.hello });
        for await (const piece of textStream) pieces.push(piece);
        return [pieces.join(""), pieces.length > 1 ? "several" : "one"];
      },
      async tool() {
        const asked = { ...common, model, prompt: questions.weather, tools, stopWhen: isStepCount(2) };
        const { steps, text } = await generateText(asked);
        const [call] = steps[0]?.toolCalls ?? [];
        return call && [call.toolName, call.input, text];
      },
      async streamed_tool() {
        const { toolCalls } = streamText({ ...common, model, prompt: questions.weather, tools });
        const [call] = await toolCalls;
        return call && [call.toolName, call.input];
      },
      json: async () => (await generateText({ ...common, model, prompt: questions.city, output })).output,
      streamed_json: async () =>
        await streamText({ ...common, model, prompt: questions.city, output }).output,
      async embeddings() {
        if (embedding === null) return null;
        const { embeddings } = await embedMany({ maxRetries: 0, model: embedding, values: [...texts] });
        return [embeddings[0]?.length, nearness(embeddings)];
      },
      wrong_token: () => refused(make(url, "another"), questions.hello),
      too_many: () => refused(make(busyUrl, token), questions.hello),
      unanswered: () => refused(make(url, token), questions.nobody),
      async local_only() {
        const { language } = make(url, token, { "x-holdfast-local-only": "true" });
        return (await generateText({ ...common, model: language, prompt: questions.hello })).text;
      },
    };
  };

export const aiSdkOpenai: Client = aiSdk(openaiModels);
export const aiSdkAnthropic: Client = aiSdk(anthropicModels);
