import { z } from "zod";

/** Where an answer came from, best first. */
export const tier = z.enum(["cloud", "backup", "local", "cache", "offline"]);
export type Tier = z.infer<typeof tier>;

/** The tiers that a link can have. */
export const linkTier = tier.extract(["cloud", "backup", "local"]);
export type LinkTier = z.infer<typeof linkTier>;

/** How much of the product works now, most first (seed 001). */
export const level = z.enum(["full", "reduced", "minimal", "cached", "offline"]);
export type Level = z.infer<typeof level>;

/** The provider families; each has one file in `providers/`. */
export const providerName = z.enum([
  "openai",
  "anthropic",
  "azure-openai",
  "bedrock",
  "vertex",
  "ollama",
  "llama",
  "openai-compatible",
]);
export type ProviderName = z.infer<typeof providerName>;

/** Every way in which an attempt can fail. What follows from each stands in `chain/failure-table.ts`. */
export const failureKind = z.enum([
  "rate_limited",
  "quota_exhausted",
  "overloaded",
  "server",
  "network",
  "timeout_connect",
  "timeout_first_token",
  "timeout_idle",
  "timeout_total",
  "truncated",
  "malformed",
  "auth",
  "not_found",
  "context_length",
  "content_policy",
  "invalid_request",
  "empty",
  "refusal",
  "loop",
  "bad_output",
  "engine_crashed",
  "out_of_memory",
  "cancelled",
]);
export type FailureKind = z.infer<typeof failureKind>;

/** The rule that says which failures move on to the next link. */
export const skipPreset = z.enum(["always_answer", "retryable_only"]);
export type SkipPreset = z.infer<typeof skipPreset>;

/** What happens when a stream breaks in the middle. */
export const recovery = z.enum(["continue", "restart", "error"]);
export type Recovery = z.infer<typeof recovery>;
