import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import type { Config } from "../../../electron/contract/index.ts";
import { builtProgram, cleanEnv } from "../../hosts/support/program.ts";

const noNetwork = pathToFileURL(resolve(import.meta.dirname, "no-network.ts")).href;
const startLimitMs = 20_000;

export interface HostOptions {
  dataDir: string;
  /** Default: none, so that the settings of the app are in force. */
  config?: Config;
  /** Default: a free one. */
  port?: number;
  env?: Record<string, string>;
  /** Refuses every connection that would leave this machine, as a machine without a network does. */
  offline?: boolean;
}

/** The app in a process of its own, with its page on loopback. Disposing kills it. */
export interface Host extends AsyncDisposable {
  /** The one-time link, as it was printed. */
  link: string;
  /** `http://127.0.0.1:port`. */
  origin: string;
  port: number;
  pid: number;
  /** Everything that it wrote so far. */
  output(): string;
  /** Sends a signal, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** The cookie that the one-time link gives, `name=value`. The link is used up by it. */
  cookie(): Promise<string>;
}

/** Starts the built browser host and waits until it is ready. */
export async function startHost({
  dataDir,
  config,
  port = 0,
  env = {},
  offline,
}: HostOptions): Promise<Host> {
  const configFile = join(dataDir, "holdfast-e2e.json");
  if (config) writeFileSync(configFile, JSON.stringify(config));
  const child = spawn(process.execPath, [builtProgram("browser.js")], {
    cwd: dataDir,
    stdio: ["ignore", "pipe", "pipe"],
    env: cleanEnv({
      HOLDFAST_DATA_DIR: dataDir,
      HOLDFAST_PAGE_PORT: String(port),
      HOLDFAST_OPEN: "0",
      ...(config && { HOLDFAST_CONFIG: configFile }),
      ...(offline && { NODE_OPTIONS: `--import=${noNetwork}` }),
      ...env,
    }),
  });
  const exited = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  try {
    const link = await readyLink(child.stdout, exited);
    const origin = new URL(link).origin;
    let cookie: Promise<string> | null = null;
    return {
      link,
      origin,
      port: Number(new URL(link).port),
      pid: child.pid as number,
      output: () => output,
      end,
      cookie: () => (cookie ??= cookieOf(link)),
      [Symbol.asyncDispose]: () => end("SIGKILL"),
    };
  } catch (error) {
    await end("SIGKILL");
    throw new Error(`The browser host did not start. It wrote:\n${output}`, { cause: error });
  }
}

async function readyLink(stdout: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<string> {
  const ready = new Promise<string>((found) => {
    createInterface({ input: stdout }).on("line", (line) => {
      const link = /Holdfast is ready: (\S+)/.exec(line)?.[1];
      if (link) found(link);
    });
  });
  const tooLate = AbortSignal.timeout(startLimitMs);
  return Promise.race([
    ready,
    exited.then(() => Promise.reject(new Error("It ended before it was ready."))),
    once(tooLate, "abort").then(() => Promise.reject(tooLate.reason)),
  ]);
}

async function cookieOf(link: string): Promise<string> {
  const { headers, status } = await fetch(link, { redirect: "manual" });
  const [cookie] = headers.getSetCookie();
  if (cookie === undefined) throw new Error(`The one-time link gave no cookie, but status ${status}.`);
  return cookie.split(";", 1)[0] as string;
}
