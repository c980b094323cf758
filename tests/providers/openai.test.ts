import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openaiCompatibleProvider, openaiProvider } from "../../electron/providers/index.ts";
import { dialectOf, openaiRequest } from "../../electron/providers/openai-request.ts";
import { answer, big, sse, startUnruly, toolCall, type Unruly } from "../fixtures/unruly/index.ts";
import { attempt, hello, linkTo, options, secret, textOf } from "./harness.ts";
import { fullRequest, pixel, weatherSchema } from "./wire.ts";

const provider = openaiProvider(options);
const compatible = openaiCompatibleProvider(options);

let server: Unruly;
let baseUrl: string;
beforeAll(async () => {
  server = await startUnruly();
  baseUrl = `${server.url}/v1`;
});
afterAll(() => server.close());

/** The stream of events that consists of these chunks, word for word. */
const chunks = (...data: unknown[]) => ({
  do: "page" as const,
  status: 200,
  headers: { "content-type": "text/event-stream" },
  body: `${data.map((chunk) => sse(chunk)).join("")}data: [DONE]\n\n`,
});

describe("an answer", () => {
  test("comes as connected, head, deltas and one finish with the model and the tokens", async () => {
    server.script(answer({ reasoning: "Hm." }));
    const { events, failure } = await attempt(provider, linkTo(baseUrl, { model: "gpt-x" }));
    expect(failure).toBeNull();
    expect(events).toEqual([
      { type: "connected" },
      { type: "head", status: 200, requestId: expect.stringMatching(/^req_/) },
      { type: "delta", reasoning: "Hm." },
      { type: "delta", text: "All " },
      { type: "delta", text: "is w" },
      { type: "delta", text: "ell." },
      { type: "finish", reason: "stop", model: "gpt-x", usage: { input_tokens: 11, output_tokens: 7 } },
    ]);
  });

  test("is whole without [DONE] when a finish reason came", async () => {
    server.script(answer({ end: false }));
    const { events } = await attempt(provider, linkTo(baseUrl));
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  });

  test("is whole when the connection breaks behind the finish reason", async () => {
    await using cutting = await startUnruly();
    cutting.script(answer({ pieces: 1, cutAtEnd: true }));
    const { events, failure } = await attempt(provider, linkTo(`${cutting.url}/v1`));
    expect(failure).toBeNull();
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  });

  test("that reached its limit says so", async () => {
    server.script(answer({ finish: "length" }));
    const { events } = await attempt(provider, linkTo(baseUrl));
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "length" });
  });

  test("of two megabytes arrives whole", async () => {
    const sent = big();
    server.script(sent);
    const { events } = await attempt(provider, linkTo(baseUrl));
    expect(textOf(events)).toBe(sent.text);
  });

  test("with a tool call comes in pieces that belong together by their index", async () => {
    server.script(toolCall());
    const { events } = await attempt(provider, linkTo(baseUrl));
    expect(events.slice(2)).toEqual([
      { type: "delta", tool_call: { index: 0, id: "call_1", name: "get_weather" } },
      { type: "delta", tool_call: { index: 0, arguments: '{"city":' } },
      { type: "delta", tool_call: { index: 0, arguments: '"Oslo"}' } },
      { type: "finish", reason: "tool_calls", model: "plain", usage: { input_tokens: 11, output_tokens: 7 } },
    ]);
  });

  test("has one finish even where every event comes twice", async () => {
    const chunk = { model: "m", choices: [{ delta: { content: "a" }, finish_reason: "stop" }] };
    server.script(chunks(chunk, chunk));
    const { events } = await attempt(compatible, linkTo(baseUrl));
    expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
  });
});

describe("log-probabilities", () => {
  const chance = { token: "Hi", logprob: -0.5, bytes: [72, 105] };
  const content = [{ ...chance, top_logprobs: [chance] }];
  const told = (logprobs: unknown) =>
    chunks(
      { model: "m", choices: [{ index: 0, delta: { content: "Hi" }, logprobs }] },
      { model: "m", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    );

  test("are asked for and passed on with the text", async () => {
    server.script(told({ content, refusal: null }));
    const { events } = await attempt(provider, linkTo(baseUrl, { model: "gpt-4.1" }), {
      ...hello,
      logprobs: 1,
    });
    expect(server.calls.at(-1)?.body).toMatchObject({ logprobs: true, top_logprobs: 1 });
    expect(events).toContainEqual({ type: "delta", text: "Hi" });
    expect(events).toContainEqual({ type: "delta", logprobs: content });
  });

  test("that can't be read spoil nothing", async () => {
    server.script(told({ content: "much" }));
    const { events, failure } = await attempt(compatible, linkTo(baseUrl), { ...hello, logprobs: 1 });
    expect(failure).toBeNull();
    expect(events).toContainEqual({ type: "delta", text: "Hi" });
  });

  test("are not asked of models that refuse them, and the receipt says so", async () => {
    server.script(told(null));
    const link = linkTo(baseUrl, { model: "gpt-6-luna" });
    const { events } = await attempt(provider, link, { ...hello, logprobs: 1 });
    expect(server.calls.at(-1)?.body).not.toHaveProperty("logprobs");
    expect(events).toContainEqual(expect.objectContaining({ type: "head", dropped: ["logprobs"] }));
  });
});

describe("what compatible servers do differently", () => {
  test.each([
    ["reasoning_content", { reasoning_content: "Hm." }],
    ["reasoning", { reasoning: "Hm." }],
    ["a list of parts", { content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm." }] }] }],
  ])("reasoning is read from %s", async (_, delta) => {
    server.script(chunks({ choices: [{ delta }] }, { choices: [{ delta: {}, finish_reason: "stop" }] }));
    const { events } = await attempt(compatible, linkTo(baseUrl));
    expect(events).toContainEqual({ type: "delta", reasoning: "Hm." });
  });

  test("'stop' behind a tool call means tool_calls", async () => {
    const call = { id: "c", function: { name: "f", arguments: "{}" } };
    server.script(chunks({ choices: [{ delta: { tool_calls: [call] }, finish_reason: "stop" }] }));
    const { events } = await attempt(compatible, linkTo(baseUrl));
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool_calls" });
  });

  test("an error object in place of a chunk is that error", async () => {
    server.script(chunks({ object: "error", message: "maximum context length is 4096 tokens", code: 400 }));
    const { failure } = await attempt(compatible, linkTo(baseUrl));
    expect(failure?.kind).toBe("context_length");
  });

  test("an error in the stream with a status as its code is classified by it", async () => {
    server.script(chunks({ error: { code: 429, message: "slow down" } }));
    const { failure } = await attempt(compatible, linkTo(baseUrl));
    expect(failure?.kind).toBe("rate_limited");
  });

  test("JSON that is no chunk is malformed, not skipped", async () => {
    server.script(chunks({ hello: "world" }));
    const { failure } = await attempt(compatible, linkTo(baseUrl));
    expect(failure?.kind).toBe("malformed");
  });
});

describe("the request", () => {
  test("carries messages, image, tools and limits in OpenAI's format", async () => {
    server.script(answer());
    await attempt(provider, linkTo(baseUrl, { model: "gpt-x" }), fullRequest);
    const call = server.calls.at(-1);
    expect(call?.path).toBe("/v1/chat/completions");
    expect(call?.headers.authorization).toBe(`Bearer ${secret}`);
    expect(call?.body).toEqual({
      model: "gpt-x",
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "call_a",
              type: "function",
              function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
            },
            {
              id: "call_b",
              type: "function",
              function: { name: "get_weather", arguments: '{"city":"Rome"}' },
            },
          ],
        },
        { role: "tool", tool_call_id: "call_a", content: "4 degrees" },
        { role: "tool", tool_call_id: "call_b", content: "18 degrees" },
        { role: "user", content: "And now?" },
      ],
      max_completion_tokens: 50,
      temperature: 0.5,
      top_p: 0.9,
      stop: ["END"],
      seed: 7,
      tools: [
        {
          type: "function",
          function: { name: "get_weather", description: "The weather in a city", parameters: weatherSchema },
        },
      ],
      tool_choice: "auto",
    });
  });

  test("leaves out what was not asked for", async () => {
    server.script(answer());
    await attempt(provider, linkTo(baseUrl));
    expect(Object.keys(server.calls.at(-1)?.body).sort()).toEqual([
      "messages",
      "model",
      "stream",
      "stream_options",
    ]);
  });

  test("asks for a JSON schema by its name", () => {
    const format = { type: "json_schema", name: "weather", schema: weatherSchema, strict: true } as const;
    const body = openaiRequest({ ...hello, response_format: format }, linkTo(baseUrl), dialectOf(baseUrl));
    expect(body.response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "weather", schema: weatherSchema, strict: true },
    });
  });

  test("names the one tool that must be called", () => {
    const body = openaiRequest(
      { ...fullRequest, tool_choice: { name: "get_weather" } },
      linkTo(baseUrl),
      dialectOf(baseUrl),
    );
    expect(body.tool_choice).toEqual({ type: "function", function: { name: "get_weather" } });
  });

  test("limits tokens in the word that a compatible server knows", async () => {
    server.script(answer());
    await attempt(compatible, linkTo(baseUrl), { ...hello, max_tokens: 9 });
    expect(server.calls.at(-1)?.body).toMatchObject({ max_tokens: 9 });
    expect(server.calls.at(-1)?.body).not.toHaveProperty("max_completion_tokens");
  });

  test("speaks Mistral's dialect to Mistral, which refuses unknown keys", () => {
    const mistral = "https://api.mistral.ai/v1";
    const body = openaiRequest({ ...hello, seed: 7, max_tokens: 9 }, linkTo(mistral), dialectOf(mistral));
    expect(body).toMatchObject({ random_seed: 7, max_tokens: 9 });
    expect(body).not.toHaveProperty("seed");
    expect(body).not.toHaveProperty("stream_options");
  });

  test.each([
    ["gpt-6.1-sol", false],
    ["gpt-5-mini", false],
    ["o4-mini", false],
    ["gpt-5.1", true],
    ["gpt-4o", true],
  ])("to OpenAI itself, %s with a temperature: sent is %s", (model, sent) => {
    const official = "https://api.openai.com/v1";
    const body = openaiRequest(
      { ...hello, temperature: 0.2 },
      linkTo(official, { model }),
      dialectOf(official),
    );
    expect("temperature" in body).toBe(sent);
  });
});

describe("the key", () => {
  const without = { ...options, apiKey: () => null };

  test("is required at OpenAI itself, and its absence says how to mend it", async () => {
    const { events, failure } = await attempt(openaiProvider(without), linkTo(null));
    expect(events).toEqual([]);
    expect(failure).toMatchObject({ kind: "auth", status: null });
    expect(failure?.message).toContain("TEST_KEY");
  });

  test("may be absent for a server at another address, and nothing is sent in its place", async () => {
    server.script(answer());
    const { failure } = await attempt(openaiCompatibleProvider(without), linkTo(baseUrl));
    expect(failure).toBeNull();
    expect(server.calls.at(-1)?.headers.authorization).toBeUndefined();
  });

  test("is never taken from the environment by the SDK", async () => {
    process.env.OPENAI_API_KEY = "sk-from-the-environment";
    try {
      server.script(answer());
      await attempt(openaiCompatibleProvider(without), linkTo(baseUrl));
    } finally {
      delete process.env.OPENAI_API_KEY;
    }
    expect(JSON.stringify(server.calls.at(-1)?.headers)).not.toContain("from-the-environment");
  });

  test("that has changed is used from the next request on", async () => {
    let key = "sk-first-key-0001";
    const changing = openaiProvider({ ...options, apiKey: () => key });
    server.script(answer());
    await attempt(changing, linkTo(baseUrl));
    key = "sk-second-key-0002";
    await attempt(changing, linkTo(baseUrl));
    expect(server.calls.at(-1)?.headers.authorization).toBe("Bearer sk-second-key-0002");
  });

  test("with a line break in it is refused before anything is sent, and not shown", async () => {
    const broken = openaiProvider({ ...options, apiKey: () => "sk-one\nsk-two" });
    const { failure } = await attempt(broken, linkTo(baseUrl));
    expect(failure?.kind).toBe("auth");
    expect(failure?.message).not.toContain("sk-one");
  });

  test("that can't be read is an auth failure", async () => {
    const locked = openaiProvider({
      ...options,
      apiKey: () => Promise.reject(new Error("keychain is locked")),
    });
    const { failure } = await attempt(locked, linkTo(baseUrl));
    expect(failure?.kind).toBe("auth");
  });
});

test("a compatible link without a base URL says what to set", async () => {
  const { failure } = await attempt(compatible, linkTo(null));
  expect(failure).toMatchObject({ kind: "invalid_request" });
  expect(failure?.message).toContain("base_url");
});
