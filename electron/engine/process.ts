import type { Readable } from "node:stream";

/** How a process of the engine ended. */
export interface EngineExit {
  /** Null when a signal ended it. */
  code: number | null;
  signal: string | null;
}

/** A process that runs the engine's entry, however it was started. Messages are structured clones or strings. */
export interface EngineProcess {
  /** Undefined until it has started, where that takes a while. */
  readonly pid: number | undefined;
  /** What it writes to its standard error, where that is piped. */
  readonly stderr: Readable | null;
  /** Does nothing once the process is gone. */
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when the process could not be started. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Ends it at once. */
  kill(): void;
}
