import { z } from "zod";
import { failureKind, level, linkTier, providerName } from "./words.ts";

/** A link's circuit breaker. `opens_until`: when an open one lets a trial through. */
export const circuit = z.object({
  state: z.enum(["closed", "open", "half_open"]),
  failure_count: z.int().nonnegative(),
  last_failure: z.iso.datetime().nullable(),
  opens_until: z.iso.datetime().nullable(),
});

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
  circuit,
});
export type LinkStatus = z.infer<typeof linkStatus>;

/** A model that ended the engine's process so often that it is left alone until its file changes or the person tries it again. */
export const setAsideModel = z.object({
  path: z.string(),
  /** Its file's name. */
  name: z.string(),
  /** How often in a row it ended the engine. */
  crashes: z.int().positive(),
  /** How, and in a sentence, it did so last. */
  kind: failureKind,
  reason: z.string(),
  at: z.iso.datetime(),
});
export type SetAsideModel = z.infer<typeof setAsideModel>;

/** The engine process and what it holds. */
export const engineStatus = z.object({
  state: z.enum(["stopped", "starting", "idle", "loading", "generating", "crashed"]),
  model: z.string().nullable(),
  /** `cpu`, or the GPU backend in use. */
  device: z.string().nullable(),
  /** Memory of the GPU in use; null on the CPU, and before the first model is loaded. */
  vram_bytes: z.number().nullable(),
  restarts: z.int().nonnegative(),
  /** Whether a GPU was asked for and the CPU is used. */
  gpu_unavailable: z.boolean(),
  set_aside: z.array(setAsideModel),
});
export type EngineStatus = z.infer<typeof engineStatus>;

/** What one link cost this month. Dollars; `estimated_usd` is the part of `usd` that rests on estimated tokens. */
export const linkSpend = z.object({
  link: z.string(),
  usd: z.number().nonnegative(),
  estimated_usd: z.number().nonnegative(),
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  attempts: z.int().nonnegative(),
  unpriced_attempts: z.int().nonnegative(),
});
export type LinkSpend = z.infer<typeof linkSpend>;

/** What was spent this month, and the cap. Dollars; `share` is of the cap, 1 and more when it is reached. */
export const budgetStatus = z.object({
  spent_usd: z.number().nonnegative(),
  /** The part that rests on estimated tokens. */
  estimated_usd: z.number().nonnegative(),
  /** Attempts that may have cost money and are not counted, since their price is not known. */
  unpriced_attempts: z.int().nonnegative(),
  cap_usd: z.number().nonnegative().nullable(),
  share: z.number().nonnegative().nullable(),
  warning: z.boolean(),
  reached: z.boolean(),
  /** The links that cost something, or may have, the dearest first. */
  by_link: z.array(linkSpend),
});
export type BudgetStatus = z.infer<typeof budgetStatus>;

export const status = z.object({
  /** The level in force now, and the best one that the person allows. */
  level,
  ceiling: level,
  /** Why links beyond this machine are passed over; null while they are not. */
  offline: z.enum(["no_network", "sign_in_page", "unreachable"]).nullable(),
  budget: budgetStatus,
  /** How many questions wait for a better tier, and how many better answers are ready. */
  outbox: z.object({ waiting: z.int().nonnegative(), ready: z.int().nonnegative() }),
  links: z.array(linkStatus),
  engine: engineStatus,
  /** The config file in force, or null when the settings are. */
  config_file: z.string().nullable(),
  /** What the person has to know of this machine, each a sentence or two: a file that was put aside, say. Shown until closed. */
  warnings: z.array(z.string()),
  version: z.string(),
  /** The drill that runs now, and when it ends at the latest; null while none does. */
  drill: z.object({ name: z.string(), ends_at: z.iso.datetime() }).nullable(),
});
export type Status = z.infer<typeof status>;
