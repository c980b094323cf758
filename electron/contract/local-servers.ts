import { z } from "zod";

/** A model that an Ollama server has. Sizes are bytes, contexts tokens. */
export const ollamaModel = z.object({
  name: z.string(),
  size_bytes: z.number(),
  parameters: z.string().nullable(),
  quantisation: z.string().nullable(),
  /** The most it can hold; null from a server that does not tell. */
  context: z.number().nullable(),
  /** As Ollama names them: `completion`, `vision`, `tools`, `thinking`, `embedding`; null from a server that does not tell. */
  capabilities: z.array(z.string()).nullable(),
  /** Where it really runs, for a model of Ollama's cloud; null for one that runs where the server is. */
  remote_host: z.string().nullable(),
  /** With which context it is in memory, and until when; null when it is not. */
  loaded: z.object({ context: z.number().nullable(), until: z.string().nullable() }).nullable(),
  /** The link of the chain that runs it, or null. */
  link: z.string().nullable(),
});
export type OllamaModelInfo = z.infer<typeof ollamaModel>;

/** A model that is being fetched by Ollama, or was not fetched to its end. */
export const ollamaPull = z.object({
  name: z.string(),
  state: z.enum(["pulling", "verifying", "paused", "failed"]),
  completed_bytes: z.number(),
  /** Of the pieces that Ollama has named so far; null before the first. */
  total_bytes: z.number().nullable(),
  bytes_per_second: z.number().nullable(),
  seconds_left: z.number().nullable(),
  /** Why it failed, and how to go on. */
  error: z.string().nullable(),
});
export type OllamaPull = z.infer<typeof ollamaPull>;

/** How Ollama stands: the server that the chain's first Ollama link names, else the usual one of this machine. */
export const ollamaState = z.object({
  /** `unreachable`: a link names it, it does not answer, and there is nothing here to start. */
  state: z.enum(["not_installed", "stopped", "starting", "running", "unreachable"]),
  base_url: z.string(),
  version: z.string().nullable(),
  /** Path of the program; null where there is none. */
  program: z.string().nullable(),
  /** Whether Holdfast started it, and so will stop it. */
  started_here: z.boolean(),
  /** What went wrong last, in a sentence. */
  trouble: z.string().nullable(),
  models: z.array(ollamaModel),
  pulls: z.array(ollamaPull),
  /** Models that links of the chain name and the server does not have. */
  missing: z.array(z.object({ link: z.string(), model: z.string() })),
});
export type OllamaState = z.infer<typeof ollamaState>;

/** A server with models that was found on this machine. `other` speaks as OpenAI does and does not say what it is. */
export const localServer = z.object({
  kind: z.enum(["ollama", "llama-server", "lm-studio", "vllm", "jan", "other"]),
  name: z.string(),
  /** As a link's `base_url` wants it. */
  base_url: z.string(),
  version: z.string().nullable(),
  /** It answers nobody without a key. */
  needs_key: z.boolean(),
  models: z.array(
    z.object({
      id: z.string(),
      context: z.number().nullable(),
      vision: z.boolean().nullable(),
      /** The link of the chain that asks it, or null. */
      link: z.string().nullable(),
    }),
  ),
});
export type LocalServer = z.infer<typeof localServer>;
