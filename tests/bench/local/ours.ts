import { join, resolve } from "node:path";
import type { Chain } from "../../../electron/chain/index.ts";
import type { Message } from "../../../electron/contract/index.ts";
import { EngineClient, type EngineProcess, forkEngine } from "../../../electron/engine/index.ts";
import { llamaProvider } from "../../../electron/providers/index.ts";
import { linkOf } from "../../fixtures/scripted-provider.ts";
import { chainOver, patience } from "../chains.ts";
import { residentBytes } from "./memory.ts";

/** The engine as it ships; `npm run bench:local` has built it. */
const engineEntry = join(resolve(import.meta.dirname, "../../.."), "out/main/engine.js");

/** One answer; times are milliseconds since it was asked. */
export interface Answered {
  firstMs: number;
  totalMs: number;
  inputTokens: number;
  outputTokens: number;
  text: string;
}

/** Chain, provider and engine over one model, as the app has them. */
export class Ours implements AsyncDisposable {
  #process: EngineProcess | null = null;
  readonly #client = new EngineClient({
    spawn: () => {
      this.#process = forkEngine(engineEntry);
      return this.#process;
    },
  });
  readonly #chain: Chain;
  readonly #model: { path: string; gpu: "off" };

  constructor(path: string) {
    this.#model = { path, gpu: "off" };
    const link = linkOf({ id: "local", provider: "llama", model: path, tier: "local", level: "full" });
    const timeouts = { connectMs: 60_000, firstTokenMs: 600_000, idleMs: 60_000, totalMs: 900_000 };
    const provider = llamaProvider({
      engine: {
        generate: (request, signal) => this.#client.generate({ ...request, model: this.#model }, signal),
      },
      resolveModel: (path) => path,
    });
    // noise repeats itself, which a person's answer may not
    const onFailure = { next: [], stop: ["loop" as const] };
    this.#chain = chainOver([{ ...link, timeouts, onFailure }], provider);
  }

  async load(): Promise<number> {
    const begun = performance.now();
    await this.#client.load(this.#model);
    return performance.now() - begun;
  }

  async answer(messages: Message[], maxTokens: number): Promise<Answered> {
    const begun = performance.now();
    let firstMs = 0;
    for await (const event of this.#chain.run({ messages, max_tokens: maxTokens }, patience)) {
      if (event.type === "delta") firstMs ||= performance.now() - begun;
      if (event.type !== "finished") continue;
      if (event.failure) throw new Error(`no answer: ${JSON.stringify(event.receipt.attempts)}`);
      const { input_tokens = 0, output_tokens = 0 } = event.receipt.usage ?? {};
      const totalMs = performance.now() - begun;
      return {
        firstMs,
        totalMs,
        inputTokens: input_tokens,
        outputTokens: output_tokens,
        text: event.answer.text,
      };
    }
    throw new Error("the chain ended without saying how");
  }

  /**
   * Stops an answer, while its prompt is read or (`from: "token"`) after its first token. Milliseconds until whoever asked has it
   * back, and until the engine takes the next request.
   */
  async stop(messages: Message[], from: "reading" | "token"): Promise<{ heardMs: number; freeMs: number }> {
    const abort = new AbortController();
    const events = this.#client.generate({ model: this.#model, messages, maxTokens: 1000 }, abort.signal);
    const seen = from === "token" ? "delta" : "accepted";
    while ((await events.next()).value?.type !== seen);
    // so that the abort falls somewhere into a piece of the prompt, or into a token
    await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 300));
    const begun = performance.now();
    abort.abort();
    await events.next().catch(() => {});
    while (from === "token" && !(await events.next().catch(() => ({ done: true as const }))).done);
    const heardMs = performance.now() - begun;
    await this.#client.load(this.#model);
    return { heardMs, freeMs: performance.now() - begun };
  }

  /** Ends the engine's process as a crash would, and waits until the client has noticed. */
  async crash(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#process?.onExit(() => resolve()));
    process.kill(this.#process?.pid ?? 0, "SIGKILL");
    await gone;
  }

  residentBytes(): Promise<number> {
    return residentBytes(this.#process?.pid);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }
}
