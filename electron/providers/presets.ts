import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Preset, preset } from "../contract/index.ts";

/** The presets that a JSON text holds. Throws an error that names `from`, the entry and the key when they are not valid. */
export function parsePresets(json: string, from: string): Preset[] {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (cause) {
    throw new Error(`${from} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const read = z.array(preset).safeParse(data);
  if (read.success) return read.data;
  throw new Error(`${from} is not a list of providers:\n${z.prettifyError(read.error)}`, {
    cause: read.error,
  });
}

/** The presets in the file at `path`, which is `providers.json` among the program's resources. */
export function loadPresets(path: string): Preset[] {
  return parsePresets(readFileSync(path, "utf8"), path);
}
