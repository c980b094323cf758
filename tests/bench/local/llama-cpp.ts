import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Message } from "../../../electron/contract/index.ts";
import { residentBytes } from "./memory.ts";

const run = promisify(execFile);

/** llama.cpp's source as node-llama-cpp brings it along: the same as is in its binaries. */
const bundle = fileURLToPath(
  new URL("llama/gitRelease.bundle", new URL("..", import.meta.resolve("node-llama-cpp"))),
);

/**
 * Builds `llama-bench` and `llama-server` for this very processor, unless `folder` has them. Needs git, cmake and a C++ compiler,
 * and some minutes the first time. Gives the folder of the programs.
 */
export async function buildLlamaCpp(folder: string): Promise<string> {
  const programs = join(folder, "build/bin");
  if (existsSync(join(programs, "llama-bench")) && existsSync(join(programs, "llama-server")))
    return programs;
  console.log(`Building llama.cpp in ${folder} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const source = join(folder, "source");
  await run("git", ["clone", "--quiet", bundle, source]);
  const off = ["BUILD_SHARED_LIBS", "LLAMA_BUILD_TESTS", "LLAMA_BUILD_EXAMPLES", "LLAMA_BUILD_APP"];
  const noPage = ["LLAMA_BUILD_UI", "LLAMA_USE_PREBUILT_UI", "LLAMA_OPENSSL"];
  const options = ["-DCMAKE_BUILD_TYPE=Release", ...[...off, ...noPage].map((option) => `-D${option}=OFF`)];
  const quiet = { maxBuffer: 1 << 28 };
  await run("cmake", ["-S", source, "-B", join(folder, "build"), ...options], quiet);
  const targets = ["--target", "llama-bench", "--target", "llama-server"];
  const jobs = String(availableParallelism());
  await run("nice", ["cmake", "--build", join(folder, "build"), "-j", jobs, ...targets], quiet);
  return programs;
}

/** What llama-bench says, tokens a second: reading `promptTokens`, then writing `answerTokens` behind them. */
export async function llamaBench(
  programs: string,
  path: string,
  { threads, promptTokens, answerTokens }: { threads: number; promptTokens: number; answerTokens: number },
): Promise<{ reading: number; writing: number }> {
  const speed = async (...test: string[]) => {
    const args = ["-m", path, "-t", String(threads), "-ngl", "0", "-r", "1", "-o", "json", ...test];
    const { stdout } = await run(join(programs, "llama-bench"), args);
    const [result] = JSON.parse(stdout) as { avg_ts: number }[];
    if (result === undefined) throw new Error("llama-bench said nothing");
    return result.avg_ts;
  };
  return {
    reading: await speed("-p", String(promptTokens), "-n", "0"),
    writing: await speed("-p", "0", "-n", String(answerTokens), "-d", String(promptTokens)),
  };
}

/** llama-server with one model, ended when disposed. */
export class LlamaServer implements AsyncDisposable {
  readonly #process;
  readonly #url: string;
  /** From its start until it is ready, milliseconds. */
  readonly loadMs: number;

  private constructor(process: ReturnType<typeof spawn>, url: string, loadMs: number) {
    this.#process = process;
    this.#url = url;
    this.loadMs = loadMs;
  }

  static async start(programs: string, path: string, threads: number): Promise<LlamaServer> {
    const port = await freePort();
    const begun = performance.now();
    const args = [
      "-m",
      path,
      "-t",
      threads,
      "-c",
      8192,
      "-np",
      1,
      "-ngl",
      0,
      "--host",
      "127.0.0.1",
      "--port",
      port,
    ];
    const process = spawn(join(programs, "llama-server"), args.map(String), { stdio: "ignore" });
    const url = `http://127.0.0.1:${port}`;
    const isReady = () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isReady())) {
      if (process.exitCode !== null) throw new Error(`llama-server ended with ${process.exitCode}`);
      await setTimeout(5);
    }
    return new LlamaServer(process, url, performance.now() - begun);
  }

  /** Milliseconds until the first piece of the answer, which is then cut, and the tokens that it had read already. */
  async firstTokenMs(messages: readonly Message[]): Promise<number> {
    const begun = performance.now();
    const body = { messages, stream: true, temperature: 0, max_tokens: 1, ignore_eos: true };
    const response = await fetch(`${this.#url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok || response.body === null) throw new Error(`llama-server said ${response.status}`);
    let firstMs = 0;
    let text = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (firstMs === 0 && /"content":"[^"]/.test(text)) firstMs = performance.now() - begun;
    }
    if (firstMs === 0) throw new Error(`llama-server said nothing: ${text}`);
    return firstMs;
  }

  residentBytes(): Promise<number> {
    return residentBytes(this.#process.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
