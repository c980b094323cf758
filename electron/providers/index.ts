/** One file per provider family, each a `Provider`; how they fail is classified here. */
export { anthropicProvider } from "./anthropic.ts";
export { azureOpenaiProvider } from "./azure-openai.ts";
export { bedrockProvider } from "./bedrock.ts";
export { createProviders, type HttpProviderName } from "./create.ts";
export * from "./llama.ts";
export { ollamaProvider } from "./ollama.ts";
export { openaiProvider } from "./openai.ts";
export { openaiCompatibleProvider } from "./openai-compatible.ts";
export type { ProviderOptions } from "./options.ts";
export { originOf } from "./origin.ts";
export { loadPresets, parsePresets } from "./presets.ts";
export { vertexProvider } from "./vertex.ts";
