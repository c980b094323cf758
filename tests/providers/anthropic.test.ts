import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anthropicRequest } from "../../electron/providers/anthropic-request.ts";
import { anthropicProvider } from "../../electron/providers/index.ts";
import { answer, sse, startUnruly, toolCall, type Unruly } from "../fixtures/unruly/index.ts";
import { attempt, hello, linkTo, options, secret, textOf } from "./harness.ts";
import { fullRequest, pixel, weatherSchema } from "./wire.ts";

const provider = anthropicProvider(options);

let server: Unruly;
beforeAll(async () => {
  server = await startUnruly();
});
afterAll(() => server.close());

describe("an answer", () => {
  test("comes as connected, head, deltas and one finish with the model and the tokens", async () => {
    server.script(answer({ reasoning: "Hm." }));
    const { events, failure } = await attempt(provider, linkTo(server.url, { model: "claude-x" }));
    expect(failure).toBeNull();
    expect(events).toEqual([
      { type: "connected" },
      { type: "head", status: 200, requestId: expect.stringMatching(/^req_/) },
      { type: "delta", reasoning: "Hm." },
      { type: "delta", text: "All " },
      { type: "delta", text: "is w" },
      { type: "delta", text: "ell." },
      { type: "finish", reason: "stop", model: "claude-x", usage: { input_tokens: 11, output_tokens: 7 } },
    ]);
  });

  test("is whole without message_stop when a stop reason came", async () => {
    server.script(answer({ end: false }));
    const { events } = await attempt(provider, linkTo(server.url));
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  });

  test("that reached its limit says so", async () => {
    server.script(answer({ finish: "length" }));
    const { events } = await attempt(provider, linkTo(server.url));
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "length" });
  });

  test("with text and a tool call counts the calls from 0, not the blocks", async () => {
    server.script({ ...toolCall(), text: "Let me look.", pieces: 1 });
    const { events } = await attempt(provider, linkTo(server.url));
    expect(events.slice(2, -1)).toEqual([
      { type: "delta", text: "Let me look." },
      { type: "delta", tool_call: { index: 0, id: "call_1", name: "get_weather" } },
      { type: "delta", tool_call: { index: 0, arguments: '{"city":' } },
      { type: "delta", tool_call: { index: 0, arguments: '"Oslo"}' } },
    ]);
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "tool_calls" });
  });

  test("counts cached input as input", async () => {
    const usage = {
      input_tokens: 5,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 20,
      output_tokens: 1,
    };
    const events = [
      { type: "message_start", message: { model: "m", usage } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "a" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } },
    ];
    const body = events.map((event) => sse(event, event.type)).join("");
    server.script({ do: "page", status: 200, headers: { "content-type": "text/event-stream" }, body });
    const outcome = await attempt(provider, linkTo(server.url));
    expect(outcome.events.at(-1)).toMatchObject({ usage: { input_tokens: 125, output_tokens: 3 } });
  });

  test("passes over events and blocks that it does not know", async () => {
    const events = [
      { type: "message_start", message: { model: "m", usage: { input_tokens: 1 } } },
      { type: "news_of_tomorrow", something: true },
      { type: "content_block_start", index: 0, content_block: { type: "hologram" } },
      { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "a" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 3 } },
    ];
    const body = events.map((event) => sse(event, event.type)).join("");
    server.script({ do: "page", status: 200, headers: { "content-type": "text/event-stream" }, body });
    const outcome = await attempt(provider, linkTo(server.url));
    expect(outcome.failure).toBeNull();
    expect(textOf(outcome.events)).toBe("a");
  });

  test("with an event of the wrong shape is malformed, not skipped", async () => {
    const body = sse({ type: "content_block_delta", index: "first" }, "content_block_delta");
    server.script({ do: "page", status: 200, headers: { "content-type": "text/event-stream" }, body });
    const { failure } = await attempt(provider, linkTo(server.url));
    expect(failure?.kind).toBe("malformed");
  });
});

describe("the request", () => {
  test("carries messages, image, tools and limits in Anthropic's format", async () => {
    server.script(answer());
    await attempt(provider, linkTo(server.url, { model: "claude-haiku-4-5" }), fullRequest);
    const call = server.calls.at(-1);
    expect(call?.path).toBe("/v1/messages");
    expect(call?.headers["x-api-key"]).toBe(secret);
    expect(call?.body).toEqual({
      model: "claude-haiku-4-5",
      stream: true,
      system: "Be brief.",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "call_a", name: "get_weather", input: { city: "Oslo" } },
            { type: "tool_use", id: "call_b", name: "get_weather", input: { city: "Rome" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "call_a", content: "4 degrees" },
            { type: "tool_result", tool_use_id: "call_b", content: "18 degrees" },
            { type: "text", text: "And now?" },
          ],
        },
      ],
      max_tokens: 50,
      temperature: 0.5,
      stop_sequences: ["END"],
      tools: [{ name: "get_weather", description: "The weather in a city", input_schema: weatherSchema }],
      tool_choice: { type: "auto" },
    });
  });

  test("always has a token limit, larger for models that think first", () => {
    expect(anthropicRequest(hello, linkTo(null, { model: "claude-haiku-4-5" })).body.max_tokens).toBe(4_096);
    expect(anthropicRequest(hello, linkTo(null, { model: "claude-opus-5-5" })).body.max_tokens).toBe(16_384);
  });

  test.each([
    ["claude-opus-4-7", {}, {}],
    ["claude-sonnet-5", {}, {}],
    ["claude-haiku-5-5", {}, {}],
    ["claude-opus-4-20250514", { temperature: 0.2 }, { "anthropic-version": "2023-06-01" }],
    ["claude-sonnet-4-6", { temperature: 0.2 }, { "anthropic-version": "2023-06-01" }],
    ["claude-3-5-sonnet-latest", { temperature: 0.2 }, { "anthropic-version": "2023-06-01" }],
  ])("a temperature for %s is sent as %j, in the API version that has it", (model, sent, headers) => {
    const call = anthropicRequest({ ...hello, temperature: 0.2 }, linkTo(null, { model }));
    const { temperature } = call.body as { temperature?: number };
    expect(temperature === undefined ? {} : { temperature }).toEqual(sent);
    expect(call.headers).toEqual(headers);
  });

  test("keeps the SDK's API version where no temperature is asked for", async () => {
    server.script(answer());
    await attempt(provider, linkTo(server.url));
    const plain = server.calls.at(-1)?.headers["anthropic-version"];
    await attempt(provider, linkTo(server.url), { ...hello, temperature: 0.2 });
    expect(plain).not.toBe("2023-06-01");
    expect(server.calls.at(-1)?.headers["anthropic-version"]).toBe("2023-06-01");
  });

  test("never has a temperature above Anthropic's highest", () => {
    const { body } = anthropicRequest({ ...hello, temperature: 1.8 }, linkTo(null));
    expect(body).toMatchObject({ temperature: 1 });
  });

  test("asks for a JSON schema through structured output", () => {
    const format = { type: "json_schema", name: "weather", schema: weatherSchema } as const;
    const { body } = anthropicRequest({ ...hello, response_format: format }, linkTo(null));
    expect(body.output_config).toEqual({ format: { type: "json_schema", schema: weatherSchema } });
  });

  test("asks in words for a JSON object without a schema", () => {
    const { body } = anthropicRequest({ ...hello, response_format: { type: "json_object" } }, linkTo(null));
    expect(body.system).toContain("JSON");
  });

  test.each([
    ["required", { type: "any" }],
    ["none", { type: "none" }],
    [{ name: "get_weather" }, { type: "tool", name: "get_weather" }],
  ] as const)("says %j in Anthropic's words", (choice, said) => {
    expect(anthropicRequest({ ...fullRequest, tool_choice: choice }, linkTo(null)).body.tool_choice).toEqual(
      said,
    );
  });

  test("passes an image's address on for Anthropic to fetch", () => {
    const image = { type: "image", source: { url: "https://example.com/a.png" } } as const;
    const { body } = anthropicRequest({ messages: [{ role: "user", content: [image] }] }, linkTo(null));
    expect(body.messages[0]?.content).toEqual([
      { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
    ]);
  });

  test("shows a tool call that another model left broken, so that the conversation can go on", () => {
    const call = { id: "c", name: "f", arguments: '{"city":' };
    const { body } = anthropicRequest(
      { messages: [{ role: "assistant", content: "", tool_calls: [call] }] },
      linkTo(null),
    );
    expect(body.messages[0]?.content).toEqual([
      { type: "tool_use", id: "c", name: "f", input: { arguments: '{"city":' } },
    ]);
  });

  test.each(["/v1", "/v1/", "/"])("goes to the same place when the base URL ends in %s", async (end) => {
    server.script(answer());
    await attempt(provider, linkTo(server.url + end));
    expect(server.calls.at(-1)?.path).toBe("/v1/messages");
  });
});

describe("the key", () => {
  const without = anthropicProvider({ ...options, apiKey: () => null });

  test("is required at Anthropic itself", async () => {
    const { failure } = await attempt(without, linkTo(null));
    expect(failure?.kind).toBe("auth");
  });

  test("may be absent elsewhere, and is never taken from the environment by the SDK", async () => {
    process.env.ANTHROPIC_API_KEY = "sk-ant-from-the-environment";
    try {
      server.script(answer());
      const { failure } = await attempt(without, linkTo(server.url));
      expect(failure).toBeNull();
    } finally {
      delete process.env.ANTHROPIC_API_KEY;
    }
    expect(server.calls.at(-1)?.headers["x-api-key"]).toBeUndefined();
    expect(JSON.stringify(server.calls.at(-1)?.headers)).not.toContain("from-the-environment");
  });
});
