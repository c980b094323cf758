import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { OpenAI } from "openai";
import { type App, createApp } from "../../electron/app/index.ts";
import { createConfStore } from "../../electron/store/index.ts";
import { chainOver, httpLink, openai, patience, question, time } from "./chains.ts";
import { startTokenServer } from "./child.ts";
import { figure, type Section } from "./report.ts";
import { inTurn, median, paired, quantile } from "./samples.ts";

interface Cost {
  wallUs: number;
  /** Of this process's main thread, what is tidied up behind the answer included: what is left when waiting and other programs are taken away. */
  cpuUs: number;
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.threadCpuUsage();
  const started = performance.now();
  await work();
  const wallUs = (performance.now() - started) * 1_000;
  await setImmediate();
  const { user, system } = process.threadCpuUsage(before);
  return { wallUs, cpuUs: user + system };
}

/** The whole app on a folder of its own, with its emergency cache, which keeps every answer. */
function appOver(url: string, model: string, dataDir: string): App {
  const fallback_chain = [{ id: "primary", provider: "openai" as const, model, base_url: url }];
  return createApp({
    version: "bench",
    resources: resolve(import.meta.dirname, "../../resources"),
    dataDir,
    settingsFile: createConfStore(dataDir),
    configFile: { path: "bench.yaml", config: { fallback_chain } },
    env: {},
    vaults: [],
    spawnEngine: () => {
      throw new Error("this bench has no local link");
    },
    onError(error) {
      throw error;
    },
  });
}

/** What a call costs through the chain, and through the whole app, against the official SDK called straight. */
export async function callCost(rounds: number): Promise<Section> {
  const { url, child } = await startTokenServer();
  await using _ = child;
  const rows: string[][] = [];
  for (const pieces of [8, 200]) {
    const model = `pieces-${pieces}`;
    const dataDir = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
    const app = appOver(url, model, dataDir);
    try {
      const measured = await inTurn({ rounds, warmUp: 150 }, callers(url, model, app));
      rows.push(...rowsOf(pieces, measured));
    } finally {
      await app[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true });
    }
  }
  return {
    title: "A call against the official SDK",
    text:
      `${rounds} streamed calls of each kind in turn, to a server in another process that answers at once; the same request, the ` +
      "same answer, one connection kept alive each. Differences are taken call by call within a round, then their median. CPU is " +
      "the time of the calling thread, until all that the call left behind is tidied up. *Chain* is plan, attempt, limits, receipt and notices over the `openai` provider, which uses " +
      "the same SDK; *app* adds settings, keys, health and the emergency cache, which writes each answer to SQLite.",
    columns: ["call", "median µs", "p95 µs", "added µs (median)", "CPU µs", "CPU added µs"],
    rows,
  };
}

function callers(url: string, model: string, app: App) {
  const client = new OpenAI({ baseURL: url, apiKey: "bench-key", maxRetries: 0 });
  const messages = question.messages as OpenAI.ChatCompletionMessageParam[];
  const chain = chainOver([httpLink("primary", url, model)], openai());
  return {
    sdk: () =>
      costOf(async () => {
        const stream = await client.chat.completions.create({
          model,
          messages,
          stream: true,
          stream_options: { include_usage: true },
        });
        let text = "";
        for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
        if (text === "") throw new Error("the SDK got no answer");
      }),
    chain: () => costOf(() => time(chain.run(question, patience))),
    app: () => costOf(() => time(app.run(question, patience))),
  };
}

function rowsOf(pieces: number, measured: Record<"sdk" | "chain" | "app", Cost[]>): string[][] {
  const names = { sdk: "SDK straight", chain: "chain", app: "app" };
  const base = measured.sdk;
  return (["sdk", "chain", "app"] as const).map((name) => {
    const [wall, cpu] = [measured[name].map((one) => one.wallUs), measured[name].map((one) => one.cpuUs)];
    const added = (of: number[], key: keyof Cost) =>
      name === "sdk"
        ? "—"
        : figure(
            median(
              paired(
                of,
                base.map((one) => one[key]),
              ),
            ),
          );
    return [
      `${names[name]}, ${pieces} pieces`,
      figure(median(wall)),
      figure(quantile(wall, 0.95)),
      added(wall, "wallUs"),
      figure(median(cpu)),
      added(cpu, "cpuUs"),
    ];
  });
}
