import type { Provider } from "../chain/index.ts";
import type { ProviderName } from "../contract/index.ts";
import { anthropicProvider } from "./anthropic.ts";
import { azureOpenaiProvider } from "./azure-openai.ts";
import { bedrockProvider } from "./bedrock.ts";
import { ollamaProvider } from "./ollama.ts";
import { openaiProvider } from "./openai.ts";
import { openaiCompatibleProvider } from "./openai-compatible.ts";
import type { ProviderOptions } from "./options.ts";
import { vertexProvider } from "./vertex.ts";

/** The families that are reached over HTTP; the engine's is made by whoever has an engine. */
const families = {
  openai: openaiProvider,
  anthropic: anthropicProvider,
  "azure-openai": azureOpenaiProvider,
  bedrock: bedrockProvider,
  vertex: vertexProvider,
  ollama: ollamaProvider,
  "openai-compatible": openaiCompatibleProvider,
} satisfies Partial<Record<ProviderName, (options: ProviderOptions) => Provider>>;

/** The families that `createProviders` makes. */
export type HttpProviderName = keyof typeof families;

/** One `Provider` for each family that is reached over HTTP, by its name in the config. */
export function createProviders(options: ProviderOptions): Record<HttpProviderName, Provider> {
  const made = Object.entries(families).map(([name, make]) => [name, make(options)]);
  return Object.fromEntries(made) as Record<HttpProviderName, Provider>;
}
