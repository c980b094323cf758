import { z } from "zod";

/** What the catalogue knows of a model. Sizes are bytes; `sha256` and `size_bytes` are null where the hub is asked for them. */
export const catalogueEntry = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  name: z.string(),
  /** `chat` answers questions; `embedding` turns texts into vectors and can't be put into the chain. */
  kind: z.enum(["chat", "embedding"]),
  repository: z.string(),
  file: z.string(),
  quantisation: z.string(),
  parameters: z.number().positive(),
  size_bytes: z.int().positive().nullable(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  licence: z.string(),
  /** Tokens that the model was trained on. */
  context: z.int().positive(),
  /** Memory that it takes with a context of 8192 tokens (or its own, where that is smaller), as a rule of thumb. */
  memory_bytes: z.int().positive(),
  /** Share of the weights that one token needs; below 1 for a mixture of experts. */
  active_share: z.number().positive().max(1).default(1),
  strengths: z.string(),
});
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

/** Whether a model runs on this machine, and how fast. */
export const modelFit = z.object({
  /** `tight`: it fits once other programs are closed. */
  verdict: z.enum(["fits", "tight", "too_large", "no_space", "unknown"]),
  /** A sentence for the person. */
  reason: z.string(),
  /** What it takes in memory with its context; null when the file's size is not known. */
  memory_bytes: z.number().nullable(),
  tokens_per_second: z.number().nullable(),
  /** Whether the speed was measured with this very model, or is expected from the machine's benchmark. */
  measured: z.boolean(),
});
export type ModelFit = z.infer<typeof modelFit>;

/** Where a model came from, or whose it is. */
export const modelOrigin = z.enum([
  "bundled",
  "download",
  "upload",
  "kit",
  "file",
  "ollama",
  "lm-studio",
  "jan",
  "gpt4all",
  "hugging-face",
  "llama.cpp",
]);
export type ModelOrigin = z.infer<typeof modelOrigin>;

/** Whether Holdfast put the file where it is: only such a one is ever removed from the disk. */
export const isOwn = (origin: ModelOrigin): boolean =>
  origin === "download" || origin === "upload" || origin === "kit";

export const installedModel = z.object({
  /** What `model` of a link may name, beside a path. */
  id: z.string(),
  name: z.string(),
  path: z.string(),
  size_bytes: z.number(),
  origin: modelOrigin,
  kind: z.enum(["chat", "embedding"]),
  /** `sha256`: the whole file was compared with its checksum; `size`: there was none, so only its length; null: not checked. */
  verified: z.enum(["sha256", "size"]).nullable(),
  sha256: z.string().nullable(),
  source: z.string().nullable(),
  licence: z.string().nullable(),
  /** The link of the chain that runs it, or null. */
  link: z.string().nullable(),
  fit: modelFit,
});
export type InstalledModel = z.infer<typeof installedModel>;

/** A download that is not finished. */
export const modelDownload = z.object({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  state: z.enum(["downloading", "verifying", "paused", "failed"]),
  received_bytes: z.number(),
  total_bytes: z.number().nullable(),
  bytes_per_second: z.number().nullable(),
  seconds_left: z.number().nullable(),
  /** What the whole file will be compared with. */
  check: z.enum(["sha256", "size"]),
  /** Why it failed, and how to go on. */
  error: z.string().nullable(),
});
export type ModelDownload = z.infer<typeof modelDownload>;

export const modelMachine = z.object({
  memory_bytes: z.number(),
  free_memory_bytes: z.number(),
  /** Of the GPU that the engine runs on; null on the CPU, and before the engine has started. */
  vram_bytes: z.number().nullable(),
  /** Of the disk that the models' folder is on. */
  free_disk_bytes: z.number(),
  folder: z.string(),
  /** The benchmark of this machine: bytes of weights that it reads a second while it answers; null before the first. */
  weights_bytes_per_second: z.number().nullable(),
  device: z.string().nullable(),
});
export type ModelMachine = z.infer<typeof modelMachine>;

/** Everything that the models' page shows. */
export const modelsState = z.object({
  installed: z.array(installedModel),
  available: z.array(catalogueEntry.extend({ fit: modelFit })),
  downloads: z.array(modelDownload),
  machine: modelMachine,
});
export type ModelsState = z.infer<typeof modelsState>;

/** What came of an added reference: a download that runs, or a model that is there already. */
export const addedModel = z.object({ state: z.enum(["downloading", "installed"]), id: z.string() });
export type AddedModel = z.infer<typeof addedModel>;

export const modelCheck = z.object({
  ok: z.boolean(),
  how: z.enum(["sha256", "size", "header"]),
  detail: z.string(),
});
export type ModelCheck = z.infer<typeof modelCheck>;

/** A repository or file that the hub found. */
export const foundModel = z.object({
  repository: z.string(),
  downloads: z.number().nullable(),
  licence: z.string().nullable(),
});
export type FoundModel = z.infer<typeof foundModel>;

/** A model as its own header tells, read before or after the download. */
export const modelInfo = z.object({
  name: z.string(),
  source: z.string(),
  size_bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  licence: z.string().nullable(),
  context: z.number().nullable(),
  architecture: z.string().nullable(),
  fit: modelFit,
});
export type ModelInfo = z.infer<typeof modelInfo>;

export const modelBenchmark = z.object({
  model: z.string(),
  tokens_per_second: z.number(),
  prompt_tokens_per_second: z.number(),
  load_ms: z.number(),
  device: z.string(),
});
export type ModelBenchmark = z.infer<typeof modelBenchmark>;
