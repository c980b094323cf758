import type { Provider } from "../chain/index.ts";
import { withoutVersion } from "./base-url.ts";
import { door } from "./door.ts";
import { endpointOf } from "./endpoint.ts";
import { guardedLines } from "./guarded-lines.ts";
import { keyOf } from "./key.ts";
import { ollamaEvents } from "./ollama-events.ts";
import { ollamaDropped, ollamaRequest } from "./ollama-request.ts";
import type { ProviderOptions } from "./options.ts";
import { attemptStream, headOf } from "./stream.ts";

export const ollamaBaseUrl = "http://127.0.0.1:11434";

/**
 * Ollama's own API through its official package. A key is only needed by servers behind a proxy, and by ollama.com.
 *
 * The package has no way to hand it a signal for one request, so each request gets a client of its own, which is an object with an address
 * and no more; connections are kept alive by `fetch`, not by the client.
 */
export function ollamaProvider(options: ProviderOptions): Provider {
  return {
    stream: (request, link, signal) =>
      attemptStream(signal, async () => {
        const baseUrl = withoutVersion(link.baseUrl ?? ollamaBaseUrl);
        const key = await keyOf(link, options, false);
        const endpoint = endpointOf(link, baseUrl, key);
        const send = door({ ...options, endpoint, streamType: "application/x-ndjson" });
        return {
          endpoint,
          async open(signal) {
            const { Ollama } = await import("ollama");
            const head = Promise.withResolvers<ReturnType<typeof headOf>>();
            const client = new Ollama({
              host: baseUrl,
              ...(key !== null && { headers: { authorization: `Bearer ${key}` } }),
              async fetch(input, init) {
                const response = await send(input, { ...init, signal });
                const seen = headOf(response);
                head.resolve(seen);
                const { body } = response;
                return new Response(body && guardedLines(body, endpoint, seen), response);
              },
            });
            const lines = await client.chat(ollamaRequest(request, link));
            const seen = await head.promise;
            const callPrefix = `call_${request.messages.length}_`;
            return {
              head: seen,
              dropped: ollamaDropped(request),
              events: ollamaEvents(lines, endpoint, seen, callPrefix),
            };
          },
        };
      }),
  };
}
