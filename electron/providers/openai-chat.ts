import type OpenAI from "openai";
import type { ClientOptions } from "openai";
import type { Link, Provider } from "../chain/index.ts";
import { door } from "./door.ts";
import { endpointOf } from "./endpoint.ts";
import { EventStream } from "./event-stream.ts";
import { keyOf } from "./key.ts";
import { chunkReader, openaiEvents } from "./openai-events.ts";
import { type Dialect, openaiDropped, openaiRequest } from "./openai-request.ts";
import type { ProviderOptions } from "./options.ts";
import { perLink } from "./per-link.ts";
import { noTimeoutMs } from "./sdk.ts";
import { attemptStream, headOf } from "./stream.ts";

/** What tells the families of Chat Completions apart. */
export interface ChatCompletionsFamily {
  /** The address in force for a link, with its version. */
  baseUrl(link: Link): string;
  dialect(baseUrl: string): Dialect;
  /** Whether a request to this address is pointless without a key. */
  needsKey(link: Link): boolean;
  /** Where its server wants requests elsewhere, or the key in another place, than OpenAI's. */
  client?(link: Link, baseUrl: string, key: string | null): ClientSettings;
}

/** What of the SDK's settings a family may change. */
export type ClientSettings = Pick<ClientOptions, "baseURL" | "defaultHeaders" | "defaultQuery">;

/** A `Provider` that speaks Chat Completions through OpenAI's SDK. The SDK is loaded with the first request. */
export function chatCompletionsProvider(options: ProviderOptions, family: ChatCompletionsFamily): Provider {
  const clients = perLink(async (link, baseUrl, key): Promise<OpenAI> => {
    const { OpenAI } = await import("openai");
    return new OpenAI({
      baseURL: baseUrl,
      // Whatever is not set here the SDK takes from the environment, and would send OpenAI's key to any host.
      apiKey: key ?? "none",
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      ...(key === null && { defaultHeaders: { authorization: null } }),
      ...family.client?.(link, baseUrl, key),
      maxRetries: 0,
      timeout: noTimeoutMs,
      logLevel: "off",
      fetch: door({ ...options, endpoint: endpointOf(link, baseUrl, key), streamType: "text/event-stream" }),
    });
  });
  return {
    stream: (request, link, signal) =>
      attemptStream(signal, async () => {
        const baseUrl = family.baseUrl(link);
        const key = await keyOf(link, options, family.needsKey(link));
        const endpoint = endpointOf(link, baseUrl, key);
        return {
          endpoint,
          async open(signal, giveUp) {
            const client = await clients(link, baseUrl, key);
            const dialect = family.dialect(baseUrl);
            const body = openaiRequest(request, link, dialect);
            const response = await client.chat.completions.create(body, { signal }).asResponse();
            const head = headOf(response);
            const chunks = new EventStream(response, chunkReader(endpoint, head), options.clock);
            return {
              head,
              dropped: openaiDropped(request, link, dialect),
              events: openaiEvents(chunks, endpoint, head, { clock: options.clock, link, giveUp }),
            };
          },
        };
      }),
  };
}
