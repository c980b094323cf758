import { EngineFailure } from "./failure.ts";
import type { Hang } from "./heartbeat.ts";
import { memoryPattern } from "./memory-pattern.ts";
import type { EngineExit } from "./process.ts";

/** Why this app ended the process itself. */
export type Verdict =
  | { why: "shutdown" }
  | { why: "hang"; hang: Hang }
  | { why: "memory"; limitBytes: number };

export interface Death {
  exit: EngineExit;
  verdict: Verdict | null;
  /** The last lines that the process wrote to its standard error. */
  lastLines: readonly string[];
  /** Whether the system killed a process for want of memory while this one ran. */
  systemLackedMemory: boolean;
}

const again = "It starts again with the next request";
const smaller = "Close other programs, or choose a smaller model under Models.";

/** Names of the exit codes with which Windows ends a process: NTSTATUS values, unsigned. */
const windowsEnds: Readonly<Record<number, string>> = {
  3221225477: "access violation",
  3221225501: "illegal instruction",
  3221225495: "out of memory",
  3221225725: "stack overflow",
  3221226505: "abort",
};

/** What the end of the engine's process means for the requests that it had, as a failure that a person understands. */
export function failureOf(death: Death): EngineFailure {
  const { verdict, lastLines } = death;
  const cause = lastLines.length > 0 ? new Error(lastLines.join("\n")) : undefined;
  switch (verdict?.why) {
    case "shutdown":
      return new EngineFailure("cancelled", "The engine was shut down with the app.", cause);
    case "hang":
      return new EngineFailure("engine_crashed", hangText(verdict.hang), cause);
    case "memory":
      return new EngineFailure("out_of_memory", limitText(verdict.limitBytes), cause);
    case undefined:
      break;
    default:
      verdict satisfies never;
  }
  if (lackedMemory(death))
    return new EngineFailure(
      "out_of_memory",
      `The engine's process was ended because this machine ran out of memory. ${again}. ${smaller}`,
      cause,
    );
  const words = lastWords(lastLines);
  const text =
    words === null
      ? `The engine's process ended unexpectedly (${endOf(death.exit)}). ${again}; if this happens again, choose a smaller model.`
      : `llama.cpp gave up in the middle (${words}). ${again}; if this happens again, download the model again or choose another under Models.`;
  return new EngineFailure("engine_crashed", text, cause);
}

/** The failure of a model whose file alone is larger than the engine may be. */
export function tooLargeFor(limitBytes: number, path: string, sizeBytes: number): EngineFailure {
  return new EngineFailure(
    "out_of_memory",
    `The model ${path} takes ${inGib(sizeBytes)}, more than the ${inGib(limitBytes)} that engine.memory_limit allows. Raise the limit, or choose a smaller model under Models.`,
  );
}

function hangText(hang: Hang): string {
  return hang === "silent"
    ? `The engine's process no longer answered, so it was ended. ${again}; if this happens again, choose a smaller model.`
    : `The engine made no progress, so it was ended: a driver may hang. ${again}; if this happens again, set engine.gpu to off.`;
}

const limitText = (limitBytes: number): string =>
  `The engine took more memory than the ${inGib(limitBytes)} that engine.memory_limit allows, so it was ended. Raise the limit, or choose a smaller model or context.`;

function lackedMemory({ exit, lastLines, systemLackedMemory }: Death): boolean {
  if (exit.signal === "SIGKILL" && systemLackedMemory) return true;
  if (exit.code === 3221225495) return true;
  return lastLines.some((line) => memoryPattern.test(line));
}

/** What llama.cpp or the C++ runtime said before it ended the process, without the place in its source. */
function lastWords(lines: readonly string[]): string | null {
  const said = /GGML_(?:ASSERT|ABORT)\(.*\)|what\(\):\s+(.+)/.exec(lines.join("\n"));
  return said === null ? null : (said[1] ?? said[0]).slice(0, 200);
}

function endOf({ signal, code }: EngineExit): string {
  if (signal !== null) return signal;
  if (code === null) return "it did not start";
  return windowsEnds[code] ?? `code ${code}`;
}

const inGib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
