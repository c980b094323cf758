import type Anthropic from "@anthropic-ai/sdk";
import type { Provider } from "../chain/index.ts";
import { anthropicEvents, eventReader } from "./anthropic-events.ts";
import { anthropicRequest, claudeDropped } from "./anthropic-request.ts";
import { withoutVersion } from "./base-url.ts";
import { door } from "./door.ts";
import { endpointOf } from "./endpoint.ts";
import { EventStream } from "./event-stream.ts";
import { keyOf } from "./key.ts";
import type { ProviderOptions } from "./options.ts";
import { perLink } from "./per-link.ts";
import { noTimeoutMs } from "./sdk.ts";
import { attemptStream, headOf } from "./stream.ts";

export const anthropicBaseUrl = "https://api.anthropic.com";

function isOfficial(baseUrl: string): boolean {
  return new URL(baseUrl).host === new URL(anthropicBaseUrl).host;
}

/**
 * Headers about the key beyond the SDK's own. The SDK sends a bearer token since its 1.0; servers that only speak like Anthropic may know
 * nothing but the older `x-api-key`, so they get both.
 */
function keyHeaders(baseUrl: string, key: string | null): Record<string, string | null> {
  if (key === null) return { authorization: null };
  return isOfficial(baseUrl) ? {} : { "x-api-key": key };
}

/**
 * Anthropic's Messages through the official SDK, which is loaded with the first request. A key is required at Anthropic itself;
 * another address may do without.
 */
export function anthropicProvider(options: ProviderOptions): Provider {
  const clients = perLink(async (link, baseUrl, key): Promise<Anthropic> => {
    const { Anthropic } = await import("@anthropic-ai/sdk");
    return new Anthropic({
      baseURL: baseUrl,
      // Never undefined: the SDK would look for keys in the environment and on the disk, and send them to any host.
      apiKey: key ?? "none",
      webhookKey: null,
      defaultHeaders: keyHeaders(baseUrl, key),
      maxRetries: 0,
      timeout: noTimeoutMs,
      logLevel: "off",
      fetch: door({ ...options, endpoint: endpointOf(link, baseUrl, key), streamType: "text/event-stream" }),
    });
  });
  return {
    stream: (request, link, signal) =>
      attemptStream(signal, async () => {
        const baseUrl = withoutVersion(link.baseUrl ?? anthropicBaseUrl);
        const key = await keyOf(link, options, isOfficial(baseUrl));
        const endpoint = endpointOf(link, baseUrl, key);
        return {
          endpoint,
          async open(signal, giveUp) {
            const client = await clients(link, baseUrl, key);
            const { body, headers } = anthropicRequest(request, link);
            const response = await client.messages.create(body, { signal, headers }).asResponse();
            const head = headOf(response);
            const stream = new EventStream(response, eventReader(endpoint, head), options.clock);
            return {
              head,
              dropped: claudeDropped(request, link.model),
              events: anthropicEvents(stream, endpoint, head, { clock: options.clock, link, giveUp }),
            };
          },
        };
      }),
  };
}
