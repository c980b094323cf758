import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { App } from "../../electron/app/index.ts";
import type {
  ChatRequest,
  Config,
  Finished,
  LinkConfig,
  OllamaState,
} from "../../electron/contract/index.ts";
import { writeFakeOllama } from "../fixtures/ollama-program.ts";
import { FakeOllama, type FakeOllamaModel, type FakeOllamaOptions } from "../fixtures/ollama-server.ts";
import { startUnruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { pixel } from "../providers/wire.ts";
import { folderForTest, startApp } from "./support.ts";

const tiny: FakeOllamaModel = { name: "tiny:latest", contextLength: 8_192, capabilities: ["completion"] };
const never = new AbortController().signal;

async function fake(over: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const server = await FakeOllama.start({ models: [tiny], ...over });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const chainOf = (baseUrl: string, model = "tiny"): Config => ({
  fallback_chain: [{ id: "ollama", provider: "ollama", model, base_url: baseUrl }],
  health: { probes: false },
});

async function answered(app: App, over: Partial<ChatRequest> = {}): Promise<Finished> {
  for await (const event of app.run({ messages: [{ role: "user", content: "Hello" }], ...over }, never))
    if (event.type === "finished") return event;
  throw new Error("The run did not finish.");
}

/** A port on which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Waits for a state of which this holds. */
async function until(app: App, holds: (state: OllamaState) => boolean): Promise<OllamaState> {
  for await (const state of app.local.ollama.state.watch(AbortSignal.timeout(20_000)))
    if (holds(state)) return state;
  throw new Error(`It stayed ${JSON.stringify(app.local.ollama.state.now)}`);
}

describe("what is installed", () => {
  test("is nothing where no program is, and then nothing is asked", async () => {
    const asked: string[] = [];
    const { app } = startApp(null, {
      env: { PATH: folderForTest() },
      fetch: async (input) => {
        asked.push(String(input));
        throw new Error("nothing is to be asked");
      },
    });
    // Where the machine that tests has one of its own, it is asked for its version.
    const state = await app.local.ollama.refresh();
    if (state.program === null)
      expect({ state: state.state, asked }).toEqual({ state: "not_installed", asked: [] });
  });

  test("is seen, and so is what runs: version, models and what they can do", async () => {
    const server = await fake({
      models: [tiny, { ...tiny, name: "eyes:2b", capabilities: ["completion", "vision"] }],
    });
    const { app } = startApp(chainOf(server.url));
    await app.local.ollama.warm("tiny");
    const state = await app.local.ollama.refresh();
    expect(state).toMatchObject({ state: "running", version: "0.40.2", missing: [] });
    expect(state.models).toMatchObject([
      {
        name: "tiny:latest",
        context: 8_192,
        capabilities: ["completion"],
        link: "ollama",
        loaded: { context: 4_096 },
      },
      { name: "eyes:2b", capabilities: ["completion", "vision"], link: null, loaded: null },
    ]);
    await app.local.ollama.unload("tiny");
    expect(app.local.ollama.state.now.models[0]?.loaded).toBeNull();
  });
});

describe("a program that is installed and does not run", () => {
  test("is started for a question, answers it, and ends with the app", async () => {
    const folder = folderForTest();
    writeFakeOllama(folder);
    const url = `http://127.0.0.1:${await freePort()}`;
    const { app, close } = startApp(chainOf(url), { env: { PATH: `${folder}:/usr/bin:/bin` } });
    expect(await app.local.ollama.refresh()).toMatchObject({
      state: "stopped",
      started_here: false,
      trouble: null,
    });
    const { answer, receipt } = await answered(app);
    expect(answer.text).toBe("Started for you.");
    expect(receipt).toMatchObject({ tier: "local", link: "ollama" });
    expect(await app.local.ollama.refresh()).toMatchObject({ state: "running", started_here: true });
    await close();
    await expect(fetch(`${url}/api/version`)).rejects.toThrow("fetch failed");
  });

  test("is started and stopped by hand", async () => {
    const folder = folderForTest();
    const program = writeFakeOllama(folder);
    const config = { ...chainOf(`http://127.0.0.1:${await freePort()}`), ollama: { start: false, program } };
    const { app } = startApp(config);
    const { ollama } = app.local;
    expect((await answered(app)).failure?.kind).toBe("network");
    expect(await ollama.start()).toMatchObject({ state: "running", started_here: true, program });
    expect(await ollama.stop()).toMatchObject({ state: "stopped", started_here: false });
  });

  test("that can't start says why, and the chain goes on", async () => {
    const folder = folderForTest();
    writeFakeOllama(folder, "no such device");
    const { app } = startApp(chainOf(`http://127.0.0.1:${await freePort()}`), {
      env: { PATH: `${folder}:/bin` },
    });
    const { failure } = await answered(app);
    expect(failure?.kind).toBe("network");
    expect(app.local.ollama.state.now.trouble).toContain("It said: no such device");
  });

  test("that the system can't start is over at once: nothing waits for its end", async () => {
    const folder = folderForTest();
    const program = join(folder, "ollama");
    writeFileSync(program, "#!/no/such/interpreter\n", { mode: 0o755 });
    const config = { ...chainOf(`http://127.0.0.1:${await freePort()}`), ollama: { program } };
    const { app, close } = startApp(config);
    await expect(app.local.ollama.start()).rejects.toMatchObject({ name: "ModelError", kind: "unusable" });
    expect((await app.local.ollama.refresh()).started_here).toBe(false);
    await close();
  });

  test("that somebody else started is not stopped", async () => {
    const server = await fake();
    const { app, close } = startApp(chainOf(server.url));
    await app.local.ollama.start();
    await expect(app.local.ollama.stop()).rejects.toThrow("Holdfast did not start this Ollama");
    await close();
    expect((await fetch(`${server.url}/api/version`)).status).toBe(200);
  });
});

describe("a model that is missing", () => {
  const library = [{ ...tiny, name: "new:1b", says: "Here I am." }];

  test("is offered for a pull with the failure, and answers after it", async () => {
    const server = await fake({ library });
    const { app } = startApp(chainOf(server.url, "new:1b"));
    const { receipt, failure } = await answered(app);
    expect(failure?.kind).toBe("not_found");
    expect(receipt.attempts[0]?.message).toContain("holdfast models ollama pull new:1b");
    expect(receipt.notices).toContainEqual(
      expect.objectContaining({
        code: "model_to_pull",
        action: { label: "Get the model", target: "models" },
      }),
    );
    expect((await app.local.ollama.refresh()).missing).toEqual([{ link: "ollama", model: "new:1b" }]);
    await app.local.ollama.pull("new:1b");
    await app.local.ollama.pulls.ended("new:1b");
    await until(
      app,
      ({ missing, models }) => missing.length === 0 && models.some(({ name }) => name === "new:1b"),
    );
    expect((await answered(app)).answer.text).toBe("Here I am.");
  });

  test("is pulled with progress, paused, resumed after a restart from where it was, and cancelled", async () => {
    const server = await fake({ library });
    const dataDir = folderForTest();
    const half = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    server.beforeStep = async (done, total) => {
      if (done < total / 2) return;
      half.resolve();
      await gate.promise;
    };
    const first = startApp(chainOf(server.url), { dataDir });
    await first.app.local.ollama.pull("new:1b");
    await half.promise;
    await until(first.app, ({ pulls }) => pulls[0]?.completed_bytes === 4_000);
    expect(first.app.local.ollama.state.now.pulls).toMatchObject([
      { name: "new:1b", state: "pulling", total_bytes: 8_000, error: null },
    ]);
    await first.app.local.ollama.pulls.pause("new:1b");
    await first.close();

    const second = startApp(chainOf(server.url), { dataDir });
    const { ollama } = second.app.local;
    expect(ollama.state.now.pulls).toMatchObject([
      { name: "new:1b", state: "paused", completed_bytes: 4_000 },
    ]);
    server.failPullAt = 4_000;
    await ollama.pull("new:1b");
    await expect(ollama.pulls.ended("new:1b")).rejects.toThrow("max retries exceeded");
    expect(ollama.state.now.pulls).toMatchObject([{ state: "failed", completed_bytes: 4_000 }]);
    server.failPullAt = null;
    gate.resolve();
    await ollama.pull("new:1b");
    await ollama.pulls.ended("new:1b");
    expect(server.models.has("new:1b")).toBe(true);
    expect(ollama.state.now.pulls).toEqual([]);
  });

  test("that Ollama's library does not have either fails in words, and can be cancelled", async () => {
    const server = await fake();
    const { app } = startApp(chainOf(server.url));
    const { ollama } = app.local;
    await ollama.pull("nothing");
    await expect(ollama.pulls.ended("nothing:latest")).rejects.toThrow("https://ollama.com/library");
    await ollama.pulls.cancel("nothing:latest");
    expect(ollama.state.now.pulls).toEqual([]);
  });

  test("is not pulled at the level offline: Ollama would fetch what the app may not", async () => {
    const server = await fake({ library });
    const { app } = startApp(chainOf(server.url));
    app.settings.setCeiling("offline");
    await expect(app.local.ollama.pull("new:1b")).rejects.toThrow("The level is set to offline");
    expect(server.models.has("new:1b")).toBe(false);
  });

  test("is not pulled where no Ollama answers", async () => {
    const { app } = startApp(chainOf(`http://127.0.0.1:${await freePort()}`));
    await expect(app.local.ollama.pull("new:1b")).rejects.toMatchObject({ kind: "network" });
    expect(app.local.ollama.state.now.pulls).toEqual([]);
  });
});

describe("the chain", () => {
  test("gets a model of Ollama before the starter, in place of the one before it", async () => {
    const server = await fake({ models: [tiny, { ...tiny, name: "other:1b" }] });
    const { app } = startApp(null);
    app.settings.setConfig({
      ...chainOf(server.url),
      fallback_chain: [...(chainOf(server.url).fallback_chain ?? [])],
    });
    expect(await app.local.ollama.use("other:1b")).toBe("ollama");
    expect(app.settings.config.fallback_chain).toEqual([
      { id: "ollama", provider: "ollama", model: "other:1b", base_url: server.url },
    ]);
    await expect(app.local.ollama.remove("other:1b")).rejects.toThrow('The link "ollama" runs other:1b');
    await app.local.ollama.remove("tiny");
    expect(server.models.has("tiny:latest")).toBe(false);
  });

  test("knows what a model of Ollama can do before it is asked: an image goes to the one that sees", async () => {
    const server = await fake({
      models: [tiny, { ...tiny, name: "eyes:2b", capabilities: ["completion", "vision"], says: "A dot." }],
    });
    const link = (id: string, model: string) => ({
      id,
      provider: "ollama" as const,
      model,
      base_url: server.url,
    });
    const { app } = startApp({
      fallback_chain: [link("blind", "tiny"), link("seeing", "eyes:2b")],
      health: { probes: false },
    });
    const image = { type: "image" as const, source: { media_type: "image/png", data: pixel } };
    const { receipt, answer } = await answered(app, { messages: [{ role: "user", content: [image] }] });
    expect({ link: receipt.link, dropped: receipt.dropped, text: answer.text }).toEqual({
      link: "seeing",
      dropped: [],
      text: "A dot.",
    });
  });

  test("trims a conversation that does not fit, and says so", async () => {
    const server = await fake({ version: "0.12.5" });
    const { app } = startApp(chainOf(server.url));
    const turn = (text: string) => [
      { role: "user" as const, content: text.repeat(5_000) },
      { role: "assistant" as const, content: "Yes." },
    ];
    const messages = [...turn("a"), ...turn("b"), { role: "user" as const, content: "And now?" }];
    const { receipt } = await answered(app, { messages });
    expect(receipt.dropped).toEqual(["history"]);
    expect(receipt.notices.map(({ code }) => code)).toContain("history_trimmed");
    expect(server.cuts).toBe(0);
  });

  test("counts a model of Ollama's cloud as cloud: a local-only question does not go there", async () => {
    const cloud = { ...tiny, name: "big:120b-cloud", remoteHost: "https://ollama.com:443" };
    const alias = { ...cloud, name: "alias:latest" };
    const server = await fake({ models: [cloud, alias] });
    const named = startApp(chainOf(server.url, "big:120b-cloud"));
    expect((await answered(named.app, { local_only: true })).failure?.code).toBe("all_links_failed");
    const hidden = startApp(chainOf(server.url, "alias"));
    expect((await answered(hidden.app, { local_only: true })).failure).not.toBeNull();
    expect(hidden.app.settings.links[0]?.tier).toBe("cloud");
    expect(server.bodies("/api/chat")).toEqual([]);
  });

  test("knows a model of Ollama's cloud by its name where the link is called local and the server does not tell", async () => {
    const server = await fake({ models: [{ ...tiny, name: "big:120b-cloud" }] });
    const { fallback_chain: [link] = [] } = chainOf(server.url, "big:120b-cloud");
    const { app } = startApp({ fallback_chain: [{ ...(link as LinkConfig), tier: "local" }] });
    const { receipt } = await answered(app, { local_only: true });
    expect(receipt.attempts[0]?.message).toContain("which Ollama passes on to its cloud");
    expect(server.bodies("/api/chat")).toEqual([]);
  });

  test("keeps a model in memory for as long as the config says, and loads it at the first bad sign", async () => {
    const server = await fake();
    const unruly = await startUnruly();
    onTestFinished(() => unruly.close());
    const ollama = { id: "ollama", provider: "ollama" as const, model: "tiny", base_url: server.url };
    const { app } = startApp({
      fallback_chain: [
        linkTo(unruly.url, "first", "openai", "status-503"),
        linkTo(unruly.url, "second", "openai", "any"),
        ollama,
      ],
      ollama: { keep_alive: "1h" },
      health: { probes: false },
    });
    expect((await answered(app)).receipt.link).toBe("second");
    await expect.poll(() => server.loaded.get("tiny:latest")).toEqual({ context: 4_096, keepAlive: 3_600 });
    await answered(app, { local_only: true });
    expect(server.loads).toBe(1);
    expect(server.bodies("/api/chat")[0].keep_alive).toBe(3_600);
  });
});
