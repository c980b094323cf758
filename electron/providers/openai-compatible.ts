import { type Provider, ProviderFailure } from "../chain/index.ts";
import { chatCompletionsProvider } from "./openai-chat.ts";
import { dialectOf } from "./openai-request.ts";
import type { ProviderOptions } from "./options.ts";

/**
 * Any server that speaks Chat Completions: OpenRouter, Groq, LM Studio, vLLM and so on. A link's `base_url` is required and
 * includes the version, such as `/v1`. The key may be absent, as it is for servers on this machine.
 */
export function openaiCompatibleProvider(options: ProviderOptions): Provider {
  return chatCompletionsProvider(options, {
    baseUrl(link) {
      if (link.baseUrl !== null) return link.baseUrl;
      throw new ProviderFailure(
        "invalid_request",
        `Link "${link.id}" has no base URL. Set base_url to the server's address, such as http://127.0.0.1:1234/v1.`,
      );
    },
    dialect: dialectOf,
    needsKey: () => false,
  });
}
