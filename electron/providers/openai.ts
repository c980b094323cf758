import type { Provider } from "../chain/index.ts";
import { chatCompletionsProvider } from "./openai-chat.ts";
import { openaiDialectOf } from "./openai-request.ts";
import type { ProviderOptions } from "./options.ts";

export const openaiBaseUrl = "https://api.openai.com/v1";

/**
 * OpenAI's Chat Completions. A link's `base_url` includes `/v1`. A key is required at OpenAI itself; another address may do without.
 */
export function openaiProvider(options: ProviderOptions): Provider {
  return chatCompletionsProvider(options, {
    baseUrl: (link) => link.baseUrl ?? openaiBaseUrl,
    dialect: openaiDialectOf,
    needsKey: (link) => link.baseUrl === null || new URL(link.baseUrl).host === new URL(openaiBaseUrl).host,
  });
}
