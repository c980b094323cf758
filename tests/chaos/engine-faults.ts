import { join } from "node:path";
import type { FailureKind, LinkConfig, NoticeCode } from "../../electron/contract/index.ts";
import { brokenModels, writeReciter } from "../fixtures/gguf/index.ts";
import { endlessWords, localWords } from "./spoken.ts";

/** A way in which the engine fails. */
export interface EngineFault {
  name: string;
  /** Writes the model that the faulty link runs, once, and gives its path. */
  model(folder: string): string;
  /** What happens to the engine's process as soon as it speaks with that model. */
  signal?: "SIGKILL" | "SIGSTOP";
  /** How many megabytes more than with a small model the engine's process may take. */
  roomMb?: number;
  kinds: readonly FailureKind[];
  /** Whether a part of an answer may have come before it. */
  torn: boolean;
  follows: "next";
  again: false;
  limits?: NonNullable<LinkConfig["timeouts"]>;
  notice?: NoticeCode;
}

const once = (name: string, write: (path: string) => unknown) => {
  const folders = new Set<string>();
  return (folder: string) => {
    const path = join(folder, name);
    if (!folders.has(folder)) write(path);
    folders.add(folder);
    return path;
  };
};

const endless = once("endless.gguf", (path) =>
  writeReciter(path, { sentence: endlessWords, endless: true, contextLength: 8_192 }),
);

const fails = (
  name: string,
  kinds: FailureKind[],
  more: Pick<EngineFault, "model"> & Partial<EngineFault>,
): EngineFault => ({
  name,
  kinds,
  torn: false,
  follows: "next",
  again: false,
  ...more,
});

const every: readonly EngineFault[] = [
  fails("engine: SIGKILL", ["engine_crashed"], { model: endless, signal: "SIGKILL", torn: true }),
  fails("engine: SIGSTOP", ["engine_crashed"], { model: endless, signal: "SIGSTOP", torn: true }),
  fails("engine: out of memory", ["out_of_memory"], {
    // To compute with it takes more than a gigabyte. The file is zeros, which take no room on the disk.
    model: once("immense.gguf", (path) => writeReciter(path, { sentence: localWords, feedForward: 200_000 })),
    roomMb: 300,
    notice: "model_too_large",
  }),
  fails("engine: model cut off", ["malformed"], {
    model: once("cut-off.gguf", brokenModels.truncatedTensors),
  }),
  fails("engine: tensor missing", ["malformed"], {
    model: once("tensor.gguf", brokenModels.missingTensor),
  }),
  fails("engine: web page for a model", ["malformed"], {
    model: once("page.gguf", brokenModels.webPage),
  }),
  fails("engine: model file gone", ["not_found"], {
    model: (folder) => join(folder, "no-such.gguf"),
    notice: "model_missing",
  }),
];

/** Every way in which the engine on this machine may fail; where a process can't be kept short of memory from outside, all but that. */
export const engineFaults: readonly EngineFault[] = every.filter(
  ({ roomMb }) => roomMb === undefined || process.platform === "linux",
);
