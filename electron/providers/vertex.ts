import { type Link, type Provider, ProviderFailure } from "../chain/index.ts";
import { chatCompletionsProvider } from "./openai-chat.ts";
import { geminiDialect } from "./openai-request.ts";
import type { ProviderOptions } from "./options.ts";

/** Google's API keys, as against access tokens. */
const apiKey = /^(?:AIza|AQ\.)/;

/** Vertex names a model with its publisher; one without is Google's own. */
function withPublisher(link: Link): Link {
  return link.model.includes("/") ? link : { ...link, model: `google/${link.model}` };
}

/**
 * Gemini, and whatever else Vertex AI offers, through its OpenAI-compatible endpoint. A link's `base_url` names project and place and ends with
 * `/endpoints/openapi`. Its key is an OAuth access token, which goes as a bearer, or an API key, which goes into `x-goog-api-key`.
 */
export function vertexProvider(options: ProviderOptions): Provider {
  const provider = chatCompletionsProvider(options, {
    baseUrl(link) {
      if (link.baseUrl !== null) return link.baseUrl;
      throw new ProviderFailure(
        "invalid_request",
        `Link "${link.id}" has no base URL. Set base_url to https://aiplatform.googleapis.com/v1/projects/PROJECT/locations/global/endpoints/openapi, with your project in it.`,
      );
    },
    dialect: () => geminiDialect,
    needsKey: () => true,
    client: (_link, _baseUrl, key) =>
      key !== null && apiKey.test(key)
        ? { defaultHeaders: { authorization: null, "x-goog-api-key": key } }
        : {},
  });
  return { stream: (request, link, signal) => provider.stream(request, withPublisher(link), signal) };
}
