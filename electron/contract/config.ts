import { z } from "zod";
import { mirrorConfig, qualityConfig, requirementSpec } from "./requirement.ts";
import { failureKind, level, linkTier, providerName, recovery, skipPreset } from "./words.ts";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

const noDuration = "is not a duration: write a number and a unit, such as 500ms, 30s, 5m, 2h or 90d";

/** A duration as people write it: `500ms`, `30s`, `5m`, `2h`, `90d`. */
export const duration = z.string().regex(durationPattern, noDuration);

/** A duration where 0 would mean that nothing is ever in time, or that something is done without a pause. */
export const durationAbove0 = z
  .string()
  .regex(durationPattern, { error: noDuration, abort: true })
  .regex(/[1-9]/, "must be more than 0: write a number and a unit, such as 500ms, 30s or 5m");
export type Duration = z.infer<typeof duration>;

/** Milliseconds of a duration that `duration` has accepted. */
export function durationMs(text: Duration): number {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  if (amount === undefined) throw new RangeError(`not a duration: ${text}`);
  return Number(amount) * unitMs[unit as keyof typeof unitMs];
}

/** The four limits of an attempt; each has a default per tier. */
export const timeoutsConfig = z.strictObject({
  connect: durationAbove0.optional(),
  first_token: durationAbove0.optional(),
  idle: durationAbove0.optional(),
  total: durationAbove0.optional(),
});

export const retryConfig = z.strictObject({
  max_retries: z.int().nonnegative().optional(),
  base_delay: duration.optional(),
  max_delay: duration.optional(),
  exponential_base: z.number().min(1).optional(),
  jitter: z.boolean().optional(),
});

/**
 * When a link is left alone, and when it is tried again. `failure_threshold` counts failures in a row; the rates over a
 * sliding `window` stand beside it and are off unless `window` is set. What is left out takes the default named here.
 */
export const breakerConfig = z
  .strictObject({
    /** Failures in a row that open the breaker (5). */
    failure_threshold: z.int().positive().optional(),
    /** How long an open breaker refuses before it lets trials through (30s). */
    recovery_timeout: duration.optional(),
    /** Trials that may be under way at once while the breaker is half open (3). */
    half_open_max_calls: z.int().positive().optional(),
    /** Trials that must succeed before the breaker closes (as many as `half_open_max_calls`). */
    success_threshold: z.int().positive().optional(),
    /** How far back the rates below look. Without it there are none. */
    window: durationAbove0.optional(),
    /** Calls that the window must hold before its rates say anything (10). */
    minimum_calls: z.int().positive().optional(),
    /** Share of the window's calls, above 0 and up to 1, that must fail to open the breaker (0.5). */
    failure_rate: z.number().positive().max(1).optional(),
    /** A call that takes longer than this, start to end of its stream, is slow. Without it no call is. */
    slow_call: durationAbove0.optional(),
    /** Share of the window's calls, above 0 and up to 1, that must be slow to open the breaker (0.5). */
    slow_call_rate: z.number().positive().max(1).optional(),
  })
  .superRefine((breaker, context) => {
    const needs = {
      minimum_calls: "window",
      failure_rate: "window",
      slow_call: "window",
      slow_call_rate: "slow_call",
    } as const;
    for (const [key, needed] of Object.entries(needs) as [keyof typeof needs, "window" | "slow_call"][]) {
      if (breaker[key] === undefined || breaker[needed] !== undefined) continue;
      const example = needed === "window" ? "window: 60s" : "slow_call: 20s";
      context.addIssue({
        code: "custom",
        path: [key],
        message: `has no effect without "${needed}": add one, such as "${example}", or leave this out`,
      });
    }
  });
export type BreakerConfig = z.infer<typeof breakerConfig>;

export const capabilities = z.strictObject({
  vision: z.boolean().optional(),
  tools: z.boolean().optional(),
  json_schema: z.boolean().optional(),
  prefill: z.boolean().optional(),
  logprobs: z.boolean().optional(),
  context_window: z.int().positive().optional(),
});
export type Capabilities = z.infer<typeof capabilities>;

/** An amount of memory as people write it: `800MB`, `4GB`, `1.5GiB`. */
export const byteSize = z
  .string()
  .regex(
    /^\d+(?:\.\d+)?(?:MB|MiB|GB|GiB)$/,
    "is not an amount of memory: write a number and a unit, such as 800MB, 4GB or 1.5GiB",
  );

const unitBytes = { MB: 1e6, MiB: 1024 ** 2, GB: 1e9, GiB: 1024 ** 3 } as const;

/** Bytes of a text that `byteSize` has accepted. */
export function bytesOf(text: string): number {
  const [, amount, unit] = /^([\d.]+)(\w+)$/.exec(text) ?? [];
  if (amount === undefined) throw new RangeError(`not an amount of memory: ${text}`);
  return Math.round(Number(amount) * unitBytes[unit as keyof typeof unitBytes]);
}

/** Which GPU backend the engine takes; `auto` takes the best that works, and all fall back to the CPU. */
export const engineGpu = z.enum(["auto", "off", "cuda", "vulkan", "metal"]);

/** How models run on this machine. What is left out is chosen from node-llama-cpp's estimates. */
export const engineConfig = z.strictObject({
  /** Which GPU backend (auto). */
  gpu: engineGpu.optional(),
  /** Layers of the model on the GPU. */
  gpu_layers: z.int().nonnegative().optional(),
  /** The largest context, tokens (8192); a link's own `capabilities.context_window` stands above it. */
  context_size: z.int().positive().optional(),
  /** Threads for the CPU (one core is left free). */
  threads: z.int().positive().optional(),
  /** Tokens of a prompt that are evaluated at a time. */
  batch_size: z.int().positive().optional(),
  flash_attention: z.boolean().optional(),
  /** The most memory that the engine's process may take before it is ended (off). */
  memory_limit: z.union([z.literal("off"), byteSize]).optional(),
  /** How long the engine may be without work before its memory is given back (15m). */
  idle_unload: z.union([z.literal("off"), duration]).optional(),
});
export type EngineConfig = z.infer<typeof engineConfig>;

/** How much the log tells; each level tells what those after it tell as well. */
export const logLevel = z.enum(["trace", "debug", "info", "warn", "error", "silent"]);
export type LogLevel = z.infer<typeof logLevel>;

/** What is logged, and how large the log's files may become. */
export const logConfig = z.strictObject({
  /** What is told (info); `HOLDFAST_LOG` stands above it. */
  level: logLevel.optional(),
  /** Whether questions and answers stand in the log (false); those that are local-only never do. */
  content: z.boolean().optional(),
  /** Whether it is written to files in the data folder (true). */
  file: z.boolean().optional(),
  /** The size at which a file is put aside and a new one begun (10MB). */
  max_size: byteSize.optional(),
  /** How many files that were put aside are kept (5). */
  max_files: z.int().min(1).max(100).optional(),
});
export type LogConfig = z.infer<typeof logConfig>;

/** Where traces and metrics are sent to, in OpenTelemetry's protocol. Without an address nothing is sent. */
export const telemetryConfig = z.strictObject({
  /** The collector's address, such as http://127.0.0.1:4318; `OTEL_EXPORTER_OTLP_ENDPOINT` where it is left out. */
  otlp: z.url({ protocol: /^https?$/, error: "is not an http or https address" }).optional(),
  /** What this program is called there (holdfast); `OTEL_SERVICE_NAME` where it is left out. */
  service_name: z.string().min(1).optional(),
  /** How often metrics are sent (60s). */
  interval: durationAbove0.optional(),
});
export type TelemetryConfig = z.infer<typeof telemetryConfig>;

/** USD per million tokens. */
export const price = z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() });
export type Price = z.infer<typeof price>;

/** Failure kinds that move on to the next link, and kinds that stop the request, whatever the preset says. */
export const skipOverrides = z.strictObject({
  next: z.array(failureKind).optional(),
  stop: z.array(failureKind).optional(),
});
export type SkipOverridesConfig = z.infer<typeof skipOverrides>;

export const linkConfig = z.strictObject({
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
      "is not a link id: use letters, digits, '.', '_' and '-', at most 64, starting with a letter or digit",
    ),
  provider: providerName,
  model: z.string().min(1, "is empty: name the model that the provider should run"),
  base_url: z.url({ protocol: /^https?$/, error: "is not an http or https address" }).optional(),
  api_key_env: z
    .string()
    .regex(
      /^[A-Za-z_][A-Za-z0-9_]*$/,
      "is not the name of an environment variable (never put the key itself here)",
    )
    .optional(),
  tier: linkTier.optional(),
  level: level.optional(),
  priority: z.number().optional(),
  weight: z.number().positive().optional(),
  timeout: durationAbove0.optional(),
  timeouts: timeoutsConfig.optional(),
  retry: retryConfig.optional(),
  breaker: breakerConfig.optional(),
  /** What follows from this link's failures, where it is not what the chain's `skip` says. */
  on_failure: skipOverrides.optional(),
  capabilities: capabilities.optional(),
  price: price.optional(),
});
export type LinkConfig = z.infer<typeof linkConfig>;

export const strategy = z.enum(["priority", "weighted", "cheapest", "fastest"]);
export type Strategy = z.infer<typeof strategy>;

const fallbackChain = z
  .array(linkConfig)
  .min(1, "is empty: name at least one link")
  .superRefine((links, context) => {
    const seen = new Set<string>();
    for (const [index, link] of links.entries()) {
      if (seen.has(link.id)) {
        context.addIssue({
          code: "custom",
          path: [index, "id"],
          message: `"${link.id}" is used twice: every link needs an id of its own`,
        });
      }
      seen.add(link.id);
    }
  });

/** Whether an address holds a password, before its host or among its settings. */
export function holdsPassword(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { password, searchParams } = new URL(address);
  return password !== "" || [...searchParams.keys()].some((name) => /password/i.test(name));
}

/** A team's Postgres. */
const postgresAddress = z
  .url({ protocol: /^postgres(ql)?$/ })
  .refine(
    (address) => !holdsPassword(address),
    "holds a password, which is not read from here: put it into the environment variable HOLDFAST_CACHE_PASSWORD and leave it out",
  );

/** What makes vectors of questions: a GGUF file, or a server on this machine, since every question goes there. */
export const cacheEmbedder = z.union([
  z.string().min(1, "is empty: write the path of a GGUF file"),
  z.strictObject({
    provider: z.enum(["ollama", "openai-compatible"]),
    model: z.string().min(1, "is empty: write the name of a model"),
    base_url: z
      .url({
        protocol: /^https?$/,
        hostname: /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/,
        error: "is not an http or https address on this machine, such as http://127.0.0.1:8080/v1",
      })
      .optional(),
  }),
]);
export type CacheEmbedder = z.infer<typeof cacheEmbedder>;

/** `holdfast.yaml`. Every key is optional; what is left out takes the default that `docs/config.md` names. */
export const config = z.strictObject({
  fallback_chain: fallbackChain.optional(),
  strategy: strategy.optional(),
  /** A preset, or a preset with changes, such as `{ preset: always_answer, next: [content_policy] }`. */
  skip: z.union([skipPreset, skipOverrides.extend({ preset: skipPreset.optional() })]).optional(),
  recovery: recovery.optional(),
  hedge: z
    .strictObject({
      after: z.union([z.enum(["off", "p95"]), duration]).optional(),
      with: z.enum(["next", "local"]).optional(),
    })
    .optional(),
  deadline: durationAbove0.optional(),
  health: z
    .strictObject({
      probe_interval: durationAbove0.optional(),
      probe_timeout: durationAbove0.optional(),
      probes: z.boolean().optional(),
    })
    .optional(),
  cache: z
    .strictObject({
      enabled: z.boolean().optional(),
      max_entries: z.int().positive().optional(),
      threshold: z.number().min(-1).max(1).optional(),
      ttl: duration.optional(),
      guard: z.boolean().optional(),
      store: z
        .union([z.literal("sqlite"), postgresAddress], {
          error: "is neither sqlite nor an address such as postgres://holdfast@db.example.org/team",
        })
        .optional(),
      /** Whose entries in a team's store; stores with different names don't see each other. */
      namespace: z.string().min(1).max(100).optional(),
      embedder: cacheEmbedder.optional(),
    })
    .optional(),
  /** What every answer must pass. */
  requirements: z.array(requirementSpec).optional(),
  quality: qualityConfig.optional(),
  mirror: mirrorConfig.optional(),
  models: z
    .strictObject({
      folder: z.string().min(1).optional(),
      hub: z.url({ protocol: /^https?$/, error: "is not an http or https address" }).optional(),
      connections: z.int().min(1).max(16).optional(),
    })
    .optional(),
  ollama: z
    .strictObject({
      /** Whether `ollama serve` is started when a link needs it and it is installed but does not run (true). */
      start: z.boolean().optional(),
      /** The program's path, where it is not found by itself. */
      program: z.string().min(1).optional(),
      /** How long a model stays in memory after an answer (15m). */
      keep_alive: z.union([z.enum(["off", "forever"]), duration]).optional(),
    })
    .optional(),
  outbox: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  budget: z.strictObject({ monthly_usd: z.number().nonnegative().optional() }).optional(),
  offline: z.strictObject({ message: z.string().optional(), retry_after: duration.optional() }).optional(),
  gateway: z
    .strictObject({
      port: z.int().min(0).max(65_535).optional(),
      token_env: z.string().optional(),
      /** Pages of these origins may use it, such as `http://localhost:5173`. */
      allowed_origins: z
        .array(
          z
            .string()
            .regex(
              /^[a-z][a-z\d+.-]*:\/\/[^\s/?#]+$/,
              "is no origin: write scheme, host and port without a path, such as http://localhost:5173",
            ),
        )
        .optional(),
      max_body: z.int().positive().optional(),
      /** Whether the app serves it as well; `holdfast serve` always does. */
      enabled: z.boolean().optional(),
      /** Requests under way at once. */
      max_requests: z.int().positive().optional(),
      max_connections: z.int().positive().optional(),
      /** Within this a request must have come whole. */
      request_timeout: durationAbove0.optional(),
      /** How long running streams may go on when the gateway ends. */
      grace: duration.optional(),
    })
    .optional(),
  engine: engineConfig.optional(),
  log: logConfig.optional(),
  telemetry: telemetryConfig.optional(),
  data_dir: z.string().optional(),
});
export type Config = z.infer<typeof config>;
