import { describe, expect, test } from "vitest";
import type { FailureKind } from "../../electron/contract/index.ts";
import { classify } from "../../electron/providers/classify.ts";
import { readErrorBody } from "../../electron/providers/error-body.ts";

/** Error bodies as the providers send them. */
const bodies: [provider: string, status: number | null, body: unknown, kind: FailureKind][] = [
  [
    "OpenAI: quota",
    429,
    { error: { code: "insufficient_quota", message: "You exceeded your current quota" } },
    "quota_exhausted",
  ],
  [
    "OpenAI: rate",
    429,
    { error: { code: "rate_limit_exceeded", type: "tokens", message: "Rate limit" } },
    "rate_limited",
  ],
  [
    "OpenAI: context",
    400,
    { error: { code: "context_length_exceeded", message: "too long" } },
    "context_length",
  ],
  ["OpenAI: region", 403, { error: { code: "unsupported_country_region_territory", message: "no" } }, "auth"],
  [
    "OpenAI: bad parameter",
    400,
    { error: { code: "unsupported_parameter", message: "'max_tokens'" } },
    "invalid_request",
  ],
  [
    "Azure: filter",
    400,
    {
      error: {
        code: "content_filter",
        message: "filtered",
        innererror: { code: "ResponsibleAIPolicyViolation" },
      },
    },
    "content_policy",
  ],
  [
    "Anthropic: overloaded",
    529,
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    "overloaded",
  ],
  [
    "Anthropic: overloaded in a stream",
    null,
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    "overloaded",
  ],
  [
    "Anthropic: rate in a stream",
    null,
    { type: "error", error: { type: "rate_limit_error", message: "slow" } },
    "rate_limited",
  ],
  [
    "Anthropic: context",
    400,
    { error: { type: "invalid_request_error", message: "prompt is too long: 1 > 0" } },
    "context_length",
  ],
  [
    "Anthropic: credit",
    400,
    { error: { type: "invalid_request_error", message: "Your credit balance is too low" } },
    "quota_exhausted",
  ],
  [
    "Anthropic: too large",
    413,
    { error: { type: "request_too_large", message: "Request exceeds 32 MB" } },
    "context_length",
  ],
  [
    "Gemini: key",
    400,
    [
      {
        error: {
          code: 400,
          message: "API key not valid. Please pass a valid API key.",
          status: "INVALID_ARGUMENT",
        },
      },
    ],
    "auth",
  ],
  [
    "Gemini: overloaded",
    503,
    [{ error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } }],
    "overloaded",
  ],
  [
    "xAI: key",
    400,
    { code: "Client specified an invalid argument", error: "Incorrect API key provided: xa***fg." },
    "auth",
  ],
  ["Groq: retired model", 400, { error: { code: "model_decommissioned", message: "gone" } }, "not_found"],
  [
    "Mistral: unknown key",
    422,
    { object: "error", message: { detail: [{ type: "extra_forbidden" }] }, type: "invalid_request_error" },
    "invalid_request",
  ],
  [
    "Mistral: capacity",
    429,
    { object: "error", message: "Service tier capacity exceeded", type: "service_tier_capacity_exceeded" },
    "overloaded",
  ],
  [
    "DeepSeek: balance",
    402,
    { error: { message: "Insufficient Balance", type: "unknown_error" } },
    "quota_exhausted",
  ],
  ["OpenRouter: credits", 402, { error: { code: 402, message: "Insufficient credits" } }, "quota_exhausted"],
  [
    "OpenRouter: moderation",
    403,
    { error: { code: 403, message: "Your chosen model requires moderation and your input was flagged" } },
    "content_policy",
  ],
  ["OpenRouter: in a stream", null, { error: { code: 502, message: "Provider disconnected" } }, "server"],
  [
    "OpenRouter: inside a 200",
    200,
    { error: { code: 429, message: "Rate limited upstream" } },
    "rate_limited",
  ],
  [
    "llama-server: context",
    400,
    {
      error: {
        code: 400,
        type: "exceed_context_size_error",
        message: "the request exceeds the available context size",
      },
    },
    "context_length",
  ],
  [
    "vLLM: context",
    400,
    {
      object: "error",
      message: "This model's maximum context length is 4096 tokens.",
      type: "BadRequestError",
      code: 400,
    },
    "context_length",
  ],
  [
    "vLLM: model",
    404,
    { object: "error", message: "The model `x` does not exist.", type: "NotFoundError", code: 404 },
    "not_found",
  ],
  ["Ollama: model", 404, { error: "model 'x' not found" }, "not_found"],
  [
    "Ollama: memory",
    500,
    { error: "model requires more system memory (9.1 GiB) than is available (3.2 GiB)" },
    "out_of_memory",
  ],
  ["Ollama: context", 400, { error: "the input length exceeds the context length" }, "context_length"],
  ["FastAPI", 422, { detail: [{ loc: ["body", "messages"], msg: "Field required" }] }, "invalid_request"],
  ["no body at all", 502, undefined, "server"],
  ["a proxy that wants a sign-in", 407, "", "network"],
  ["a network that wants a sign-in", 511, "", "network"],
  ["a request that came too slowly", 408, "", "server"],
  ["an unknown 4xx", 418, "", "invalid_request"],
  ["an unknown 5xx", 599, "", "server"],
  ["an error in a stream that says nothing", null, { error: {} }, "server"],
];

describe("an error body", () => {
  test.each(bodies)("%s", (_, status, body, kind) => {
    expect(classify(status, readErrorBody(body))).toBe(kind);
  });

  test("about a quota is a rate limit when it also says when to come back (Gemini)", () => {
    const body = readErrorBody({
      error: { message: "You exceeded your current quota, please check your plan and billing details." },
    });
    expect(classify(429, body, true)).toBe("rate_limited");
    expect(classify(429, body, false)).toBe("quota_exhausted");
  });

  test("that mentions billing in passing does not decide a server error", () => {
    expect(classify(500, readErrorBody({ error: { message: "billing service crashed" } }))).toBe("server");
  });
});
