import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  EngineClient,
  type EngineClientOptions,
  type EngineEvent,
  type EngineProcess,
  forkEngine,
} from "../../electron/engine/index.ts";
import { type ReciterOptions, writeReciter } from "../fixtures/gguf/index.ts";

export const childEntry = fileURLToPath(new URL("../../electron/engine/child.ts", import.meta.url));

/** Loading native code in a new process takes seconds on a busy machine. */
export const slow = { timeout: 120_000 };

/** A folder of models and a client with a real process, both gone when disposed. */
export class Bench implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "holdfast-engine-"));
  /** Every process that the client has started, the last one last. */
  readonly processes: EngineProcess[] = [];
  readonly client: EngineClient;
  #models = 0;

  constructor(options: Omit<EngineClientOptions, "spawn"> = {}) {
    this.client = new EngineClient({
      ...options,
      spawn: () => {
        const process = forkEngine(childEntry);
        this.processes.push(process);
        return process;
      },
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a reciter, and gives what a request needs to run it. */
  model(options: ReciterOptions): { path: string; gpu: "off" } {
    this.#models += 1;
    return { path: writeReciter(this.path(`reciter-${this.#models}.gguf`), options), gpu: "off" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const question = [{ role: "user" as const, content: "Say it." }];

/** A signal that never aborts. */
export const patience = new AbortController().signal;

export interface Collected {
  text: string;
  deltas: number;
  finish: Extract<EngineEvent, { type: "finish" }> | null;
}

/** Reads a generation to its end. */
export async function collect(events: AsyncIterable<EngineEvent>): Promise<Collected> {
  const collected: Collected = { text: "", deltas: 0, finish: null };
  for await (const event of events) {
    if (event.type === "delta") {
      collected.text += event.text ?? "";
      collected.deltas += 1;
    } else if (event.type === "finish") collected.finish = event;
  }
  return collected;
}

/** Reads on until an event of `type` has come. */
export async function until(events: AsyncIterator<EngineEvent>, type: EngineEvent["type"]): Promise<void> {
  for (;;) {
    const { done, value } = await events.next();
    if (done) throw new Error(`ended before a ${type}`);
    if (value.type === type) return;
  }
}
