import { z } from "zod";
import { failureKind, level, linkTier, providerName } from "./words.ts";

/** A link as the status bar and `/v1/health` show it. */
export const linkStatus = z.object({
  id: z.string(),
  provider: providerName,
  model: z.string(),
  tier: linkTier,
  /** `unknown` until its first attempt, `ok` after a success, `failing` after a failure. */
  light: z.enum(["unknown", "ok", "failing"]),
  consecutive_failures: z.int().nonnegative(),
  last_failure: z.object({ kind: failureKind, message: z.string(), at: z.iso.datetime() }).nullable(),
  /** Time to the first token of the last success, milliseconds. */
  latency_ms: z.number().nullable(),
  checked_at: z.iso.datetime().nullable(),
});
export type LinkStatus = z.infer<typeof linkStatus>;

/** The engine process and what it holds. */
export const engineStatus = z.object({
  state: z.enum(["stopped", "starting", "idle", "loading", "generating", "crashed"]),
  model: z.string().nullable(),
  /** `cpu`, or the GPU backend in use. */
  device: z.string().nullable(),
  restarts: z.int().nonnegative(),
});
export type EngineStatus = z.infer<typeof engineStatus>;

export const status = z.object({
  level,
  links: z.array(linkStatus),
  engine: engineStatus,
  /** The config file in force, or null when the settings are. */
  config_file: z.string().nullable(),
  /** What the person has to know of this machine, each a sentence or two: a file that was put aside, say. Shown until closed. */
  warnings: z.array(z.string()),
  version: z.string(),
});
export type Status = z.infer<typeof status>;
