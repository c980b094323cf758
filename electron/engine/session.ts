import { createInterface } from "node:readline";
import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import type { ContractRouterClient } from "@orpc/contract";
import type { Clock } from "../chain/index.ts";
import { failureKind } from "../contract/index.ts";
import type { ChildStatus, engineContract } from "./contract.ts";
import { failureOf, type Verdict } from "./death.ts";
import { EngineFailure, messageOf } from "./failure.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { EngineExit, EngineProcess } from "./process.ts";
import { outOfMemoryKills, sightOf } from "./pulse.ts";

export interface SessionOptions {
  process: EngineProcess;
  clock: Pick<Clock, "after">;
  /** The most memory that the process may take, bytes; null for no limit. Asked at each beat. */
  memoryLimitBytes(): number | null;
  onStderr: (line: string) => void;
  onStatus: (status: ChildStatus) => void;
  /** Called once. `failure` says why, for whoever asks now or waits. */
  onEnd: (failure: EngineFailure) => void;
}

const keptLines = 8;
/** A stack tells a person nothing, and would push out the line in front of it that says why. */
const ofStack = /^\s*(?:\d+: |-+ \w+ stack trace -+|$)/;
const lastWordsMs = 100;

/** One process of the engine from its start to its end, and the typed door to it. */
export class EngineSession {
  readonly door: ContractRouterClient<typeof engineContract>;
  readonly #options: SessionOptions;
  readonly #heartbeat: Heartbeat;
  readonly #ended = Promise.withResolvers<void>();
  readonly #gone: Promise<void>;
  readonly #lastLines: string[] = [];
  readonly #killsBefore = outOfMemoryKills();
  #failure: EngineFailure | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { process } = options;
    this.#readStderr();
    this.#gone = new Promise((resolve) =>
      process.onExit((exit) => {
        resolve();
        void this.#allRead().then(() => this.#end(exit, null));
      }),
    );
    this.door = createORPCClient(
      new RPCLink({
        port: {
          on: (event, listener) => {
            // the port closes after `#failure` is set, so that whoever is cut off can say why
            if (event === "close") void this.#ended.promise.then(() => listener());
            else process.onMessage((data) => listener({ data }));
          },
          postMessage: (message: unknown) => process.postMessage(message),
        },
      }),
    );
    this.#heartbeat = new Heartbeat({
      clock: options.clock,
      ask: () => this.door.ping(),
      look: () => sightOf(process.pid),
      onPulse: ({ rssBytes }) => {
        const limitBytes = options.memoryLimitBytes();
        if (limitBytes !== null && rssBytes > limitBytes) this.#kill({ why: "memory", limitBytes });
      },
      onHang: (hang) => this.#kill({ why: "hang", hang }),
    });
    void this.#watch();
  }

  /** Kills the process, and waits until it is gone. */
  async end(): Promise<void> {
    this.#kill({ why: "shutdown" });
    await this.#gone;
  }

  /** What a caller is to throw for `error`: the signal's own reason, the death of the process, or what the child says. */
  explain(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    if (this.#failure !== null) return this.#failure;
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

  /**
   * Ends the process, and its requests at once: one that waits for a driver in the kernel is not gone before the driver
   * comes back, which may be never.
   */
  #kill(verdict: Verdict): void {
    this.#options.process.kill();
    this.#end({ code: null, signal: "SIGKILL" }, verdict);
  }

  #end(exit: EngineExit, verdict: Verdict | null): void {
    if (this.#failure !== null) return;
    this.#heartbeat[Symbol.dispose]();
    const kills = outOfMemoryKills();
    this.#failure = failureOf({
      exit,
      verdict,
      lastLines: this.#lastLines,
      systemLackedMemory: kills !== null && this.#killsBefore !== null && kills > this.#killsBefore,
    });
    this.#options.onEnd(this.#failure);
    this.#ended.resolve();
  }

  async #watch(): Promise<void> {
    try {
      for await (const status of await this.door.watch())
        if (this.#failure === null) this.#options.onStatus(status);
    } catch {
      // the process is gone, which `onEnd` tells
    }
  }

  /** Waits for the last words, which may come behind the exit, but not on a child of the child that keeps the pipe open. */
  async #allRead(): Promise<void> {
    const { process, clock } = this.#options;
    if (process.stderr === null || process.stderr.destroyed || process.stderr.readableEnded) return;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(lastWordsMs, resolve);
      process.stderr?.once("close", () => {
        cancel();
        resolve();
      });
    });
  }

  #readStderr(): void {
    const { process, onStderr } = this.#options;
    if (process.stderr === null) return;
    createInterface({ input: process.stderr }).on("line", (line) => {
      if (!ofStack.test(line)) this.#lastLines.push(line);
      if (this.#lastLines.length > keptLines) this.#lastLines.shift();
      onStderr(line);
    });
  }
}
