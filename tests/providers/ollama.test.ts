import { ReadableStream as NodeStream } from "node:stream/web";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ollamaProvider } from "../../electron/providers/index.ts";
import { ollamaRequest } from "../../electron/providers/ollama-request.ts";
import { answer, broken, startUnruly, status, toolCall, type Unruly } from "../fixtures/unruly/index.ts";
import { attempt, hello, linkTo, options, secret } from "./harness.ts";
import { fullRequest, pixel, weatherSchema } from "./wire.ts";

const ask = { numCtx: 4_096, facts: null, keepAlive: null };
const keyless = ollamaProvider({ ...options, apiKey: () => null });

let server: Unruly;
beforeAll(async () => {
  server = await startUnruly();
});
afterAll(() => server.close());

describe("an answer", () => {
  test("comes as connected, head, deltas and one finish with the model and the tokens", async () => {
    server.script(answer({ reasoning: "Hm." }));
    const { events, failure } = await attempt(keyless, linkTo(server.url, { model: "qwen" }));
    expect(failure).toBeNull();
    expect(events).toEqual([
      { type: "connected" },
      { type: "head", status: 200, requestId: expect.stringMatching(/^req_/) },
      { type: "delta", reasoning: "Hm." },
      { type: "delta", text: "All " },
      { type: "delta", text: "is w" },
      { type: "delta", text: "ell." },
      { type: "finish", reason: "stop", model: "qwen", usage: { input_tokens: 11, output_tokens: 7 } },
    ]);
  });

  test("with a tool call gets an id that no earlier call of the conversation has", async () => {
    server.script(toolCall());
    const { events } = await attempt(keyless, linkTo(server.url), fullRequest);
    expect(events.slice(2)).toMatchObject([
      {
        type: "delta",
        tool_call: { index: 0, id: "call_6_0", name: "get_weather", arguments: '{"city":"Oslo"}' },
      },
      { type: "finish", reason: "tool_calls" },
    ]);
  });

  test("that reached its limit says so", async () => {
    server.script(answer({ finish: "length" }));
    const { events } = await attempt(keyless, linkTo(server.url));
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "length" });
  });

  test("is taken in lines that are cut anywhere, in the middle of a letter too", async () => {
    const line = `${JSON.stringify({ model: "m", message: { content: "Grüße" }, done: false })}\n`;
    const last = `${JSON.stringify({ model: "m", message: { content: "" }, done: true, eval_count: 1 })}\n`;
    const bytes = new TextEncoder().encode(line + last);
    const middle = new TextEncoder().encode(line.slice(0, line.indexOf("ü"))).length + 1;
    const pieces = [bytes.slice(0, middle), bytes.slice(middle)];
    const headers = { "content-type": "application/x-ndjson" };
    const fetchPieces = async () =>
      new Response(NodeStream.from(pieces) as unknown as ReadableStream, { headers });
    const provider = ollamaProvider({ ...options, fetch: fetchPieces });
    const { events } = await attempt(provider, linkTo("http://127.0.0.1:1"));
    expect(events).toContainEqual({ type: "delta", text: "Grüße" });
  });
});

describe("the request", () => {
  test("carries messages, image, tools and limits in Ollama's format", async () => {
    server.script(answer());
    await attempt(keyless, linkTo(server.url, { model: "qwen" }), fullRequest);
    const call = server.calls.at(-1);
    expect(call?.path).toBe("/api/chat");
    expect(call?.headers.authorization).toBeUndefined();
    expect(call?.body).toEqual({
      model: "qwen",
      stream: true,
      truncate: false,
      shift: false,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "What is this?", images: [pixel] },
        {
          role: "assistant",
          content: "",
          tool_calls: [
            { function: { name: "get_weather", arguments: { city: "Oslo" } } },
            { function: { name: "get_weather", arguments: { city: "Rome" } } },
          ],
        },
        { role: "tool", content: "4 degrees", tool_name: "get_weather" },
        { role: "tool", content: "18 degrees", tool_name: "get_weather" },
        { role: "user", content: "And now?" },
      ],
      tools: [
        {
          type: "function",
          function: { name: "get_weather", description: "The weather in a city", parameters: weatherSchema },
        },
      ],
      options: { num_ctx: 4_096, num_predict: 50, temperature: 0.5, top_p: 0.9, stop: ["END"], seed: 7 },
    });
  });

  test("asks for JSON by schema, or just for JSON", () => {
    const schema = { type: "json_schema", name: "weather", schema: weatherSchema } as const;
    expect(ollamaRequest({ ...hello, response_format: schema }, linkTo(null), ask).format).toEqual(
      weatherSchema,
    );
    expect(
      ollamaRequest({ ...hello, response_format: { type: "json_object" } }, linkTo(null), ask).format,
    ).toBe("json");
  });

  test("leaves the tools out when none may be called", () => {
    expect(ollamaRequest({ ...fullRequest, tool_choice: "none" }, linkTo(null), ask)).not.toHaveProperty(
      "tools",
    );
  });

  test("sends a key where there is one", async () => {
    server.script(answer());
    await attempt(ollamaProvider(options), linkTo(server.url));
    expect(server.calls.at(-1)?.headers.authorization).toBe(`Bearer ${secret}`);
  });

  test("goes to the same place when the base URL ends in /v1", async () => {
    server.script(answer());
    await attempt(keyless, linkTo(`${server.url}/v1`));
    expect(server.calls.at(-1)?.path).toBe("/api/chat");
  });
});

test("nothing is written to the console, which belongs to the command line's output", async () => {
  const spies = (["log", "warn", "error"] as const).map((level) => vi.spyOn(console, level));
  server.script([
    broken("malformed"),
    { do: "page", status: 500, headers: { "content-type": "text/plain" }, body: "no" },
    status(404),
  ]);
  for (let turn = 0; turn < 3; turn++) await attempt(keyless, linkTo(server.url));
  const said = spies.flatMap((spy) => spy.mock.calls);
  for (const spy of spies) spy.mockRestore();
  expect(said).toEqual([]);
});
