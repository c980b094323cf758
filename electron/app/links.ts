import type { Link, RetryPolicy, SkipOverrides, Timeouts } from "../chain/index.ts";
import {
  type Config,
  durationMs,
  type LinkConfig,
  type LinkTier,
  type Preset,
  type ProviderName,
  type SkipOverridesConfig,
} from "../contract/index.ts";
import { isOfOllamasCloud, type OllamaFacts } from "../providers/index.ts";
import { isStarter, starterLink } from "./starter.ts";

/** Time limits by tier: a model on this machine may have to load first, and speaks more slowly. */
const timeouts: Record<LinkTier, Timeouts> = {
  cloud: { connectMs: 3_000, firstTokenMs: 20_000, idleMs: 15_000, totalMs: 180_000 },
  backup: { connectMs: 3_000, firstTokenMs: 20_000, idleMs: 15_000, totalMs: 180_000 },
  local: { connectMs: 10_000, firstTokenMs: 120_000, idleMs: 60_000, totalMs: Number.POSITIVE_INFINITY },
};

/** What the models of a family can do when neither the link nor the catalogue says. */
const capabilities: Record<ProviderName, Omit<Link["capabilities"], "contextWindow">> = {
  openai: { vision: true, tools: true, jsonSchema: true, prefill: false, logprobs: true },
  anthropic: { vision: true, tools: true, jsonSchema: true, prefill: false, logprobs: false },
  "azure-openai": { vision: true, tools: true, jsonSchema: true, prefill: false, logprobs: true },
  bedrock: { vision: true, tools: true, jsonSchema: false, prefill: false, logprobs: false },
  vertex: { vision: true, tools: true, jsonSchema: true, prefill: false, logprobs: false },
  "openai-compatible": { vision: true, tools: true, jsonSchema: true, prefill: false, logprobs: false },
  ollama: { vision: false, tools: true, jsonSchema: true, prefill: false, logprobs: false },
  llama: { vision: false, tools: true, jsonSchema: true, prefill: true, logprobs: true },
};

/**
 * The key's variable where a link does not name one. It holds only at the provider's own addresses: a key must not go to
 * another host unless the link says so. `hosts` are those that a link may name, for providers whose address is each customer's own.
 */
const keyVariables: Partial<Record<ProviderName, { variable: string; hosts?: RegExp }>> = {
  openai: { variable: "OPENAI_API_KEY" },
  anthropic: { variable: "ANTHROPIC_API_KEY" },
  "azure-openai": {
    variable: "AZURE_OPENAI_API_KEY",
    hosts: /\.(?:openai|cognitiveservices|services\.ai)\.azure\.com$/,
  },
  bedrock: {
    variable: "AWS_BEARER_TOKEN_BEDROCK",
    hosts: /^bedrock-runtime[\w-]*(?:\.[a-z\d-]+)?\.amazonaws\.com(?:\.cn)?$/,
  },
  vertex: { variable: "GOOGLE_ACCESS_TOKEN", hosts: /(?:^|[.-])aiplatform\.googleapis\.com$/ },
};

function keyVariableOf({ provider, api_key_env, base_url }: LinkConfig): string | null {
  if (api_key_env !== undefined) return api_key_env;
  const known = keyVariables[provider];
  const isOwn = base_url === undefined || known?.hosts?.test(new URL(base_url).hostname) === true;
  return isOwn ? (known?.variable ?? null) : null;
}

/**
 * The links of a config with every default filled in, in the order of the chain: `priority` where it is given,
 * else the position. The first cloud link has the tier `cloud`, those after it `backup`.
 */
export function linksOf(
  config: Config,
  presets: readonly Preset[],
  told: (link: LinkConfig) => OllamaFacts | null = () => null,
): Link[] {
  let cloudSeen = false;
  const ordered = (config.fallback_chain ?? [starterLink])
    .map((link, index) => ({ link, priority: link.priority ?? index + 1 }))
    .toSorted((a, b) => a.priority - b.priority);
  const tiered = ordered.map(({ link, priority }) => {
    const tier = link.tier ?? (isLocal(link, told(link)) ? "local" : cloudSeen ? "backup" : "cloud");
    cloudSeen ||= tier === "cloud";
    return { link, tier, priority };
  });
  const lastRemote = tiered.findLastIndex(({ tier }) => tier !== "local");
  return tiered.map(({ link, tier, priority }, index) => {
    // While another provider follows, moving on is quicker than asking again; the last one is worth a second try.
    const retries = index === lastRemote ? 1 : 0;
    return linkOf(link, { tier, priority, retries }, presets, told(link));
  });
}

/** What a link owes to its place in the chain. */
interface Place {
  tier: LinkTier;
  priority: number;
  retries: number;
}

function linkOf(
  link: LinkConfig,
  { tier, priority, retries }: Place,
  presets: readonly Preset[],
  told: OllamaFacts | null,
): Link {
  const known = presets
    .filter((preset) => preset.provider === link.provider)
    .flatMap((preset) => preset.models)
    .find((model) => model.id === link.model);
  const can = { ...known?.capabilities, ...(told && abilitiesOf(told)), ...link.capabilities };
  const family = capabilities[link.provider];
  return {
    id: link.id,
    provider: link.provider,
    model: link.model,
    baseUrl: link.base_url ?? null,
    apiKeyEnv: keyVariableOf(link),
    tier,
    level: link.level ?? (tier === "local" ? "minimal" : "full"),
    priority,
    weight: link.weight ?? 1,
    timeouts: timeoutsOf(link, tier),
    capabilities: {
      vision: can.vision ?? family.vision,
      // The starter model was taught to answer, and nothing else.
      tools: can.tools ?? (family.tools && !isStarter(link)),
      jsonSchema: can.json_schema ?? family.jsonSchema,
      // The starter model has nothing to add to what a larger one began.
      prefill: can.prefill ?? (family.prefill && !isStarter(link)),
      logprobs: can.logprobs ?? family.logprobs,
      contextWindow: can.context_window ?? null,
    },
    price: link.price ?? known?.price ?? null,
    retry: retryOf(link.retry, retries),
    onFailure: link.on_failure ? overridesOf(link.on_failure) : null,
  };
}

function retryOf(retry: LinkConfig["retry"] = {}, retries: number): RetryPolicy {
  return {
    maxRetries: retry.max_retries ?? retries,
    baseDelayMs: retry.base_delay ? durationMs(retry.base_delay) : null,
    maxDelayMs: retry.max_delay ? durationMs(retry.max_delay) : 8_000,
    exponentialBase: retry.exponential_base ?? 2,
    jitter: retry.jitter ?? true,
  };
}

/** Failure kinds with a rule of their own. */
export function overridesOf({ next = [], stop = [] }: SkipOverridesConfig): SkipOverrides {
  return { next, stop };
}

function timeoutsOf(link: LinkConfig, tier: LinkTier): Timeouts {
  const { connect, first_token, idle, total = link.timeout } = link.timeouts ?? {};
  const fallback = timeouts[tier];
  return {
    connectMs: connect ? durationMs(connect) : fallback.connectMs,
    firstTokenMs: first_token ? durationMs(first_token) : fallback.firstTokenMs,
    idleMs: idle ? durationMs(idle) : fallback.idleMs,
    totalMs: total ? durationMs(total) : fallback.totalMs,
  };
}

/** What an Ollama server says that its model can do. */
function abilitiesOf({ capabilities, contextLength }: OllamaFacts): LinkConfig["capabilities"] {
  return {
    ...(capabilities && { vision: capabilities.includes("vision"), tools: capabilities.includes("tools") }),
    ...(contextLength !== null && { context_window: contextLength }),
  };
}

/** A model on this machine: our engine, or Ollama unless its address, or the model, says that it runs elsewhere. */
function isLocal({ provider, base_url, model }: LinkConfig, told: OllamaFacts | null): boolean {
  if (provider === "llama") return true;
  if (provider !== "ollama" || isOfOllamasCloud(model) || told?.remoteHost) return false;
  return base_url === undefined || isLoopback(new URL(base_url).hostname);
}

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
