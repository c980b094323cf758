import type { ModelFit } from "../contract/index.ts";
import { inBytes } from "./errors.ts";

/** What this machine offers, bytes. */
export interface Room {
  memoryBytes: number;
  freeMemoryBytes: number;
  /** Of the GPU; null where the CPU is used, or nobody knows yet. */
  vramBytes: number | null;
  /** Of the disk where models are put; null for a model that is there already. */
  freeDiskBytes: number | null;
  /** Bytes of weights that are read a second; null before the first benchmark. */
  weightsBytesPerSecond: number | null;
}

export interface Wanted {
  sizeBytes: number | null;
  /** As the engine or the catalogue says; null to go by the size. */
  memoryBytes: number | null;
  activeShare: number;
  /** Of a benchmark of this very model. */
  measuredTokensPerSecond: number | null;
}

/** What the system and the app need beside a model. */
const keptFreeBytes = 1e9;

/** Whether a model fits, and how fast it will be. A token needs every (active) weight once, so reading them sets the speed. */
export function fitOf(model: Wanted, room: Room): ModelFit {
  const memory =
    model.memoryBytes ?? (model.sizeBytes === null ? null : Math.round(model.sizeBytes * 1.1 + 100e6));
  const size = model.sizeBytes ?? model.memoryBytes;
  const expected =
    room.weightsBytesPerSecond === null || size === null
      ? null
      : room.weightsBytesPerSecond / (size * model.activeShare);
  const fit = {
    memory_bytes: memory,
    tokens_per_second: model.measuredTokensPerSecond ?? expected,
    measured: model.measuredTokensPerSecond !== null,
  };
  if (memory === null)
    return { ...fit, verdict: "unknown", reason: "Its size is not known before its header was read." };
  const gpu = room.vramBytes ?? 0;
  if (memory + keptFreeBytes > room.memoryBytes + gpu)
    return {
      ...fit,
      verdict: "too_large",
      reason: `It needs about ${inBytes(memory)} of memory; this machine has ${inBytes(room.memoryBytes)}${gpu > 0 ? ` and its GPU ${inBytes(gpu)}` : ""}.`,
    };
  if (room.freeDiskBytes !== null && model.sizeBytes !== null && model.sizeBytes > room.freeDiskBytes)
    return {
      ...fit,
      verdict: "no_space",
      reason: `The file has ${inBytes(model.sizeBytes)}; ${inBytes(room.freeDiskBytes)} are free on the disk.`,
    };
  if (memory > room.freeMemoryBytes + gpu)
    return {
      ...fit,
      verdict: "tight",
      reason: `It needs about ${inBytes(memory)} of memory; only ${inBytes(room.freeMemoryBytes)} are free now. Close other programs first.`,
    };
  return {
    ...fit,
    verdict: "fits",
    reason: `It needs about ${inBytes(memory)} of memory.${gpuWords(memory, room.vramBytes)}`,
  };
}

/** Where a model will be: layers that the GPU can't hold run on the CPU. */
function gpuWords(memory: number, vramBytes: number | null): string {
  if (vramBytes === null) return "";
  if (memory <= vramBytes) return " The GPU can hold all of it.";
  return ` The GPU can hold about ${Math.floor((vramBytes / memory) * 100)} % of it; the rest runs on the CPU.`;
}
