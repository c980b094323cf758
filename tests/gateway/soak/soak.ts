import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createApp } from "../../../electron/app/index.ts";
import { forkEngine } from "../../../electron/engine/index.ts";
import { createConfStore } from "../../../electron/store/index.ts";
import { answer, broken, echo, startUnruly, status, type Unruly } from "../../fixtures/unruly/index.ts";
import { type Outcome, request } from "./request.ts";

/** What a soak came to: requests by how they ended, and the memory before and after, bytes of the heap. */
export interface SoakReport {
  outcomes: Record<Outcome, number>;
  heapBefore: number;
  heapAfter: number;
}

/** How the primary treats its nth call: mostly well, now and then with a fault. */
function primaryBehaviour(nth: number) {
  if (nth % 11 === 0) return status(503);
  if (nth % 13 === 0) return { ...broken("cut"), text: null };
  if (nth % 17 === 0) return { ...broken("error_event"), text: null };
  if (nth % 19 === 0) return { ...broken("reset"), text: null };
  if (nth % 7 === 0) return answer({ text: null, delayMs: 2 });
  return echo();
}

/**
 * Sends `count` mixed requests through a whole app's gateway, `atOnce` at a time: both formats, streaming and not, some left by their
 * client, over a primary with faults that is shut down and started again in the middle, and a second link that says the same.
 */
export async function soak(count: number, atOnce: number): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-soak-"));
  const token = "the-token-of-this-soak";
  let primary = await startPrimary();
  const port = Number(new URL(primary.url).port);
  await using second = await startUnruly();
  second.script(echo());
  const app = createApp({
    version: "0.0.0",
    resources: fileURLToPath(new URL("../../../resources", import.meta.url)),
    dataDir: folder,
    settingsFile: createConfStore(folder),
    configFile: {
      path: join(folder, "holdfast.yaml"),
      config: {
        fallback_chain: [
          // Faults are to be met, not avoided: the breaker stays closed but for the restart.
          {
            id: "primary",
            provider: "openai",
            model: "any",
            base_url: `${primary.url}/v1`,
            breaker: { failure_threshold: 50, recovery_timeout: "500ms" },
          },
          {
            id: "second",
            provider: "anthropic",
            model: "any",
            base_url: second.url,
            breaker: { failure_threshold: 1_000 },
          },
        ],
        recovery: "restart",
        cache: { enabled: false },
        health: { probes: false },
        gateway: { port: 0 },
      },
    },
    env: { HOLDFAST_TOKEN: token },
    vaults: [],
    spawnEngine: () =>
      forkEngine(fileURLToPath(new URL("../../../electron/engine/child.ts", import.meta.url))),
    onError: (error) => console.error(error),
  });
  const url = await app.gateway.start();
  const outcomes: Record<Outcome, number> = { whole: 0, told: 0, left: 0, lost: 0, mixed: 0, cut: 0 };

  const forget = () => {
    primary.calls.length = 0;
    second.calls.length = 0;
  };
  const send = async (from: number, to: number) => {
    let next = from;
    const worker = async () => {
      for (let n = next++; n < to; n = next++) {
        outcomes[await request(url, token, n)]++;
        if (n % 200 === 0) forget();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };

  try {
    await send(0, Math.ceil(count / 10));
    const heapBefore = settledHeap();
    await send(Math.ceil(count / 10), Math.ceil(count / 2));
    const restarting = primary.close().then(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      primary = await startPrimary(port);
    });
    await send(Math.ceil(count / 2), count);
    await restarting;
    forget();
    return { outcomes, heapBefore, heapAfter: settledHeap() };
  } finally {
    await app[Symbol.asyncDispose]();
    await primary.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function startPrimary(port = 0): Promise<Unruly> {
  const server = await startUnruly({ port });
  server.script(({ index }) => primaryBehaviour(index + 1));
  return server;
}

/** The heap in use when what can be freed has been, where Node lets us ask for it (`--expose-gc`). */
function settledHeap(): number {
  for (let times = 0; times < 3; times++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
