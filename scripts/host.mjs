// @ts-check
// Chooses the host for `npm start`: the desktop window where it can be had, else the browser.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { readJson } from "./files.mjs";
import { runInForeground, runQuietly, SetupError } from "./process.mjs";

const fetchLimitMs = 120_000;
const fetchAgainAfterMs = 24 * 3_600_000;
/** An Electron that ends badly sooner than this never showed its window. */
const startLimitMs = 8_000;

/** @param {string} text */
const say = (text) => process.stderr.write(`Holdfast: ${text}\n`);

/**
 * The path of Electron's program, or null where it has not been fetched.
 * @param {string} root
 */
export function electronBinary(root) {
  const folder = join(root, "node_modules/electron");
  try {
    const path = join(folder, "dist", readFileSync(join(folder, "path.txt"), "utf8"));
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/**
 * Why Electron could not show a window on this machine, or null when it could.
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, uid: number | undefined }} machine
 */
export function whyNoWindow({ platform, env, uid }) {
  if (platform !== "linux") return null;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return "this machine has no display";
  if (uid === 0) return "Electron's sandbox does not run for root";
  return null;
}

/** Whether any network beyond this machine is up. */
const isConnected = () =>
  Object.values(networkInterfaces()).some((list) => list?.some((one) => !one.internal));

/**
 * Tries to fetch Electron's program, once a day at most unless `insist`; gives back why there is none, or null when it is
 * there.
 * @param {string} root
 * @param {string} node
 * @param {boolean} insist
 */
async function fetchElectron(root, node, insist) {
  if (electronBinary(root)) return null;
  const hint = "npx install-electron fetches it";
  const marker = join(root, "out/electron-fetch.json");
  if (!insist && Date.now() - (readJson(marker)?.failedAt ?? 0) < fetchAgainAfterMs)
    return `Electron is not here (${hint})`;
  if (!isConnected()) return "Electron is not here and this machine is offline";
  say(`fetching Electron for the desktop window, once (at most ${fetchLimitMs / 1000} s)…`);
  const installer = join(root, "node_modules/electron/install.js");
  await runQuietly(node, [installer], { cwd: root, timeoutMs: fetchLimitMs });
  if (electronBinary(root)) {
    rmSync(marker, { force: true });
    return null;
  }
  writeFileSync(marker, JSON.stringify({ failedAt: Date.now() }));
  return `Electron could not be fetched (${hint})`;
}

/**
 * Runs the desktop where it can be, else the browser host, and gives back the exit code. HOLDFAST_HOST (`electron` or
 * `browser`) decides where it is set.
 * @param {{ root: string, node: string, env: NodeJS.ProcessEnv, args: string[] }} start
 */
export async function startHost({ root, node, env, args }) {
  const wanted = env.HOLDFAST_HOST;
  if (wanted && wanted !== "electron" && wanted !== "browser") {
    throw new SetupError(`HOLDFAST_HOST is "${wanted}"; it can be electron or browser.`);
  }
  const inBrowser = async () =>
    (await runInForeground(node, [join(root, "out/main/browser.js"), ...args], { env })).code;
  if (wanted === "browser") return inBrowser();
  const obstacle =
    (wanted ? null : whyNoWindow({ platform: process.platform, env, uid: process.getuid?.() })) ??
    (await fetchElectron(root, node, wanted === "electron"));
  if (obstacle && wanted) throw new SetupError(`HOLDFAST_HOST asks for the window, but ${obstacle}.`);
  if (obstacle) {
    say(`${obstacle}; opening in the browser instead.`);
    return inBrowser();
  }
  const startedAt = Date.now();
  const { ELECTRON_RUN_AS_NODE: _, ...desktopEnv } = env;
  const { code, asked } = await runInForeground(electronBinary(root) ?? "", [root, ...args], {
    env: desktopEnv,
  });
  if (code === 0 || asked || wanted || Date.now() - startedAt > startLimitMs) return code;
  say("Electron can't show a window here; opening in the browser instead.");
  return inBrowser();
}
