import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { lookForServers } from "../../electron/models/index.ts";
import { startApp } from "../app/support.ts";
import { FakeOllama } from "../fixtures/ollama-server.ts";

type Pages = Readonly<Record<string, unknown>>;

/** A server on 127.0.0.1 with these pages of JSON, and what it was asked. A number is a bare status. */
async function serve(pages: Pages): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const listener: RequestListener = ({ method, url = "" }, response) => {
    asked.push(`${method} ${url}`);
    const page = pages[url] ?? 404;
    if (typeof page === "number") response.writeHead(page).end();
    else if (page instanceof URL) response.writeHead(302, { location: page.href }).end();
    else
      response
        .writeHead(page === locked ? 401 : 200, { "content-type": "application/json" })
        .end(JSON.stringify(page));
  };
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

const locked = { error: { code: 401, message: "Invalid API Key", type: "authentication_error" } };
const list = (owned_by: string, more: object = {}, id = "granite-4") => ({
  object: "list",
  data: [{ id, object: "model", owned_by, ...more }],
});

/** As llama-server, LM Studio and vLLM answer. */
const known = {
  llama: {
    "/v1/models": list("llamacpp", { meta: { n_ctx_train: 131_072 } }),
    "/props": {
      default_generation_settings: { n_ctx: 8_192 },
      total_slots: 1,
      modalities: { vision: true, audio: false },
      build_info: "b7062-9b17d74",
    },
  },
  lmStudio: {
    "/v1/models": list("organization_owner"),
    "/api/v0/models": {
      object: "list",
      data: [
        {
          id: "granite-4",
          object: "model",
          type: "llm",
          state: "loaded",
          max_context_length: 131_072,
          loaded_context_length: 4_096,
        },
        { id: "qwen-vl", object: "model", type: "vlm", state: "not-loaded", max_context_length: 32_768 },
        { id: "nomic", object: "model", type: "embeddings", max_context_length: 2_048 },
      ],
    },
  },
  vllm: { "/v1/models": list("vllm", { max_model_len: 40_960 }), "/version": { version: "0.12.0" } },
} satisfies Record<string, Pages>;

const look = (ports: number[]) =>
  lookForServers({ ports, fetch, signal: new AbortController().signal, patienceMs: 1_000 });

test("each server is known by what it answers, on whatever port", async () => {
  const [llama, lmStudio, vllm] = await Promise.all([
    serve(known.llama),
    serve(known.lmStudio),
    serve(known.vllm),
  ]);
  const found = await look([llama.port, lmStudio.port, vllm.port]);
  expect(found).toEqual([
    {
      kind: "llama-server",
      name: "llama-server",
      base_url: `http://127.0.0.1:${llama.port}/v1`,
      version: "b7062-9b17d74",
      needs_key: false,
      models: [{ id: "granite-4", context: 8_192, vision: true }],
    },
    {
      kind: "lm-studio",
      name: "LM Studio",
      base_url: `http://127.0.0.1:${lmStudio.port}/v1`,
      version: null,
      needs_key: false,
      models: [
        { id: "granite-4", context: 4_096, vision: false },
        { id: "qwen-vl", context: 32_768, vision: true },
      ],
    },
    {
      kind: "vllm",
      name: "vLLM",
      base_url: `http://127.0.0.1:${vllm.port}/v1`,
      version: "0.12.0",
      needs_key: false,
      models: [{ id: "granite-4", context: 40_960, vision: null }],
    },
  ]);
});

test("Ollama is known as itself, with its own address", async () => {
  const model = { name: "tiny:latest", contextLength: 8_192, capabilities: ["completion"] };
  await using server = await FakeOllama.start({ models: [model] });
  expect(await look([Number(new URL(server.url).port)])).toMatchObject([
    { kind: "ollama", base_url: server.url, version: "0.40.2", models: [{ id: "tiny:latest" }] },
  ]);
});

test("what wants a key is told, and so is one that does not say what it is", async () => {
  const closed = await serve({ "/v1/models": locked, "/props": locked, "/health": { status: "ok" } });
  const plain = await serve({ "/v1/models": list("somebody") });
  expect(await look([closed.port, plain.port])).toMatchObject([
    { kind: "llama-server", needs_key: true, models: [] },
    { kind: "other", models: [{ id: "granite-4" }] },
  ]);
});

test("other programs on those ports are no servers of models, and nothing leads elsewhere", async () => {
  const far = await serve(known.vllm);
  const page = await serve({ "/v1/models": 401 });
  const odd = await serve({ "/v1/models": { hello: 1 }, "/api/version": [] });
  const away = await serve({ "/v1/models": new URL(`http://127.0.0.1:${far.port}/v1/models`) });
  expect(await look([page.port, odd.port, away.port])).toEqual([]);
  expect(far.asked).toEqual([]);
});

test("only what was asked for is read, and nothing is sent before", async () => {
  const { port, asked } = await serve(known.llama);
  const { app } = startApp(null);
  expect(asked).toEqual([]);
  await app.local.servers.look([port]);
  expect(asked.every((call) => call.startsWith("GET "))).toBe(true);
});

test("a model that was found becomes a local link before the starter, with what its server says of it", async () => {
  const { port } = await serve(known.llama);
  const { app } = startApp(null);
  const { servers } = app.local;
  const base_url = `http://127.0.0.1:${port}/v1`;
  expect(() => servers.add(base_url, "granite-4")).toThrow("Look for local servers again");
  await servers.look([port]);
  expect(() => servers.add(base_url, "other")).toThrow('has no model "other"');
  expect(servers.add(base_url, "granite-4")).toBe("llama-server");
  expect(app.settings.config.fallback_chain).toEqual([
    {
      id: "llama-server",
      provider: "openai-compatible",
      model: "granite-4",
      base_url,
      tier: "local",
      capabilities: { context_window: 8_192, vision: true },
    },
    { id: "starter", provider: "llama", model: "resources/models/starter.gguf" },
  ]);
  expect(servers.add(base_url, "granite-4")).toBe("llama-server");
  const [again] = (await servers.look([port])).filter((one) => one.base_url === base_url);
  expect(again?.models).toMatchObject([{ id: "granite-4", link: "llama-server" }]);
});
