import { type Link, type Provider, ProviderFailure, type ProviderRequest } from "../chain/index.ts";
import { withoutVersion } from "./base-url.ts";
import { door } from "./door.ts";
import { type Endpoint, endpointOf } from "./endpoint.ts";
import { guardedLines } from "./guarded-lines.ts";
import { failureInside } from "./intercepted.ts";
import { keyOf } from "./key.ts";
import { contextPlan, largerContext } from "./ollama-context.ts";
import { ollamaEvents } from "./ollama-events.ts";
import { isOfOllamasCloud, OllamaFactBook, type OllamaFacts } from "./ollama-facts.ts";
import { withInlineImages } from "./ollama-images.ts";
import { beyond, type OllamaRequest, ollamaDropped, ollamaRequest, withoutBeyond } from "./ollama-request.ts";
import { OllamaServer } from "./ollama-server.ts";
import type { OllamaOptions, ProviderOptions } from "./options.ts";
import { attemptStream, type Head, headOf } from "./stream.ts";

export const ollamaBaseUrl = "http://127.0.0.1:11434";

/** How long the server keeps a model in memory unless told otherwise, seconds. */
const usualKeepAlive = 5 * 60;

/** A server of one link, and the key for it. */
interface Place {
  baseUrl: string;
  key: string | null;
  endpoint: Endpoint;
}

/**
 * Ollama's own API through its official package. A key is only needed by servers behind a proxy, and by ollama.com.
 *
 * What the model can do and hold is asked of the server first, once in a while; by that the context is made as large as the request needs,
 * and features that the model lacks are left out and told. The package has no way to hand it a signal for one request, so each gets
 * a client of its own, which is an object with an address and no more; connections are kept alive by `fetch`, not by the client.
 */
export function ollamaProvider(options: ProviderOptions): Provider {
  const ollama: OllamaOptions = options.ollama ?? {
    book: new OllamaFactBook(options.clock),
    keepAlive: () => null,
  };
  const contexts = new LoadedContexts(() => options.clock.monotonic());
  return {
    stream: (asked, link, signal) =>
      attemptStream(signal, async () => {
        const place = await placeOf(link, options);
        const { baseUrl, key, endpoint } = place;
        return {
          endpoint,
          async open(signal) {
            const server = new OllamaServer({ ...options, baseUrl, key, link: link.id });
            const facts = await ollama.book.learn(server, link.model, signal).catch((error: unknown) => {
              throw pullable(error, link, endpoint);
            });
            const { request, lost } = await adapted(asked, link, facts, options, signal);
            const loaded = contexts.of(baseUrl, link.model);
            const keepAlive = ollama.keepAlive();
            for (let plan = contextPlan(request, link, facts, loaded); ; ) {
              const { numCtx } = plan;
              try {
                const body = ollamaRequest(request, link, { numCtx, facts, keepAlive });
                const { head, lines } = await send(body, place, options, signal);
                contexts.note(baseUrl, link.model, numCtx, keepAlive);
                const callPrefix = `call_${request.messages.length}_`;
                return {
                  head,
                  dropped: [...ollamaDropped(request), ...lost],
                  events: ollamaEvents(lines, endpoint, head, callPrefix, numCtx),
                };
              } catch (error) {
                // The estimate was too low for this text; the model can hold more.
                const larger = failureInside(error)?.kind === "context_length" ? largerContext(plan) : null;
                if (larger === null) throw error;
                plan = larger;
              }
            }
          },
        };
      }),
  };
}

/** A model that is not there can be had: the same failure, with the way to get it. */
function pullable(error: unknown, { id, model }: Link, { host }: Endpoint): unknown {
  if (!(error instanceof ProviderFailure) || error.kind !== "not_found") return error;
  const { status, requestId } = error;
  const words = `Ollama at ${host} does not have "${model}", the model of link "${id}". Download it under Models, or with: holdfast models ollama pull ${model}`;
  return new ProviderFailure("not_found", words, { status, requestId, cause: error });
}

async function placeOf(link: Link, options: ProviderOptions): Promise<Place> {
  const baseUrl = withoutVersion(link.baseUrl ?? ollamaBaseUrl);
  const key = await keyOf(link, options, false);
  return { baseUrl, key, endpoint: endpointOf(link, baseUrl, key) };
}

/** The request as this model can take it, and what had to be left out. Throws where it must not be sent at all. */
async function adapted(
  asked: ProviderRequest,
  link: Link,
  facts: OllamaFacts | null,
  { fetch }: ProviderOptions,
  signal: AbortSignal,
): Promise<{ request: ProviderRequest; lost: string[] }> {
  const elsewhere = facts?.remoteHost ?? (isOfOllamasCloud(link.model) ? "its cloud" : null);
  if (asked.local_only && elsewhere !== null) {
    throw new ProviderFailure(
      "invalid_request",
      `Link "${link.id}" runs "${link.model}", which Ollama passes on to ${elsewhere}: it is not on this machine, and the conversation is local-only. Choose a model that Ollama runs itself.`,
    );
  }
  const beyondIt = beyond(asked, facts);
  const { request, lost } = await withInlineImages(withoutBeyond(asked, beyondIt), fetch, signal);
  return { request, lost: lost ? [...beyondIt, "vision"] : beyondIt };
}

async function send(
  body: OllamaRequest,
  { baseUrl, key, endpoint }: Place,
  options: ProviderOptions,
  signal: AbortSignal,
): Promise<{ head: Head; lines: AsyncIterable<unknown> }> {
  // The build for browsers: the other one reads a file wherever an image's text happens to be the path of one.
  const { Ollama } = await import("ollama/browser");
  const head = Promise.withResolvers<Head>();
  const pass = door({ ...options, endpoint, streamType: "application/x-ndjson" });
  const client = new Ollama({
    host: baseUrl,
    ...(key !== null && { headers: { authorization: `Bearer ${key}` } }),
    async fetch(input, init) {
      const response = await pass(input, { ...init, signal });
      const seen = headOf(response);
      head.resolve(seen);
      return new Response(response.body && guardedLines(response.body, endpoint, seen), response);
    },
  });
  const lines = await client.chat(body);
  return { head: await head.promise, lines };
}

/** With which context each model was last run: asked for another one, Ollama would load it anew. */
class LoadedContexts {
  readonly #now: () => number;
  readonly #known = new Map<string, { numCtx: number; until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  of(baseUrl: string, model: string): number | null {
    const known = this.#known.get(`${baseUrl} ${model}`);
    return known && this.#now() < known.until ? known.numCtx : null;
  }

  /** `keepAlive`: how long it stays, seconds, below 0 for ever; null for as long as the server likes. */
  note(baseUrl: string, model: string, numCtx: number, keepAlive: number | null): void {
    const seconds = keepAlive ?? usualKeepAlive;
    const until = seconds < 0 ? Number.POSITIVE_INFINITY : this.#now() + seconds * 1000;
    this.#known.set(`${baseUrl} ${model}`, { numCtx, until });
  }
}
