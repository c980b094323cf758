import type { Link } from "../chain/index.ts";
import type { ProviderName } from "../contract/index.ts";
import { anthropicBaseUrl } from "./anthropic.ts";
import { ollamaBaseUrl } from "./ollama.ts";
import { openaiBaseUrl } from "./openai.ts";

const ownAddresses: Partial<Record<ProviderName, string>> = {
  openai: openaiBaseUrl,
  anthropic: anthropicBaseUrl,
  ollama: ollamaBaseUrl,
};

/** Where a link's requests go, such as `https://api.example.com`; null where only the request itself finds out, as a region of AWS. */
export function originOf({ provider, baseUrl }: Pick<Link, "provider" | "baseUrl">): string | null {
  const address = baseUrl ?? ownAddresses[provider];
  return address === undefined ? null : new URL(address).origin;
}
