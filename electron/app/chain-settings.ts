import type { ChainRules, HedgeRule, Link, SkipRule } from "../chain/index.ts";
import {
  type BreakerConfig,
  type Config,
  durationMs,
  type Level,
  type LinkConfig,
  type Preset,
  type ProviderName,
  type SecretsInfo,
  type Settings,
} from "../contract/index.ts";
import type { ProbeSettings } from "../health/index.ts";
import type { OllamaFacts } from "../providers/index.ts";
import { type Secrets, type SettingsStore, StoreError } from "../store/index.ts";
import { linksOf, overridesOf } from "./links.ts";
import { starterLink } from "./starter.ts";

export interface ChainSettingsParts {
  store: SettingsStore;
  secrets: Secrets;
  /** The config file in force, which then stands above the settings; or null. */
  file: { path: string; config: Config } | null;
  presets: readonly Preset[];
  /** The provider families that this program has. */
  families: readonly ProviderName[];
  /** What an Ollama server has said of a link's model; null where it has not. */
  told?(link: LinkConfig): OllamaFacts | null;
  onChange(): void;
  /** Told when the key of a link was set or removed. */
  onKeyChange(link: string): void;
}

/** Nobody profits from a probe when nothing was asked for this long. */
const probesIdleAfterMs = 10 * 60_000;
const deadlineMs = 5 * 60_000;
const retryAfterMs = 60_000;
const offlineMessage = "No link of the chain can answer now, and nothing fitting was answered before.";

/** What the chain is set to: the config file where there is one, else what the person set in the app. */
export class ChainSettings {
  readonly #parts: ChainSettingsParts;
  #config: Config;
  #rules: ChainRules;
  #language: Settings["language"];

  /** Throws a StoreError `invalid` when the config names a provider family that this program does not have. */
  constructor(parts: ChainSettingsParts) {
    this.#parts = parts;
    const { config, language } = parts.store.get();
    this.#config = parts.file?.config ?? config;
    this.#language = language;
    this.#rules = this.#rulesOf(this.#config);
  }

  get file(): string | null {
    return this.#parts.file?.path ?? null;
  }

  get settings(): Settings {
    return this.#parts.store.get();
  }

  /** The language as of the start, or as set since: every answer asks for it, and `settings` reads the file. */
  get language(): Settings["language"] {
    return this.#language;
  }

  /** The config in force; a newcomer's chain is written out, so that it can be seen and changed. */
  get config(): Config {
    return { ...this.#config, fallback_chain: this.#config.fallback_chain ?? [starterLink] };
  }

  get rules(): ChainRules {
    return this.#rules;
  }

  /** The links, each with what its breaker is set to. */
  get linksWithBreakers(): (Link & { breaker: BreakerConfig | undefined })[] {
    const breakers = new Map(this.config.fallback_chain?.map(({ id, breaker }) => [id, breaker]));
    return this.links.map((link) => ({ ...link, breaker: breakers.get(link.id) }));
  }

  /** How links are probed. */
  get probes(): ProbeSettings {
    return probesOf(this.#config);
  }

  /** Sets the best level that may be used. */
  setCeiling(level: Level): void {
    this.#parts.store.update({ level });
    this.#rules = { ...this.#rules, level };
    this.#parts.onChange();
  }

  get links(): readonly Link[] {
    return this.#rules.links;
  }

  setTheme(theme: Settings["theme"]): Settings {
    return this.#parts.store.update({ theme });
  }

  setLanguage(language: Settings["language"]): Settings {
    const settings = this.#parts.store.update({ language });
    this.#language = language;
    return settings;
  }

  /** Throws a StoreError: `conflict` while a config file is in force, `invalid` when a link can't be built. */
  setConfig(config: Config): Config {
    const { file, store, onChange } = this.#parts;
    if (file)
      throw new StoreError(
        "conflict",
        `The chain is set by ${file.path}: change it there, then start Holdfast again.`,
      );
    const rules = this.#rulesOf(config);
    store.update({ config });
    this.#config = config;
    this.#rules = rules;
    onChange();
    return this.config;
  }

  /** Takes up what is known of links by now. */
  reconsider(): void {
    this.#rules = this.#rulesOf(this.#config);
    this.#parts.onChange();
  }

  secretsInfo(): Promise<SecretsInfo> {
    return this.#parts.secrets.info(this.links.map(asSecretLink));
  }

  async setSecret(link: string, key: string): Promise<SecretsInfo> {
    await this.#parts.secrets.set(link, key);
    this.#parts.onKeyChange(link);
    return this.secretsInfo();
  }

  async removeSecret(link: string): Promise<SecretsInfo> {
    await this.#parts.secrets.remove(link);
    this.#parts.onKeyChange(link);
    return this.secretsInfo();
  }

  #rulesOf(config: Config): ChainRules {
    const links = linksOf(config, this.#parts.presets, this.#parts.told);
    const unknown = links.find(({ provider }) => !this.#parts.families.includes(provider));
    if (unknown) {
      const known = this.#parts.families.join(", ");
      throw new StoreError(
        "invalid",
        `Link "${unknown.id}": this version has no provider "${unknown.provider}". It has: ${known}.`,
      );
    }
    return rulesOf(config, links, this.#parts.store.get().level);
  }
}

/** How the links of a config are probed. */
export function probesOf({ health = {} }: Config): ProbeSettings {
  const { probes = true, probe_interval = "30s", probe_timeout = "10s" } = health;
  return {
    enabled: probes,
    intervalMs: durationMs(probe_interval),
    timeoutMs: durationMs(probe_timeout),
    idleAfterMs: probesIdleAfterMs,
  };
}

/** The rules of a config, every default filled in. */
export function rulesOf(config: Config, links: readonly Link[], level: Level): ChainRules {
  return {
    links,
    strategy: config.strategy ?? "priority",
    skip: skipOf(config.skip),
    recovery: config.recovery ?? "continue",
    hedge: hedgeOf(config.hedge),
    level,
    deadlineMs: config.deadline ? durationMs(config.deadline) : deadlineMs,
    offline: {
      message: config.offline?.message ?? offlineMessage,
      retryAfterMs: config.offline?.retry_after ? durationMs(config.offline.retry_after) : retryAfterMs,
    },
  };
}

function skipOf(skip: Config["skip"] = "always_answer"): SkipRule {
  if (typeof skip === "string") return { preset: skip, next: [], stop: [] };
  return { preset: skip.preset ?? "always_answer", ...overridesOf(skip) };
}

function hedgeOf({ after = "off", with: second = "next" }: NonNullable<Config["hedge"]> = {}): HedgeRule {
  return { after: after === "off" || after === "p95" ? after : durationMs(after), with: second };
}

/** A link as the key store knows it. */
export function asSecretLink({ id, apiKeyEnv }: Link): { id: string; api_key_env?: string } {
  return apiKeyEnv === null ? { id } : { id, api_key_env: apiKeyEnv };
}
