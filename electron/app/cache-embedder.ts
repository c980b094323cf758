import { statSync } from "node:fs";
import { basename } from "node:path";
import { z } from "zod";
import type { Embedder } from "../cache/index.ts";
import type { CacheEmbedder } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";

export interface CacheEmbedderParts {
  engine: Pick<EngineClient, "embed">;
  /** The absolute path of a model as the config names it. Throws where there is none. */
  modelPath(model: string): string;
  /** Reaches this machine only. */
  fetch: typeof fetch;
}

/** The embedder that ships with the program. */
const bundled = "resources/models/embedder.gguf";

/** The embedder that the config names: a GGUF file in the engine, or a server on this machine. One that is away rejects when it is asked. */
export function cacheEmbedder(
  embedder: CacheEmbedder = bundled,
  { engine, modelPath, fetch }: CacheEmbedderParts,
): Embedder {
  if (typeof embedder === "object") return serverEmbedder(embedder, fetch);
  let path: string;
  try {
    path = modelPath(embedder);
  } catch (error) {
    return { id: `${basename(embedder)} 0`, embed: () => Promise.reject(error) };
  }
  return {
    id: `${basename(path)} ${sizeOf(path)}`,
    embed: (texts, signal) => engine.embed({ model: { path }, texts: [...texts] }, signal),
  };
}

/** Tells a file from another that has taken its name; one that is not there can embed nothing anyway. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const vector = z.array(z.number()).min(1);
const servers = {
  ollama: {
    root: "http://127.0.0.1:11434",
    path: "/api/embed",
    reply: z.object({ embeddings: z.array(vector) }).transform(({ embeddings }) => embeddings),
  },
  "openai-compatible": {
    // Ollama speaks this protocol as well.
    root: "http://127.0.0.1:11434/v1",
    path: "/embeddings",
    reply: z
      .object({ data: z.array(z.object({ index: z.int(), embedding: vector })) })
      .transform(({ data }) => data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding)),
  },
};

/** Ollama's `/api/embed`, or OpenAI's `/embeddings`. */
function serverEmbedder(
  { provider, model, base_url }: Exclude<CacheEmbedder, string>,
  fetch: typeof globalThis.fetch,
): Embedder {
  const { root, path, reply } = servers[provider];
  const url = `${(base_url ?? root).replace(/\/+$/, "")}${path}`;
  return {
    id: `${provider} ${model}`,
    async embed(texts, signal) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, input: texts }),
        // A server on this machine must not send the questions on to another one.
        redirect: "error",
        signal,
      }).catch((cause: unknown) => {
        signal.throwIfAborted();
        throw new Error(`the embedder at ${url} can't be reached: start its server, or mend its address.`, {
          cause,
        });
      });
      if (!response.ok) {
        await response.body?.cancel();
        const advice =
          response.status === 404 ? `: it may lack the model "${model}", or the address is wrong` : "";
        throw new Error(`the embedder at ${url} answered with status ${response.status}${advice}.`);
      }
      const vectors = reply.safeParse(await response.json().catch(() => null)).data;
      if (vectors === undefined)
        throw new Error(`the embedder at ${url} answered with something other than vectors.`);
      if (vectors.length !== texts.length) throw new Error(`the embedder at ${url} left out a text.`);
      return vectors.map((values) => Float32Array.from(values));
    },
  };
}
