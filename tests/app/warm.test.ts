import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Warm, type WarmParts } from "../../electron/app/warm.ts";
import type { ChainRules } from "../../electron/chain/index.ts";
import type { ChainEvent, Config, EngineStatus } from "../../electron/contract/index.ts";
import { forkEngine } from "../../electron/engine/index.ts";
import { childEntry, slow } from "../engine/support.ts";
import { FakeClock, settle } from "../fixtures/fake-clock.ts";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";
import { startUnruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { folderForTest, startApp } from "./support.ts";

const chunk = { choices: [{ delta: { content: "Well." }, finish_reason: "stop" }] };

/** A server that counts its connections, and keeps them; `status` is what it says to a question. */
async function startCounting(status: number) {
  const seen = { connections: 0, requests: [] as IncomingMessage[] };
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    seen.requests.push(request);
    request.resume().on("end", () => {
      if (request.method === "OPTIONS") response.writeHead(404).end();
      else
        response
          .writeHead(status, { "content-type": "text/event-stream" })
          .end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
  });
  server.on("connection", () => {
    seen.connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await sleep(5);
}

const patience = new AbortController().signal;

/** Two links to servers of their own and an app over them, whose time stands still. */
async function setUp(probes: boolean) {
  const [first, second] = [await startCounting(200), await startCounting(200)];
  const clock = new FakeClock();
  const config: Config = {
    fallback_chain: [
      linkTo(first.url, "first", "openai", "any"),
      { ...linkTo(second.url, "second", "openai", "any"), api_key_env: "TEST_KEY" },
    ],
    health: { probes, probe_interval: "10m" },
  };
  const { app } = startApp(config, { clock, env: { TEST_KEY: "sk-test" } });
  const ask = async (preferred: string, local_only = false) => {
    const messages = [{ role: "user" as const, content: "How?" }];
    for await (const _ of app.run({ messages, preferred, local_only }, patience));
  };
  return { first: first.seen, second: second.seen, clock, ask };
}

test("the second link has a live connection before it is asked, opened without the key, and answers over it", async () => {
  const { first, second, clock, ask } = await setUp(true);
  await ask("first");
  await clock.advance(1_000);
  await until(() => second.requests.length === 1);
  expect(second.requests[0]).toMatchObject({ method: "OPTIONS", url: "/" });
  expect(second.requests[0]?.headers).not.toHaveProperty("authorization");
  await sleep(20);
  await ask("second");
  expect(second.requests[1]?.headers.authorization).toBe("Bearer sk-test");
  expect(second.requests.map(({ method }) => method)).toEqual(["OPTIONS", "POST"]);
  expect([first.connections, second.connections]).toEqual([1, 1]);
});

test("a connection that was closed is opened again at the next look, and none while nobody is there", async () => {
  const { second, clock, ask } = await setUp(true);
  await ask("first");
  await clock.advance(1_000);
  await until(() => second.requests.length === 1);
  second.requests[0]?.socket.destroy();
  await sleep(20);
  await clock.advance(9 * 60_000);
  await ask("first");
  await clock.advance(60_000);
  await until(() => second.connections === 2);
  await clock.advance(60 * 60_000);
  const { connections } = second;
  second.requests.at(-1)?.socket.destroy();
  await clock.advance(60 * 60_000);
  await sleep(20);
  expect(second.connections).toBe(connections);
});

test("nothing is opened while all questions are local-only", async () => {
  const { first, second, clock, ask } = await setUp(true);
  await ask("first", true);
  await clock.advance(60_000);
  await sleep(50);
  expect([first.connections, second.connections]).toEqual([0, 0]);
});

test("nothing is opened where health.probes is false", async () => {
  const { second, clock, ask } = await setUp(false);
  await ask("first");
  await clock.advance(60_000);
  await sleep(50);
  expect(second.connections).toBe(0);
});

test(
  "the model on this machine is in memory after the first failed attempt, although another link answers",
  slow,
  async () => {
    const unruly = await startUnruly();
    onTestFinished(() => unruly.close());
    const path = writeReciter(join(folderForTest(), "spare.gguf"), { sentence: "Here I am." });
    const config: Config = {
      fallback_chain: [
        linkTo(unruly.url, "first", "openai", "status-503"),
        linkTo(unruly.url, "second", "openai", "any"),
        { id: "spare", provider: "llama", model: path },
      ],
      health: { probes: false },
    };
    const { app } = startApp(config, { spawnEngine: () => forkEngine(childEntry) });
    const messages = [
      { role: "system" as const, content: "Be brief." },
      { role: "user" as const, content: "How?" },
    ];
    let answeredBy: string | null = null;
    for await (const event of app.run({ messages }, patience)) {
      if (event.type === "finished") answeredBy = event.receipt.link;
    }
    expect(answeredBy).toBe("second");
    await until(() => app.status.now.engine.state === "idle" && app.status.now.engine.model === "spare.gguf");
  },
);

/** A `Warm` over an engine that notes what it is asked to load. */
function overFakeEngine(over: Partial<ChainRules> = {}, status: Partial<EngineStatus> = {}) {
  const clock = new FakeClock();
  const loads: object[] = [];
  const engine = { status: { state: "stopped", model: null, ...status } as EngineStatus, fails: false };
  const local = linkOf({
    id: "local",
    provider: "llama",
    model: "local.gguf",
    tier: "local",
    level: "minimal",
  });
  const capabilities = { ...local.capabilities, contextWindow: 4_096 };
  const rules = {
    links: [linkOf({ id: "cloud" }), linkOf({ id: "backup" }), { ...local, priority: 1, capabilities }],
    strategy: "priority",
    level: "full",
    ...over,
  } as ChainRules;
  const probes = { enabled: false, intervalMs: 30_000, timeoutMs: 10_000, idleAfterMs: 600_000 };
  const parts = {
    clock,
    settings: { rules, probes },
    health: { mayAsk: () => false, confidence: () => 1, latencyMs: () => null },
    connections: { isOpen: () => false },
    egress: { knock: async () => {} },
    engine: {
      get status() {
        return engine.status;
      },
      async load(request, _signal, system) {
        loads.push({ ...request, system });
        if (engine.fails) throw new Error("no such file");
        return { device: null, model: null, tokensPerSecond: null };
      },
    },
    async warmOllama(link) {
      loads.push({ ollama: link.model });
    },
    resolveModel: (model) => `/models/${model}`,
  } satisfies WarmParts;
  const warm = new Warm(parts);
  const see = async (...events: unknown[]) => {
    async function* run() {
      yield* events as ChainEvent[];
    }
    const messages = [{ role: "system" as const, content: "Be brief." }];
    for await (const _ of warm.over({ messages }, run()));
    await settle();
  };
  return { warm, see, loads, clock, engine, probes };
}

const started = (tier: string) => ({ type: "attempt_started", tier });
const failed = (tier: string) => ({ type: "attempt_failed", attempt: { tier } });
const asked = { path: "/models/local.gguf", contextSize: 4_096, system: "Be brief." };

test.each([
  ["a cloud link that fails", [started("cloud"), failed("cloud")]],
  ["a cloud link that is passed over", [failed("cloud")]],
  ["a hedge", [started("cloud"), started("backup")]],
])("%s has the local model loaded as it will be asked for, with the system prompt", async (_, events) => {
  const { see, loads } = overFakeEngine();
  await see(...events);
  expect(loads).toEqual([asked]);
});

test.each([
  ["an answer without trouble", [started("cloud")], {}, {}],
  ["a failure of the local link itself", [started("local"), failed("local")], {}, {}],
  ["a chain without a model on this machine", [failed("cloud")], { links: [linkOf({ id: "cloud" })] }, {}],
  ["a level that bars it", [failed("cloud")], { level: "cached" }, {}],
  ["an engine that holds it", [failed("cloud")], {}, { state: "idle", model: "local.gguf" }],
  ["an engine at work", [failed("cloud")], {}, { state: "loading", model: "local.gguf" }],
] as [string, unknown[], Partial<ChainRules>, Partial<EngineStatus>][])(
  "%s loads nothing",
  async (_, events, rules, status) => {
    const { see, loads } = overFakeEngine(rules, status);
    await see(...events);
    expect(loads).toEqual([]);
  },
);

test.each([
  ["on this machine", "http://127.0.0.1:11434", false, [{ ollama: "big" }]],
  ["on another machine", "http://shelf.lan:11434", true, [{ ollama: "big" }]],
  ["on another machine where probes are off", "http://shelf.lan:11434", false, []],
])("Ollama %s is asked to load its model, or not: %s, probes %s", async (_, baseUrl, enabled, expected) => {
  const ollama = linkOf({ id: "shelf", provider: "ollama", model: "big", tier: "local", baseUrl });
  const { see, loads, probes } = overFakeEngine({ links: [linkOf({ id: "cloud" }), ollama] });
  probes.enabled = enabled;
  await see(failed("cloud"));
  expect(loads).toEqual(expected);
});

test("a model that can't be loaded is left alone for a minute", async () => {
  const { warm, see, loads, clock, engine } = overFakeEngine();
  engine.fails = true;
  await see(failed("cloud"));
  await see(failed("cloud"));
  expect(loads).toHaveLength(1);
  await clock.advance(60_000);
  warm.badSign();
  expect(loads).toHaveLength(2);
});
