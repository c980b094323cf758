import type { Clock, Link, Provider } from "../chain/index.ts";
import type { ProviderName } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import type { ModelsDatabase } from "../models/index.ts";
import { createProviders, llamaProvider } from "../providers/index.ts";
import type { Secrets } from "../store/index.ts";
import { asSecretLink, type ChainSettings } from "./chain-settings.ts";
import { Connections } from "./connections.ts";
import { Egress } from "./egress.ts";
import type { Instruments } from "./instruments.ts";
import type { TrialKeys } from "./link-test.ts";
import { createLocalServers, type Local } from "./local-servers.ts";
import { withLoneQuestions } from "./starter.ts";

export interface WaysParts {
  /** Opened with `modelsMigrations`. */
  modelsDatabase: ModelsDatabase;
  secrets: Secrets;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  /** In place of connections of the app's own. */
  fetch: typeof fetch | undefined;
  instruments: Pick<Instruments, "hidden">;
  settings(): ChainSettings;
  /** The path of a link's model. Throws a ModelError for one that is not on this machine. */
  modelPath(model: string): string;
  /** Told of a link whose missing model has come. */
  onMended(link: string): void;
  onError(error: unknown): void;
}

/** The ways to the links, all through the app's one door. */
export interface Ways {
  connections: Connections;
  egress: Egress;
  local: Local;
  /** The families that this program has. */
  families: readonly ProviderName[];
  /** The provider of a link; models on this machine run in the engine that is given. */
  provider(link: Link, engine: EngineClient): Provider;
  /** The same for a probe, which asks whether a server is there, and is no reason to start one. */
  probed(link: Link, engine: EngineClient): Provider;
  /** Keys that are tried before they are kept. */
  trialKeys: TrialKeys;
}

/** Builds them. */
export function createWays({ modelsDatabase, secrets, instruments, modelPath, ...parts }: WaysParts): Ways {
  const { clock, env } = parts;
  const trialKeys: TrialKeys = new WeakMap();
  const connections = new Connections(env);
  const fetch = parts.fetch ?? connections.fetch;
  const egress = new Egress(fetch);
  const apiKey = async (link: Link) =>
    instruments.hidden(trialKeys.get(link) ?? (await secrets.get(asSecretLink(link))));
  const local = createLocalServers({ ...parts, database: modelsDatabase, fetch, egress, apiKey });
  const { ollama } = local;
  const plain = createProviders({ apiKey, fetch: egress.fetch, clock, ollama });
  const started = { ...plain, ollama: ollama.program.whenNeeded(plain.ollama) };
  const provider: Ways["provider"] = ({ provider: family }, engine) =>
    egress.guard(
      family === "llama"
        ? withLoneQuestions(llamaProvider({ engine, resolveModel: modelPath }))
        : started[family],
    );
  const families = [...Object.keys(plain), "llama"] as ProviderName[];
  return {
    connections,
    egress,
    local,
    families,
    provider,
    probed: (link, engine) =>
      link.provider === "ollama" ? egress.guard(plain.ollama) : provider(link, engine),
    trialKeys,
  };
}
