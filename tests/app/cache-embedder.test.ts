import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { describe, expect, it, onTestFinished } from "vitest";
import { collect } from "../../electron/chain/index.ts";
import type { CacheEmbedder } from "../../electron/contract/index.ts";
import { forkEngine } from "../../electron/engine/index.ts";
import { startEmbedding } from "../fixtures/embedding-server.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { FakeOllama } from "../fixtures/ollama-server.ts";
import { startSaying } from "../fixtures/saying-server.ts";
import { refusedUrl } from "../fixtures/unruly/index.ts";
import { folderForTest, startApp } from "./support.ts";

const slow = { timeout: 60_000 };
const bundledFile = join(import.meta.dirname, "../../resources/models/embedder.gguf");
const childEntry = join(import.meta.dirname, "../../electron/engine/child.ts");
const questions = ["How do I boil an egg so that the yolk stays soft?", "Why is the sky blue at noon?"];
const paraphrase = "How do I boil an egg so the yolk stays soft?";

/** An app that keeps two answers, embedded by the embedder that ships with it. */
async function setUp() {
  const { chain } = await startSaying({ first: ["All is well."] });
  const clock = new FakeClock();
  const started = startApp(null, { clock, spawnEngine: () => forkEngine(childEntry) });
  const { app } = started;
  const client = createRouterClient(app.router);
  const ask = (content: string) =>
    collect(app.run({ messages: [{ role: "user", content }] }, new AbortController().signal));
  const choose = (embedder: CacheEmbedder | undefined) =>
    client.settings.setConfig({ fallback_chain: chain, cache: { embedder } });
  const embedded = () =>
    expect.poll(async () => (await client.cache.stats()).waiting, { timeout: 30_000 }).toBe(0);
  await choose(undefined);
  for (const question of questions) await ask(question);
  app.startCache();
  await clock.advance(3_000);
  await embedded();
  expect((await client.cache.stats()).entries).toBe(2);
  return { ...started, client, ask, choose, embedded };
}

async function startOllama() {
  const ollama = await FakeOllama.start({
    models: [{ name: "nomic-embed-text:latest", contextLength: 2_048, capabilities: ["embedding"] }],
  });
  onTestFinished(() => ollama[Symbol.asyncDispose]());
  return ollama;
}

describe("another embedder", slow, () => {
  const ways: Record<
    string,
    () => Promise<{ embedder: CacheEmbedder; id: string; dimensions: number; read: () => string[] | null }>
  > = {
    "a GGUF file": async () => {
      const path = join(folderForTest(), "second.gguf");
      copyFileSync(bundledFile, path);
      return { embedder: path, id: "second.gguf", dimensions: 384, read: () => null };
    },
    "a model of Ollama": async () => {
      const ollama = await startOllama();
      return {
        embedder: { provider: "ollama", model: "nomic-embed-text", base_url: ollama.url },
        id: "ollama nomic-embed-text",
        dimensions: 64,
        read: () => ollama.bodies("/api/embed").flatMap(({ input }) => input),
      };
    },
    "an OpenAI-compatible server": async () => {
      const { url, asked } = await startEmbedding();
      return {
        embedder: { provider: "openai-compatible", model: "words", base_url: `${url}/` },
        id: "openai-compatible words",
        dimensions: 64,
        read: () => asked.flatMap(({ input }) => input),
      };
    },
  };
  it.each(Object.entries(ways))("%s, is tried, reads all entries again, and finds them", async (_, start) => {
    const { client, ask, choose, embedded } = await setUp();
    const { embedder, id, dimensions, read } = await start();
    expect(await client.cache.tryEmbedder({ embedder })).toMatchObject({ dimensions });
    const before = await client.cache.stats();
    await choose(embedder);
    await embedded();
    const after = await client.cache.stats();
    expect(after).toMatchObject({ embedder: expect.stringContaining(id), entries: 2 });
    expect(after.embedder).not.toBe(before.embedder);
    if (read() !== null) expect(read()).toEqual(expect.arrayContaining(questions));

    await client.level.set({ level: "cached" });
    expect((await ask(paraphrase)).receipt).toMatchObject({ tier: "cache", original_question: questions[0] });
    const [lookup] = await client.cache.lookups();
    expect(lookup).toMatchObject({ outcome: "same", trouble: null });
  });
});

describe("an embedder that can't be used", () => {
  const tried = async (embedder: CacheEmbedder) => {
    const { app } = startApp({});
    return createRouterClient(app.router).cache.tryEmbedder({ embedder });
  };

  it("says that its server is away", async () => {
    const base_url = await refusedUrl();
    await expect(tried({ provider: "ollama", model: "m", base_url })).rejects.toMatchObject({
      code: "BAD_REQUEST",
      message: `The embedder at ${base_url}/api/embed can't be reached: start its server, or mend its address.`,
    });
  });

  it("says that a server lacks the model", async () => {
    const { url } = await startOllama();
    await expect(tried({ provider: "ollama", model: "other", base_url: url })).rejects.toThrow(
      'status 404: it may lack the model "other"',
    );
  });

  it("is not followed to another address", async () => {
    const real = await startEmbedding();
    const { url } = await startEmbedding({ redirect: `${real.url}/embeddings` });
    await expect(tried({ provider: "openai-compatible", model: "m", base_url: url })).rejects.toThrow(
      "can't be reached",
    );
    expect(real.asked).toEqual([]);
  });

  it("keeps nothing from starting, and leaves the same question to be found", async () => {
    const { chain } = await startSaying({ first: ["All is well."] });
    const { app } = startApp({ fallback_chain: chain, cache: { embedder: "qwen2.5-0.5b-instruct-q8_0" } });
    const client = createRouterClient(app.router);
    const signal = new AbortController().signal;
    const ask = () => collect(app.run({ messages: [{ role: "user", content: "How is it?" }] }, signal));
    await ask();
    await client.level.set({ level: "cached" });
    expect((await ask()).receipt).toMatchObject({ tier: "cache", similarity: 1 });
  });
});
