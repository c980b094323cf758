import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { type App, createApp } from "../../electron/app/index.ts";
import { collect } from "../../electron/chain/index.ts";
import type { Config } from "../../electron/contract/index.ts";
import { type EngineProcess, forkEngine } from "../../electron/engine/index.ts";
import { createGateway } from "../../electron/gateway/index.ts";
import { createConfStore } from "../../electron/store/index.ts";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { ChaosServer } from "./server.ts";
import { localJson, localWords } from "./spoken.ts";

/** A chain's way to an answer: the app's own, or a broken one that the matrix has to find out. */
export type RunChain = App["run"];

const token = "chaos";
const engineEntry = fileURLToPath(new URL("../../electron/engine/child.ts", import.meta.url));

/** The settings in which nothing but the requests of a cell sends anything, and no earlier answer is given again. */
const quiet: Config = {
  health: { probes: false },
  cache: { enabled: false },
  outbox: { enabled: false },
  deadline: "60s",
};

/** The whole app on a folder of its own, its gateway on a socket, and the servers behind its links. */
export class House implements AsyncDisposable {
  readonly folder: string;
  readonly server: ChaosServer;
  readonly app: App;
  /** Faults that no answer told of: there should be none. */
  readonly errors: unknown[] = [];
  /** Of every process of the engine that was started. */
  readonly pids: number[] = [];
  /** A model on this machine that works. */
  readonly localModel: string;
  /** One that says JSON. */
  readonly localJsonModel: string;
  /** Asks the chain, perhaps a broken one. */
  readonly run: RunChain;
  readonly #gateway: Server;
  #process: EngineProcess | null = null;
  #mostData: number | null = null;
  #cells = 0;

  static async open(breaks: (run: RunChain) => RunChain = (run) => run): Promise<House> {
    const house = new House(await ChaosServer.start(), breaks);
    house.#gateway.listen(0, "127.0.0.1");
    await once(house.#gateway, "listening");
    return house;
  }

  private constructor(server: ChaosServer, breaks: (run: RunChain) => RunChain) {
    this.folder = mkdtempSync(join(tmpdir(), "holdfast-chaos-"));
    this.server = server;
    this.localModel = writeReciter(join(this.folder, "sound.gguf"), { sentence: localWords });
    this.localJsonModel = writeReciter(join(this.folder, "json.gguf"), { sentence: localJson });
    const settingsFile = createConfStore(this.folder);
    settingsFile.open().store = { config: quiet };
    const onError = (error: unknown) => void this.errors.push(error);
    this.app = createApp({
      version: "0.0.0",
      resources: fileURLToPath(new URL("../../resources", import.meta.url)),
      dataDir: this.folder,
      settingsFile,
      configFile: null,
      env: { CHAOS_KEY: "sk-chaos-0123456789" },
      vaults: [],
      spawnEngine: () => {
        this.#process = forkEngine(engineEntry);
        if (this.#process.pid !== undefined) this.pids.push(this.#process.pid);
        this.#confine();
        return this.#process;
      },
      onError,
    });
    this.run = breaks((request, signal) => this.app.run(request, signal));
    const gateway = createGateway({
      run: this.run,
      embed: null,
      metrics: async () => ({ text: "", contentType: "text/plain" }),
      status: () => this.app.status.now,
      level: () => this.app.status.now.level,
      links: () => this.app.settings.links,
      setLevel: (level) => this.app.settings.setCeiling(level),
      now: Date.now,
      token: () => token,
      maxBody: 1_000_000,
      allowedOrigins: [],
      maxRequests: 64,
      version: "0.0.0",
      onError,
    });
    // A connection that is closed for idleness while it is used again would be a fault that no cell asked for.
    this.#gateway = createServer({ keepAliveTimeout: 0 }, getRequestListener(gateway.fetch));
  }

  /** The engine's process, where one was started. */
  get process(): EngineProcess | null {
    return this.#process;
  }

  /**
   * Gives the engine's process, and each that follows it, no more memory of its own than this many bytes: what it can write to,
   * without files and without addresses that are only reserved, of which Node takes gigabytes or does without. Linux only.
   */
  confineEngine(bytes: number | null): void {
    this.#mostData = bytes;
    this.#confine();
  }

  #confine(): void {
    if (this.#mostData === null || this.#process?.pid === undefined) return;
    execFileSync("prlimit", ["--pid", String(this.#process.pid), `--data=${this.#mostData}`]);
  }

  /** A model's file under a name of its own for a cell, so that its link remembers no earlier one. */
  modelFor(path: string, cell: number): string {
    const own = join(this.folder, `${cell}-${basename(path)}`);
    if (existsSync(path) && !existsSync(own)) linkSync(path, own);
    return own;
  }

  /** Has the engine run, with a sound model in memory. */
  async startEngine(): Promise<void> {
    this.configure((cell) => ({
      fallback_chain: [{ id: "local", provider: "llama", model: this.modelFor(this.localModel, cell) }],
    }));
    const { answer } = await collect(
      this.app.run({ messages: [{ role: "user", content: "Begin." }] }, new AbortController().signal),
    );
    if (answer.text !== localWords) throw new Error(`The sound model said: ${answer.text}`);
  }

  /** Ends the engine's process, where there is one, and waits until the app has noticed. */
  async endEngine(): Promise<void> {
    if (this.#process === null) return;
    this.#process.kill();
    this.#process = null;
    for await (const { engine } of this.app.status.watch()) {
      if (engine.state === "crashed" || engine.state === "stopped") return;
    }
  }

  /** Puts a chain in force. The cell's number makes the models' names new, so that no link remembers an earlier cell. */
  configure(chainOf: (cell: number) => Config): void {
    this.app.settings.setConfig({ ...quiet, ...chainOf(this.#cells++) });
  }

  /** A request to the gateway over its socket. */
  ask(body: object, signal: AbortSignal): Promise<Response> {
    const { port } = this.#gateway.address() as AddressInfo;
    return fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gateway.closeAllConnections();
    this.#gateway.close();
    // A process that was stopped can't end by itself.
    this.#process?.kill();
    await this.app[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
