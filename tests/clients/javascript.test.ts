import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aiSdkAnthropic, aiSdkOpenai } from "./ai-sdk.ts";
import { anthropic } from "./anthropic.ts";
import { type Behaviour, behaviours } from "./behaviours.ts";
import type { Client } from "./client.ts";
import { openai } from "./openai.ts";
import { startServing } from "./serving.ts";

const clients: Record<string, Client> = {
  "OpenAI's client": openai,
  "Anthropic's client": anthropic,
  "the AI SDK with OpenAI's provider": aiSdkOpenai,
  "the AI SDK with Anthropic's provider": aiSdkAnthropic,
};
const withoutEmbeddings = /Anthropic/;

let serving: Awaited<ReturnType<typeof startServing>>;
beforeAll(async () => {
  serving = await startServing();
});
afterAll(() => serving.stop());

describe.each(Object.entries(clients))("%s for JavaScript", (name, client) => {
  for (const [behaviour, { sentence, seen }] of Object.entries(behaviours)) {
    if (behaviour === "embeddings" && withoutEmbeddings.test(name)) continue;
    it(sentence, async () => expect(await client(serving)[behaviour as Behaviour]()).toEqual(seen));
  }
});
