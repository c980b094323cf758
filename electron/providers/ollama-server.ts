import type { Ollama } from "ollama/browser";
import { z } from "zod";
import { type Clock, ProviderFailure } from "../chain/index.ts";
import type { FailureKind } from "../contract/index.ts";
import { door } from "./door.ts";
import type { Endpoint } from "./endpoint.ts";
import { guardedLines } from "./guarded-lines.ts";
import { failureInside } from "./intercepted.ts";
import { factsOf, type OllamaFacts, remoteHostOf } from "./ollama-facts.ts";
import { headOf } from "./stream.ts";
import { brokenStreamFailure } from "./transport.ts";

export interface OllamaServerOptions {
  /** Without `/v1` and without a slash at its end. */
  baseUrl: string;
  /** Only for servers behind a proxy. */
  key: string | null;
  fetch: typeof fetch;
  clock: Clock;
  /** The link on whose behalf it is asked, as error texts name it. */
  link?: string;
}

/** A model that a server has. Sizes are bytes. */
export interface OllamaModel {
  name: string;
  sizeBytes: number;
  digest: string | null;
  parameters: string | null;
  quantisation: string | null;
  family: string | null;
  /** Where a cloud model really runs. */
  remoteHost: string | null;
}

/** A model that a server has in memory. */
export interface LoadedOllamaModel {
  name: string;
  /** Tokens of the context that it was loaded with; null from older servers. */
  context: number | null;
  vramBytes: number;
  sizeBytes: number;
  /** When it leaves the memory, ISO 8601; null where that is not told. */
  until: string | null;
}

/** How a pull stands: `digest` names the piece that is being fetched, bytes are of that piece. */
export interface OllamaPullStep {
  status: string;
  digest: string | null;
  total: number | null;
  completed: number | null;
}

const text = z.string().nullish().catch(null);
const bytes = z.number().nonnegative().nullish().catch(null);
const versionShape = z.looseObject({ version: z.string() });
const tagsShape = z.looseObject({
  models: z.array(
    z.looseObject({
      name: z.string(),
      size: bytes,
      digest: text,
      remote_host: text,
      details: z
        .looseObject({ parameter_size: text, quantization_level: text, family: text })
        .nullish()
        .catch(null),
    }),
  ),
});
const loadedShape = z.looseObject({
  models: z.array(
    z.looseObject({
      name: z.string(),
      size: bytes,
      size_vram: bytes,
      context_length: bytes,
      expires_at: text,
    }),
  ),
});
const stepShape = z.looseObject({ status: z.string(), digest: text, total: bytes, completed: bytes });

/**
 * An Ollama server's own affairs, through its official package: which models it has and can do what, pulls, what is in memory. Throws a
 * ProviderFailure and nothing else. It is the package's build for browsers, because the other one reads a file wherever an image's
 * text happens to be the path of one.
 */
export class OllamaServer {
  readonly baseUrl: string;
  readonly #options: OllamaServerOptions;

  constructor(options: OllamaServerOptions) {
    this.baseUrl = options.baseUrl;
    this.#options = options;
  }

  async version(signal: AbortSignal): Promise<string> {
    return (await this.#ask("", versionShape, signal, (client) => client.version())).version;
  }

  async list(signal: AbortSignal): Promise<OllamaModel[]> {
    const { models } = await this.#ask("", tagsShape, signal, (client) => client.list());
    return models.map(({ name, size, digest, details, remote_host }) => ({
      name,
      sizeBytes: size ?? 0,
      digest: digest ?? null,
      parameters: details?.parameter_size || null,
      quantisation: details?.quantization_level || null,
      family: details?.family || null,
      remoteHost: remoteHostOf(remote_host),
    }));
  }

  /** What is in memory now. */
  async loaded(signal: AbortSignal): Promise<LoadedOllamaModel[]> {
    const { models } = await this.#ask("", loadedShape, signal, (client) => client.ps());
    return models.map(({ name, size, size_vram, context_length, expires_at }) => ({
      name,
      context: context_length ?? null,
      sizeBytes: size ?? 0,
      vramBytes: size_vram ?? 0,
      until: expires_at ?? null,
    }));
  }

  /** What the server says of a model; null when it does not speak of it, as a proxy may. Throws `not_found` for one that is not there, and what a request throws that gets no answer. */
  async facts(model: string, signal: AbortSignal): Promise<OllamaFacts | null> {
    try {
      const shown = await this.#ask(model, z.looseObject({}), signal, (client) => client.show({ model }));
      const version = await this.version(signal).catch(() => null);
      signal.throwIfAborted();
      return factsOf(shown, version);
    } catch (error) {
      const failure = this.#failure(error, model, signal);
      const isMissing = failure.kind === "not_found" && /\bmodel\b.*\bnot found\b/i.test(failure.message);
      if (isMissing || passing.has(failure.kind)) throw failure;
      return null;
    }
  }

  /** Loads a model with a context of so many tokens, without a question; resolves when it is in memory. */
  async load(model: string, numCtx: number, keepAlive: number, signal: AbortSignal): Promise<void> {
    await this.#ask(model, z.looseObject({ done: z.literal(true) }), signal, (client) =>
      client.generate({
        model,
        prompt: "",
        stream: false,
        keep_alive: keepAlive,
        options: { num_ctx: numCtx },
      }),
    );
  }

  /** Takes a model out of the memory. */
  async unload(model: string, signal: AbortSignal): Promise<void> {
    await this.#ask(model, z.looseObject({}), signal, (client) =>
      client.generate({ model, prompt: "", stream: false, keep_alive: 0 }),
    );
  }

  /** Fetches a model from Ollama's library. What was fetched before an abort or a cut stays there, and the next pull goes on from it. */
  async *pull(model: string, signal: AbortSignal): AsyncGenerator<OllamaPullStep, void, void> {
    try {
      const steps = await (await this.#client(model, signal, "application/x-ndjson")).pull({
        model,
        stream: true,
      });
      for await (const raw of steps) {
        const { status, digest, total, completed } = stepShape.parse(raw);
        yield { status, digest: digest ?? null, total: total ?? null, completed: completed ?? null };
      }
    } catch (error) {
      throw this.#failure(error, model, signal);
    }
  }

  /** Deletes a model from the server's disk. */
  async remove(model: string, signal: AbortSignal): Promise<void> {
    try {
      await (await this.#client(model, signal, "")).delete({ model });
    } catch (error) {
      throw this.#failure(error, model, signal);
    }
  }

  async #ask<Read>(
    model: string,
    shape: z.ZodType<Read>,
    signal: AbortSignal,
    work: (client: Ollama) => Promise<unknown>,
  ): Promise<Read> {
    try {
      return shape.parse(await work(await this.#client(model, signal, "application/json")));
    } catch (error) {
      throw this.#failure(error, model, signal);
    }
  }

  /** A client for one request: the package has no way to hand a signal to one. `type`: the media type of a good answer. */
  async #client(model: string, signal: AbortSignal, type: string): Promise<Ollama> {
    const { Ollama } = await import("ollama/browser");
    const { baseUrl, key, fetch, clock } = this.#options;
    const endpoint = this.#endpoint(model);
    const send = door({ fetch, clock, endpoint, streamType: type });
    return new Ollama({
      host: baseUrl,
      ...(key !== null && { headers: { authorization: `Bearer ${key}` } }),
      async fetch(input, init) {
        const response = await send(input, { ...init, signal });
        if (type !== "application/x-ndjson" || response.body === null) return response;
        return new Response(guardedLines(response.body, endpoint, headOf(response), isPulled), response);
      },
    });
  }

  #endpoint(model: string): Endpoint {
    const { baseUrl, key, link = "ollama" } = this.#options;
    return { link, model, host: new URL(baseUrl).host, keyEnv: null, key };
  }

  #failure(error: unknown, model: string, signal: AbortSignal): ProviderFailure {
    if (signal.aborted) return new ProviderFailure("cancelled", "The request was stopped.", { cause: error });
    if (error instanceof ProviderFailure) return error;
    const endpoint = this.#endpoint(model);
    return (
      failureInside(error) ??
      brokenStreamFailure(error, endpoint, {}) ??
      new ProviderFailure("malformed", `${endpoint.host} did not answer as Ollama does.`, { cause: error })
    );
  }
}

/** What says nothing of whether the server would tell of its models. */
const passing: ReadonlySet<FailureKind> = new Set(["cancelled", "network", "timeout_connect"]);

const isPulled = (line: unknown): boolean =>
  typeof line === "object" && line !== null && "status" in line && line.status === "success";
