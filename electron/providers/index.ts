/** One file per provider family, each a `Provider`; how they fail is classified here. */

export { anthropicProvider } from "./anthropic.ts";
export { azureOpenaiProvider } from "./azure-openai.ts";
export { withoutVersion } from "./base-url.ts";
export { bedrockProvider } from "./bedrock.ts";
export { createProviders, type HttpProviderName } from "./create.ts";
export * from "./llama.ts";
export { ollamaBaseUrl, ollamaProvider } from "./ollama.ts";
export { type ContextPlan, smallestContext } from "./ollama-context.ts";
export { isOfOllamasCloud, OllamaFactBook, type OllamaFacts, withTag } from "./ollama-facts.ts";
export {
  type LoadedOllamaModel,
  type OllamaModel,
  type OllamaPullStep,
  OllamaServer,
} from "./ollama-server.ts";
export { openaiProvider } from "./openai.ts";
export { openaiCompatibleProvider } from "./openai-compatible.ts";
export type { OllamaOptions, ProviderOptions } from "./options.ts";
export { originOf } from "./origin.ts";
export { loadPresets, parsePresets } from "./presets.ts";
export { rehearsedFailure } from "./rehearsed.ts";
export { vertexProvider } from "./vertex.ts";
