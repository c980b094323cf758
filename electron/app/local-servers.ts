import { type LinkConfig, type LocalServer, linkConfig } from "../contract/index.ts";
import { lookForServers, ModelError, usualServerPorts } from "../models/index.ts";
import { ollamaBaseUrl, withoutVersion, withTag } from "../providers/index.ts";
import { withLink } from "./chain-place.ts";
import type { ChainSettings } from "./chain-settings.ts";
import type { Egress } from "./egress.ts";
import { type OllamaParts, OllamaService } from "./ollama.ts";

export interface LocalParts extends Omit<OllamaParts, "platform" | "settings"> {
  settings(): ChainSettings;
  egress: Egress;
}

/** What manages servers of models on this machine. */
export interface Local {
  ollama: OllamaService;
  servers: LocalServers;
}

/** Builds it. Everything that it sends leaves by the app's one door, as what a person asked for by hand. */
export function createLocalServers({ egress, ...parts }: LocalParts): Local {
  const { settings } = parts;
  const fetch = egress.byHand(parts.fetch, () =>
    settings().rules.level === "offline"
      ? "the level is set to offline, so no other machine is asked; choose another level"
      : null,
  );
  const ollama = new OllamaService({ ...parts, fetch, platform: process.platform });
  return { ollama, servers: new LocalServers({ fetch, settings }) };
}

export interface LocalServersParts {
  /** Leaves by the app's one door. */
  fetch: typeof fetch;
  settings(): ChainSettings;
}

type Found = Awaited<ReturnType<typeof lookForServers>>;

/** Servers of models on this machine, looked for when the person asks to, and put into the chain as local links. */
export class LocalServers {
  readonly #parts: LocalServersParts;
  #found: Found = [];

  constructor(parts: LocalServersParts) {
    this.#parts = parts;
  }

  /** Looks on the usual ports, and on these. */
  async look(ports: readonly number[] = [], signal = new AbortController().signal): Promise<LocalServer[]> {
    const { fetch } = this.#parts;
    this.#found = await lookForServers({
      ports: [...Object.values(usualServerPorts), ...ports],
      fetch,
      signal,
    });
    return this.#found.map((server) => ({
      ...server,
      models: server.models.map((model) => ({ ...model, link: this.#linkOf(server, model.id) })),
    }));
  }

  /** Adds a model of a server that was found. Gives the link's id. Throws a ModelError, or a StoreError where the chain can't be changed. */
  add(baseUrl: string, model: string): string {
    const server = this.#found.find(({ base_url }) => base_url === baseUrl);
    if (server === undefined)
      throw new ModelError("not_found", `No server was found at ${baseUrl}. Look for local servers again.`);
    const known = server.models.find(({ id }) => id === model);
    if (known === undefined && !server.needs_key)
      throw new ModelError("not_found", `${server.name} at ${baseUrl} has no model "${model}".`);
    const there = this.#linkOf(server, model);
    if (there !== null) return there;
    const capabilities = {
      ...(known?.context && { context_window: known.context }),
      ...(known?.vision != null && { vision: known.vision }),
    };
    const wanted: LinkConfig = {
      id: server.kind === "other" ? "local-server" : server.kind,
      provider: server.kind === "ollama" ? "ollama" : "openai-compatible",
      model,
      base_url: baseUrl,
      tier: "local",
      ...(Object.keys(capabilities).length > 0 && { capabilities }),
    };
    const settings = this.#parts.settings();
    const { chain, link } = withLink(settings.config.fallback_chain, linkConfig.parse(wanted), () => false);
    settings.setConfig({ ...settings.config, fallback_chain: chain });
    return link;
  }

  #linkOf({ kind, base_url }: Found[number], model: string): string | null {
    const isOllama = kind === "ollama";
    const asks = this.#parts
      .settings()
      .links.find(
        (link) =>
          (link.provider === "ollama") === isOllama &&
          sameAddress(link.baseUrl ?? (isOllama ? ollamaBaseUrl : ""), base_url) &&
          (isOllama ? withTag(link.model) === withTag(model) : link.model === model),
      );
    return asks?.id ?? null;
  }
}

const sameAddress = (one: string, other: string): boolean =>
  withoutVersion(one).replace("//localhost:", "//127.0.0.1:") === withoutVersion(other);
