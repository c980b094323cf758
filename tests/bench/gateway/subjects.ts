import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../../electron/contract/index.ts";
import { pythonEnvironment } from "../../fixtures/python.ts";
import { builtProgram, cleanEnv } from "../../hosts/support/program.ts";

const portkey = {
  dependencies: { "@portkey-ai/gateway": "1.15.2" },
  // With the later versions that its range allows, every stream ends in "TypeError: immutable".
  overrides: { "@hono/node-server": "1.13.8" },
};
const token = "the-token-of-this-bench";
/** How long a proxy may take until it answers, milliseconds. */
const startLimitMs = 90_000;

/** A proxy in front of the provider, in a process of its own. */
export interface Subject {
  name: string;
  /** Where chat completions are asked for. */
  url: string;
  headers: Record<string, string>;
  pid: number | null;
}

const bearer = { authorization: `Bearer ${token}`, "content-type": "application/json" };
const chat = (port: number) => `http://127.0.0.1:${port}/v1/chat/completions`;

/** Starts proxies and ends them with itself. */
export class Subjects implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #provider: string;

  /** `provider`: its base URL, with `/v1`. */
  constructor(provider: string) {
    this.#provider = provider;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  /** No proxy: what all others are compared with. */
  straight(): Subject {
    return { name: "straight", url: `${this.#provider}/chat/completions`, headers: bearer, pid: null };
  }

  async bare(): Promise<Subject> {
    const program = join(import.meta.dirname, "bare-proxy.ts");
    const child = this.#own(
      spawn(process.execPath, [program, this.#provider], { stdio: ["ignore", "inherit", "inherit", "ipc"] }),
    );
    const [port] = await once(child, "message");
    return { name: "bare proxy", url: chat(port), headers: bearer, pid: child.pid ?? null };
  }

  /** `holdfast serve` as it is built, with a cloud link of each of the provider's models, and `more` in its config. */
  async holdfast(
    models: readonly string[],
    {
      profile,
      name = "Holdfast",
      more = {},
    }: { profile?: string | undefined; name?: string; more?: Config } = {},
  ): Promise<Subject> {
    const folder = this.#folder();
    const config: Config = {
      fallback_chain: models.map((model) => ({
        id: model,
        provider: "openai",
        model,
        base_url: this.#provider,
        price: { input: 1, output: 1 },
        retry: { max_retries: 0 },
        ...(model === "broken" && { breaker: { failure_threshold: 1, recovery_timeout: "1s" } }),
      })),
      health: { probes: false },
      ...more,
    };
    writeFileSync(join(folder, "holdfast.yaml"), JSON.stringify(config));
    const port = await freePort();
    const options = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
    const args = [...options, builtProgram("cli.js"), "serve", "--port", String(port)];
    const env = cleanEnv({
      HOLDFAST_DATA_DIR: join(folder, "data"),
      HOLDFAST_TOKEN: token,
      OPENAI_API_KEY: "none",
    });
    return this.#started({ name, url: chat(port), headers: bearer }, process.execPath, args, folder, env);
  }

  /** Portkey's gateway from npm, told by headers where the provider is. */
  async portkey(): Promise<Subject> {
    const folder = join(tmpdir(), `holdfast-portkey-${portkey.dependencies["@portkey-ai/gateway"]}`);
    const ready = join(folder, "ready");
    if (!existsSync(ready)) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), JSON.stringify(portkey));
      const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--silent"];
      execFileSync("npm", ["install", ...options], { cwd: folder, stdio: "inherit" });
      mkdirSync(ready);
    }
    const program = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
    const port = await freePort();
    const headers = { ...bearer, "x-portkey-provider": "openai", "x-portkey-custom-host": this.#provider };
    const env = cleanEnv({ TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost", NODE_ENV: "production" });
    const args = [program, "--headless", `--port=${port}`];
    return this.#started(
      { name: "Portkey", url: chat(port), headers },
      process.execPath,
      args,
      this.#folder(),
      env,
    );
  }

  /** LiteLLM's proxy from PyPI, one worker, as it comes. */
  async litellm(models: readonly string[]): Promise<Subject> {
    const programs = pythonEnvironment("litellm", join(import.meta.dirname, "litellm-requirements.txt"));
    const folder = this.#folder();
    const config = {
      model_list: models.map((model) => ({
        model_name: model,
        litellm_params: { model: `openai/${model}`, api_base: this.#provider, api_key: "none" },
      })),
      general_settings: { master_key: token },
    };
    writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
    const port = await freePort();
    const args = [
      "--config",
      join(folder, "config.yaml"),
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--telemetry",
      "False",
    ];
    const env = cleanEnv({ LITELLM_LOCAL_MODEL_COST_MAP: "True", LITELLM_LOG: "ERROR" });
    return this.#started(
      { name: "LiteLLM", url: chat(port), headers: bearer },
      join(programs, "litellm"),
      args,
      folder,
      env,
    );
  }

  #folder(): string {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-gateway-"));
    this.#stack.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    return folder;
  }

  #own<Child extends ChildProcess>(child: Child): Child {
    this.#stack.defer(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const ended = once(child, "exit");
      const limit = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(limit);
    });
    return child;
  }

  /** Starts a program and waits until it answers; its words are shown only when it does not. */
  async #started(
    subject: Omit<Subject, "pid">,
    command: string,
    args: readonly string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
  ): Promise<Subject> {
    const child = this.#own(spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] }));
    let words = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text) => (words = `${words}${text}`.slice(-4_000)));
    const body = JSON.stringify(question("at-once"));
    for (const begin = performance.now(); performance.now() - begin < startLimitMs; ) {
      if (child.exitCode !== null) break;
      const answer = await fetch(subject.url, { method: "POST", headers: subject.headers, body }).catch(
        () => null,
      );
      if (answer?.ok) {
        await answer.text();
        return { ...subject, pid: child.pid ?? null };
      }
      if (answer) words += `\n${answer.status} ${await answer.text()}`;
      await new Promise((next) => setTimeout(next, 250));
    }
    throw new Error(`${subject.name} did not answer:\n${words}`);
  }
}

/** The request that all clients send. */
export const question = (model: string) => ({
  model,
  stream: true,
  stream_options: { include_usage: true },
  messages: [
    { role: "system", content: "You answer in words." },
    { role: "user", content: "Count to thirty-two, please." },
  ],
});

/** The time that a process has had on a processor so far, milliseconds; null where the system does not tell. */
export function cpuMsOf({ pid }: Subject): number | null {
  if (pid === null || process.platform !== "linux") return null;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  // utime and stime, in ticks of 10 ms.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, "close");
  return port;
}
