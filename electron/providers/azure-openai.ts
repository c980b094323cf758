import { type Link, type Provider, ProviderFailure } from "../chain/index.ts";
import { type ClientSettings, chatCompletionsProvider } from "./openai-chat.ts";
import { openaiDialectOf } from "./openai-request.ts";
import type { ProviderOptions } from "./options.ts";

/** The last version of the API by deployment that is out of preview; `?api-version=` in a link's address wins. */
const apiVersion = "2024-10-21";

/** Where Chat Completions stand at a resource, without the query. */
function addressOf(link: Link, baseUrl: string): Pick<ClientSettings, "baseURL" | "defaultQuery"> {
  const { origin, pathname, searchParams } = new URL(baseUrl);
  const path = pathname.replace(/\/+$/, "");
  // The v1 API takes the deployment as the model, and needs no version.
  if (path.endsWith("/openai/v1")) {
    return { baseURL: origin + path, defaultQuery: Object.fromEntries(searchParams) };
  }
  const root = path.replace(/\/openai(?:\/deployments\/[^/]+)?$/, "");
  return {
    baseURL: `${origin}${root}/openai/deployments/${encodeURIComponent(link.model)}`,
    defaultQuery: { "api-version": apiVersion, ...Object.fromEntries(searchParams) },
  };
}

/**
 * OpenAI's models at Azure. A link's `model` is the name of its deployment, and `base_url` its resource: with `/openai/v1` the v1 API, without
 * it the older one by deployment and version. The key goes into the header `api-key`.
 */
export function azureOpenaiProvider(options: ProviderOptions): Provider {
  return chatCompletionsProvider(options, {
    baseUrl(link) {
      if (link.baseUrl !== null) return link.baseUrl;
      throw new ProviderFailure(
        "invalid_request",
        `Link "${link.id}" has no base URL. Set base_url to the address of its Azure resource, such as https://NAME.openai.azure.com/openai/v1.`,
      );
    },
    dialect: openaiDialectOf,
    needsKey: () => true,
    client: (link, baseUrl, key) => ({
      ...addressOf(link, baseUrl),
      defaultHeaders: { authorization: null, "api-key": key },
    }),
  });
}
