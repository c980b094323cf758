import { fork } from "node:child_process";
import type { EngineExit, EngineProcess } from "./process.ts";

export interface ForkOptions {
  /** Default: this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Arguments for Node itself. Default: none, whatever this process was started with. */
  execArgv?: readonly string[];
}

/** Starts the engine as a child of Node. `entryPath` is the absolute path of `child.ts`, or of what it was bundled to. */
export function forkEngine(entryPath: string, options: ForkOptions = {}): EngineProcess {
  const child = fork(entryPath, [], {
    env: options.env ?? process.env,
    execArgv: [...(options.execArgv ?? [])],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const exited = new Promise<EngineExit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    // without a pid there was no start, and no exit will follow; otherwise a message was lost, and the exit tells why
    child.on("error", () => child.pid === undefined && resolve({ code: null, signal: null }));
  });
  return {
    pid: child.pid,
    stderr: child.stderr,
    postMessage: (message) => {
      // the callback takes the error of a channel that closes meanwhile
      if (child.connected) child.send(message as string, () => {});
    },
    onMessage: (listener) => child.on("message", listener),
    onExit: (listener) => void exited.then(listener),
    kill: () => child.kill("SIGKILL"),
  };
}
