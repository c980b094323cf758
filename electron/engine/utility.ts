import type { Readable } from "node:stream";
import type { UtilityProcess } from "electron";
import type { EngineProcess } from "./process.ts";

/** The part of Electron's `UtilityProcess` that the engine needs. */
export interface UtilityProcessLike {
  readonly pid: UtilityProcess["pid"];
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: unknown): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "exit", listener: (code: number) => void): unknown;
  kill(): boolean;
}

/**
 * An engine in a utility process of Electron. Fork it with `stdio: ["ignore", "ignore", "pipe"]`, so that what llama.cpp
 * writes before it dies can be logged.
 */
export function utilityEngine(
  utility: UtilityProcessLike,
  killNow: (pid: number) => void = (pid) => void process.kill(pid, "SIGKILL"),
): EngineProcess {
  let gone = false;
  utility.once("exit", () => {
    gone = true;
  });
  return {
    get pid() {
      return utility.pid;
    },
    stderr: utility.stderr as Readable | null,
    postMessage: (message) => {
      if (!gone) utility.postMessage(message);
    },
    onMessage: (listener) => void utility.on("message", listener),
    onExit: (listener) => void utility.once("exit", (code) => listener({ code, signal: null })),
    kill: () => {
      if (gone) return;
      // Electron sends SIGTERM, which a process that hangs or is stopped does not heed
      try {
        if (utility.pid !== undefined) killNow(utility.pid);
      } catch {
        // it ended at this moment
      }
      utility.kill();
    },
  };
}
