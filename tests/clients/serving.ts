import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createApp } from "../../electron/app/index.ts";
import type { Config } from "../../electron/contract/index.ts";
import { forkEngine } from "../../electron/engine/index.ts";
import { createConfStore } from "../../electron/store/index.ts";
import { answer, type Behaviour, hang, startUnruly, status } from "../fixtures/unruly/index.ts";
import { questions } from "./behaviours.ts";

const root = resolve(import.meta.dirname, "../..");

/** Where clients find a gateway, each address without `/v1`. */
export interface Addresses {
  /** Answers, by a cloud link and by a local one. */
  url: string;
  /** Takes no more requests. */
  busyUrl: string;
  token: string;
}

/** Gateways of whole apps over one provider that knows tools and JSON schemas; `stop` ends them all. */
export async function startServing(): Promise<Addresses & { stop(): Promise<void> }> {
  const stack = new AsyncDisposableStack();
  const provider = stack.use(await startUnruly());
  provider.script(({ body }) => reply(body));
  const token = "the-token-of-these-tests";
  const address = async (over: Config["gateway"]) => {
    const app = stack.use(appOver(`${provider.url}/v1`, token, over, stack));
    return (await app.gateway.start()).replace(/\/v1$/, "");
  };
  const url = await address({});
  const busyUrl = await address({ max_requests: 1 });
  const holding = new AbortController();
  stack.defer(() => holding.abort());
  void fetch(`${busyUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ messages: [{ role: "user", content: "Wait." }] }),
    signal: holding.signal,
  }).catch(() => {});
  while (!provider.calls.some(({ body }) => isWaiting(body)))
    await new Promise((next) => setTimeout(next, 5));
  return { url, busyUrl, token, stop: () => stack.disposeAsync() };
}

function appOver(url: string, token: string, gateway: Config["gateway"], stack: AsyncDisposableStack) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-clients-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const patient = { retry: { max_retries: 0 }, breaker: { failure_threshold: 1_000 } };
  return createApp({
    version: "0.0.0",
    resources: join(root, "resources"),
    dataDir: folder,
    settingsFile: createConfStore(folder),
    configFile: {
      path: join(folder, "holdfast.yaml"),
      config: {
        fallback_chain: [
          { id: "far", provider: "openai", model: "far-model", base_url: url, ...patient },
          {
            id: "near",
            provider: "openai-compatible",
            model: "near-model",
            base_url: url,
            tier: "local",
            ...patient,
          },
        ],
        cache: { enabled: false },
        outbox: { enabled: false },
        health: { probes: false },
        gateway: { port: 0, ...gateway },
      },
    },
    env: { HOLDFAST_TOKEN: token },
    vaults: [],
    spawnEngine: () => forkEngine(join(root, "electron/engine/child.ts")),
    onError: (error) => console.error(error),
  });
}

// biome-ignore lint/suspicious/noExplicitAny: a request of OpenAI's format, as a client made it
type Body = any;

const isWaiting = (body: Body): boolean => body?.messages?.at(-1)?.content === "Wait.";
const cities = JSON.stringify({ name: "Oslo", population: 717_710 });

/** What the provider says: a call of the tool that it is given, a sentence from a tool's result, JSON where a schema asks for a city, or a greeting. */
function reply(body: Body): Behaviour {
  const last = body.messages.at(-1);
  if (isWaiting(body)) return hang();
  if (textOf(last.content) === questions.nobody) return status(503);
  if (last.role === "tool") {
    const call = body.messages.at(-2).tool_calls?.find(({ id }: { id: string }) => id === last.tool_call_id);
    return call
      ? answer({ text: `It is ${textOf(last.content)} in ${JSON.parse(call.function.arguments).city}.` })
      : status(400);
  }
  const tool = body.tools?.[0]?.function;
  if (tool) {
    const args = tool.parameters.properties.population ? cities : JSON.stringify({ city: "Oslo" });
    return answer({
      text: "",
      toolCalls: [{ id: "call_1", name: tool.name, arguments: args }],
      finish: "tool_calls",
    });
  }
  const schema = body.response_format?.json_schema?.schema;
  if (schema?.properties.population) return answer({ text: cities });
  return answer({
    text: body.model === "near-model" ? "Hello from this machine." : "Hello from far away.",
    pieces: 5,
  });
}

const textOf = (content: string | { text: string }[]): string =>
  typeof content === "string" ? content : content.map(({ text }) => text).join("");
