import { createApp } from "../../electron/app/index.ts";
import { createConfStore } from "../../electron/store/index.ts";
import { startUnruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { temporaryFolder } from "../hosts/support/program.ts";

/** The metrics of a running gateway after a little of everything: answers, failures, a breaker that opened, money spent. */
export async function servedMetrics() {
  const unruly = await startUnruly();
  const folder = temporaryFolder();
  const app = createApp({
    version: "0.0.0",
    resources: new URL("../../resources", import.meta.url).pathname,
    dataDir: folder.path,
    settingsFile: createConfStore(folder.path),
    configFile: {
      path: "holdfast.yaml",
      config: {
        fallback_chain: [
          { ...linkTo(unruly.url, "primary", "openai", "status-500"), breaker: { failure_threshold: 1 } },
          { ...linkTo(unruly.url, "second", "anthropic", "any"), price: { input: 1, output: 1 } },
        ],
        budget: { monthly_usd: 10 },
        health: { probes: false },
      },
    },
    env: { HOLDFAST_TOKEN: "token" },
    vaults: [],
    spawnEngine: () => {
      throw new Error("nothing here needs the engine");
    },
    onError(error) {
      throw error;
    },
  });
  const { origin } = new URL(await app.gateway.start(0));
  const headers = { authorization: "Bearer token", "content-type": "application/json" };
  for (const text of ["How?", "And how?"]) {
    const asked = await fetch(`${origin}/v1/chat/completions`, {
      method: "POST",
      headers,
      body: JSON.stringify({ messages: [{ role: "user", content: text }] }),
    });
    await asked.arrayBuffer();
  }
  const text = await (await fetch(`${origin}/metrics`, { headers })).text();
  return {
    text,
    names: [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name),
    labels: labelsOf(text),
    async close() {
      await app[Symbol.asyncDispose]();
      await unruly.close();
      folder[Symbol.dispose]();
    },
  };
}

/** The labels of each series name, from its samples. */
function labelsOf(text: string): Map<string, Set<string>> {
  const labels = new Map<string, Set<string>>();
  for (const [, name = "", pairs = ""] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const known = labels.get(name) ?? new Set();
    for (const [, label = ""] of pairs.matchAll(/(\w+)="/g)) known.add(label);
    labels.set(name, known);
  }
  return labels;
}
