import { chatChunks, chatRequests, reasoningRequests } from "./chat-completions.ts";
import type { Wire } from "./family.ts";

const thoughtsAreHidden = {
  how: "hidden",
  what: "reasoning",
  because: "Chat Completions counts the tokens of thoughts and does not send them",
} as const;
const noTemperature = {
  how: "dropped",
  what: ["temperature"],
  because: "OpenAI's reasoning models refuse a temperature",
} as const;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const always = { stream: true, stream_options: { include_usage: true } };

export const openai: Wire = {
  family: "openai",
  source: "https://platform.openai.com/docs/api-reference/chat/create",
  model: "gpt-6.1-sol",
  base: "/v1",
  path: "/v1/chat/completions",
  keyHeaders: bearer,
  asked: reasoningRequests,
  always: { ...always, model: "gpt-6.1-sol" },
  plays: (told) => chatChunks(told, { model: "gpt-6.1-sol-2026-10-01", reasoning: null }),
  answers: "gpt-6.1-sol-2026-10-01",
  cannot: { reasoning: [thoughtsAreHidden], sampling: [noTemperature] },
};

export const openaiCompatible: Wire = {
  family: "openai-compatible",
  source: "https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
  model: "qwen3-8b",
  base: "/v1",
  path: "/v1/chat/completions",
  keyHeaders: bearer,
  asked: chatRequests,
  always: { ...always, model: "qwen3-8b" },
  plays: (told) => chatChunks(told, { model: "qwen3-8b", reasoning: "reasoning_content" }),
  answers: "qwen3-8b",
  cannot: {},
};

export const azureOpenai: Wire = {
  family: "azure-openai",
  source: "https://learn.microsoft.com/azure/foundry/openai/latest",
  model: "gpt-5.5",
  base: "/openai/v1",
  path: "/openai/v1/chat/completions",
  keyHeaders: (key) => ({ "api-key": key }),
  asked: reasoningRequests,
  always: { ...always, model: "gpt-5.5" },
  plays: (told) =>
    chatChunks(told, {
      model: "gpt-5.5-2026-04-23",
      reasoning: null,
      choice: { content_filter_results: { hate: { filtered: false, severity: "safe" } } },
    }),
  answers: "gpt-5.5-2026-04-23",
  cannot: { reasoning: [thoughtsAreHidden], sampling: [noTemperature] },
};

const [question, called, result] = chatRequests.tool_result.messages;
const skipped = { google: { thought_signature: "skip_thought_signature_validator" } };

export const vertex: Wire = {
  family: "vertex",
  source: "https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/call-vertex-using-openai-library",
  model: "gemini-3.8-flash",
  base: "/v1/projects/p/locations/global/endpoints/openapi",
  path: "/v1/projects/p/locations/global/endpoints/openapi/chat/completions",
  keyHeaders: bearer,
  asked: {
    ...chatRequests,
    tool_result: {
      ...chatRequests.tool_result,
      messages: [
        question,
        { ...called, tool_calls: called?.tool_calls?.map((one) => ({ ...one, extra_content: skipped })) },
        result,
      ],
    },
  },
  always: { ...always, model: "google/gemini-3.8-flash" },
  plays: (told) => chatChunks(told, { model: "google/gemini-3.8-flash", reasoning: null }),
  answers: "google/gemini-3.8-flash",
  cannot: {
    reasoning: [
      {
        how: "hidden",
        what: "reasoning",
        because: "thoughts come only when asked for in Google's own words",
      },
    ],
  },
};
