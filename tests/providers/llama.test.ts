import { describe, expect, it } from "vitest";
import type { Link, ProviderEvent, ProviderFailure, ProviderRequest } from "../../electron/chain/index.ts";
import { type LlamaEvent, type LlamaRequest, llamaProvider } from "../../electron/providers/llama.ts";

const link: Link = {
  id: "last-line",
  provider: "llama",
  model: "models/small.gguf",
  baseUrl: null,
  apiKeyEnv: null,
  tier: "local",
  level: "minimal",
  priority: 1,
  weight: 1,
  timeouts: { connectMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
  capabilities: {
    vision: false,
    tools: false,
    jsonSchema: true,
    prefill: true,
    logprobs: true,
    contextWindow: null,
  },
  price: null,
  retry: { maxRetries: 0, baseDelayMs: null, maxDelayMs: 0, exponentialBase: 2, jitter: false },
  onFailure: null,
};
const never = new AbortController().signal;
const hello: ProviderRequest = { messages: [{ role: "user", content: "Hello?" }] };

type Generate = (request: LlamaRequest, signal: AbortSignal) => AsyncGenerator<LlamaEvent>;

function provider(generate: Generate) {
  return llamaProvider({ engine: { generate }, resolveModel: (model) => `/data/${model}` });
}

async function read(events: AsyncIterable<ProviderEvent>): Promise<ProviderEvent[]> {
  const seen: ProviderEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

/** An engine that keeps the request and answers nothing. */
function recorder() {
  const requests: LlamaRequest[] = [];
  const generate: Generate = async function* (request) {
    requests.push(request);
    yield { type: "accepted" };
  };
  return { requests, provider: provider(generate) };
}

describe("the llama provider", () => {
  it("tells what the engine tells, in the chain's events", async () => {
    const usage = { input_tokens: 3, output_tokens: 2 };
    const answers = provider(async function* () {
      yield { type: "accepted" };
      yield { type: "delta", reasoning: "hm" };
      yield { type: "delta", text: "Hi" };
      yield { type: "finish", reason: "length", usage, evaluated: 3 };
    });
    expect(await read(answers.stream(hello, link, never))).toEqual([
      { type: "connected" },
      { type: "delta", reasoning: "hm" },
      { type: "delta", text: "Hi" },
      { type: "finish", reason: "length", model: null, usage },
    ]);
  });

  it("passes every option on, with the model's resolved path and the link's context", async () => {
    const { requests, provider } = recorder();
    const request: ProviderRequest = {
      ...hello,
      max_tokens: 5,
      temperature: 0.5,
      top_p: 0.9,
      stop: ["."],
      seed: 1,
      response_format: { type: "json_object" },
    };
    const wide = { ...link, capabilities: { ...link.capabilities, contextWindow: 4096 } };
    await read(provider.stream(request, wide, never));
    expect(requests).toEqual([
      {
        model: { path: "/data/models/small.gguf", contextSize: 4096 },
        messages: hello.messages,
        maxTokens: 5,
        temperature: 0.5,
        topP: 0.9,
        stop: ["."],
        seed: 1,
        responseFormat: { type: "json_object" },
      },
    ]);
  });

  it("leaves out what the request leaves out", async () => {
    const { requests, provider } = recorder();
    await read(provider.stream(hello, link, never));
    expect(requests).toEqual([{ model: { path: "/data/models/small.gguf" }, messages: hello.messages }]);
  });

  it("keeps the kind and the text of the engine's failure", async () => {
    const failing = provider(async function* () {
      yield { type: "accepted" };
      throw Object.assign(new Error("There is no model file."), { kind: "not_found" });
    });
    await expect(read(failing.stream(hello, link, never))).rejects.toMatchObject({
      name: "ProviderFailure",
      kind: "not_found",
      message: "There is no model file.",
    });
  });

  it("takes an error without a kind for a crash of the engine", async () => {
    const failing = provider(async function* () {
      yield { type: "accepted" };
      throw new Error("odd");
    });
    await expect(read(failing.stream(hello, link, never))).rejects.toMatchObject({ kind: "engine_crashed" });
  });

  it("hands the tools on, and the calls back", async () => {
    const tool_call = { index: 0, id: "call_1", name: "clock", arguments: "{}" };
    const usage = { input_tokens: 3, output_tokens: 2 };
    const asked: LlamaRequest[] = [];
    const caller = provider(async function* (request) {
      asked.push(request);
      yield { type: "accepted" };
      yield { type: "delta", tool_call };
      yield { type: "finish", reason: "tool_calls", usage, evaluated: 3 };
    });
    const tools = [{ name: "clock", parameters: {} }];
    const events = await read(caller.stream({ ...hello, tools, tool_choice: "required" }, link, never));
    expect(asked[0]).toMatchObject({ tools, toolChoice: "required" });
    expect(events.slice(1)).toEqual([
      { type: "delta", tool_call },
      { type: "finish", reason: "tool_calls", model: null, usage },
    ]);
  });

  it("says that history was lost when the engine forgot the oldest turns", async () => {
    const usage = { input_tokens: 3, output_tokens: 2 };
    const forgetful = provider(async function* () {
      yield { type: "finish", reason: "stop", usage, evaluated: 3, forgot: true };
    });
    expect(await read(forgetful.stream(hello, link, never))).toEqual([
      { type: "finish", reason: "stop", model: null, usage, dropped: ["history"] },
    ]);
  });

  for (const [what, request] of Object.entries({
    "see images": {
      messages: [
        { role: "user", content: [{ type: "image", source: { url: "https://example.com/a.png" } }] },
      ],
    },
    "call tools and hold its answer to JSON at the same time": {
      ...hello,
      tools: [{ name: "clock", parameters: {} }],
      response_format: { type: "json_object" },
    },
  } satisfies Record<string, ProviderRequest>)) {
    it(`refuses a request that needs it to ${what}, before the engine hears of it`, async () => {
      const { requests, provider } = recorder();
      await expect(read(provider.stream(request, link, never))).rejects.toMatchObject({
        kind: "invalid_request",
        message: `Link "last-line" runs a model on this machine, which can't ${what}. Leave that out, or ask a link that can.`,
      } satisfies Partial<ProviderFailure>);
      expect(requests).toEqual([]);
    });
  }

  /** An engine that answers nothing until its signal aborts. */
  const silent: Generate = async function* (_request, signal) {
    yield { type: "accepted" };
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve);
      if (signal.aborted) resolve(undefined);
    });
    throw signal.reason;
  };

  it("fails as cancelled when its signal aborts", async () => {
    const stop = new AbortController();
    const answer = read(provider(silent).stream(hello, link, stop.signal));
    stop.abort();
    await expect(answer).rejects.toMatchObject({ kind: "cancelled" });
  });

  it("ends the generation when the reader returns while it waits", async () => {
    const events = provider(silent).stream(hello, link, never)[Symbol.asyncIterator]();
    await events.next();
    const waiting = events.next();
    const failed = expect(waiting).rejects.toMatchObject({ kind: "cancelled" });
    await events.return?.();
    await failed;
  });
});
