import { statSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import type { Embedder } from "../cache/index.ts";
import type { Config } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";

export interface CacheEmbedderParts {
  engine: Pick<EngineClient, "embed">;
  /** The absolute path of a model as the config names it. */
  modelPath(model: string): string;
  fetch: typeof fetch;
}

/** The embedder that ships with the program. */
const bundled = "resources/models/embedder.gguf";

/** The embedder that the config names: a GGUF file in the engine, or a server on this machine. */
export function cacheEmbedder(
  embedder: NonNullable<Config["cache"]>["embedder"],
  { engine, modelPath, fetch }: CacheEmbedderParts,
): Embedder {
  if (typeof embedder === "object") return serverEmbedder(embedder, fetch);
  const path = modelPath(embedder ?? bundled);
  return {
    id: `${basename(path)} ${sizeOf(path)}`,
    embed: (texts, signal) => engine.embed({ model: { path }, texts: [...texts] }, signal),
  };
}

/** Tells a file from another that has taken its name; one that is not there can embed nothing anyway. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

type Server = Exclude<NonNullable<NonNullable<Config["cache"]>["embedder"]>, string>;

const vector = z.array(z.number()).min(1);
const replies = {
  ollama: z.object({ embeddings: z.array(vector) }).transform(({ embeddings }) => embeddings),
  "openai-compatible": z
    .object({ data: z.array(z.object({ index: z.int(), embedding: vector })) })
    .transform(({ data }) => data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding)),
};
const paths = { ollama: "/api/embed", "openai-compatible": "/embeddings" };

/** Ollama's `/api/embed`, or OpenAI's `/embeddings`. */
function serverEmbedder({ provider, model, base_url }: Server, fetch: typeof globalThis.fetch): Embedder {
  const url = `${(base_url ?? "http://127.0.0.1:11434").replace(/\/+$/, "")}${paths[provider]}`;
  return {
    id: `${provider} ${model}`,
    async embed(texts, signal) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, input: texts }),
        signal,
      });
      if (!response.ok) throw new Error(`the embedder at ${url} answered with status ${response.status}.`);
      const vectors = replies[provider].parse(await response.json());
      if (vectors.length !== texts.length) throw new Error(`the embedder at ${url} left out a text.`);
      return vectors.map((values) => Float32Array.from(values));
    },
  };
}
