import { createInterface } from "node:readline";
import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import type { ContractRouterClient } from "@orpc/contract";
import { failureKind } from "../contract/index.ts";
import type { ChildStatus, engineContract } from "./contract.ts";
import { EngineFailure, messageOf } from "./failure.ts";
import type { EngineExit, EngineProcess } from "./process.ts";

export interface SessionListeners {
  onStderr: (line: string) => void;
  onStatus: (status: ChildStatus) => void;
  onExit: () => void;
}

const keptLines = 5;

/** One process of the engine from its start to its end, and the typed door to it. */
export class EngineSession {
  readonly door: ContractRouterClient<typeof engineContract>;
  readonly #process: EngineProcess;
  readonly #ended: Promise<void>;
  readonly #lastLines: string[] = [];
  #exit: EngineExit | null = null;
  #ending = false;

  constructor(process: EngineProcess, listeners: SessionListeners) {
    this.#process = process;
    this.#readStderr(listeners.onStderr);
    this.#ended = new Promise((resolve) =>
      process.onExit((exit) => {
        this.#exit = exit;
        listeners.onExit();
        resolve();
      }),
    );
    this.door = createORPCClient(
      new RPCLink({
        port: {
          on: (event, listener) => {
            // the port closes after `#exit` is set, so that whoever is cut off can say why
            if (event === "close") void this.#ended.then(() => listener());
            else process.onMessage((data) => listener({ data }));
          },
          postMessage: (message: unknown) => process.postMessage(message),
        },
      }),
    );
    void this.#watch(listeners.onStatus);
  }

  /** Kills the process, and waits until it is gone. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#process.kill();
    await this.#ended;
  }

  /** What a caller is to throw for `error`: the signal's own reason, the death of the process, or what the child says. */
  explain(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    if (this.#ending) return new EngineFailure("cancelled", "The engine was shut down with the app.", error);
    if (this.#exit !== null) {
      const how =
        this.#exit.signal ?? (this.#exit.code === null ? "it did not start" : `code ${this.#exit.code}`);
      const cause = this.#lastLines.length > 0 ? new Error(this.#lastLines.join("\n")) : error;
      return new EngineFailure(
        "engine_crashed",
        `The engine's process ended unexpectedly (${how}). It starts again with the next request; if this happens again, choose a smaller model.`,
        cause,
      );
    }
    if (error instanceof ORPCError) {
      const kind = failureKind.safeParse((error.data as { kind?: unknown } | undefined)?.kind);
      if (kind.success) return new EngineFailure(kind.data, error.message, error);
      if (error.code === "BAD_REQUEST")
        return new EngineFailure(
          "invalid_request",
          `The engine refused the request: ${error.message}`,
          error,
        );
    }
    return new EngineFailure("engine_crashed", `The engine can't be reached: ${messageOf(error)}`, error);
  }

  async #watch(onStatus: SessionListeners["onStatus"]): Promise<void> {
    try {
      for await (const status of await this.door.watch()) if (this.#exit === null) onStatus(status);
    } catch {
      // the process is gone, which `onExit` tells
    }
  }

  #readStderr(onLine: (line: string) => void): void {
    if (this.#process.stderr === null) return;
    createInterface({ input: this.#process.stderr }).on("line", (line) => {
      this.#lastLines.push(line);
      if (this.#lastLines.length > keptLines) this.#lastLines.shift();
      onLine(line);
    });
  }
}
