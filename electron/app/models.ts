import { freemem, totalmem } from "node:os";
import { join, resolve } from "node:path";
import type { ModelsState } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import {
  Downloads,
  Hub,
  loadCatalogue,
  type ModelsDatabase,
  type Place,
  proxyFetch,
  Shelf,
} from "../models/index.ts";
import type { ChainSettings } from "./chain-settings.ts";
import type { Egress } from "./egress.ts";
import { freeBytesOf, ModelList } from "./model-list.ts";
import { ModelManager, usualContext } from "./model-manager.ts";
import { Watched } from "./watched.ts";

const usualHub = "https://huggingface.co";

export interface ModelsParts {
  /** Opened with `modelsMigrations`. */
  database: ModelsDatabase;
  resources: string;
  dataDir: string;
  places: readonly Place[];
  env: Readonly<Record<string, string | undefined>>;
  now(): number;
  egress: Egress;
  engine: EngineClient;
  settings: ChainSettings;
  onError(error: unknown): void;
}

/** Builds what manages models. Everything that it sends leaves by the app's one door. */
export function createModels(parts: ModelsParts): ModelManager {
  const { database, resources, dataDir, places, env, now, egress, engine, settings, onError } = parts;
  const { folder: configured, hub: configuredHub, connections = 4 } = settings.config.models ?? {};
  const folder = configured === undefined ? join(dataDir, "models") : resolve(dataDir, configured);
  const hubAddress = configuredHub ?? (env.HF_ENDPOINT || usualHub);
  const token = env.HF_TOKEN || null;
  const fetch = egress.byHand(proxyFetch(env), () =>
    settings.rules.level === "offline"
      ? "the level is set to offline, so nothing is fetched; choose another level to download models"
      : null,
  );
  const shelf = new Shelf(database, now);
  const catalogue = loadCatalogue(join(resources, "models.json"));
  const state = new Watched<ModelsState>(() => ({
    installed: list.installed(),
    available: list.available(),
    downloads: downloads.list(),
    machine: list.machine(),
  }));
  const downloads = new Downloads({
    shelf,
    fetch,
    folder,
    now,
    connections,
    freeBytes: async (of) => freeBytesOf(of),
    inspect: (path) => engine.inspect({ path, contextSize: usualContext }),
    tokenFor: (url) => (new URL(url).origin === new URL(hubAddress).origin ? token : null),
    onChange: () => state.changed(),
    onInstalled: () => state.changed(),
  });
  const list = new ModelList({
    shelf,
    catalogue,
    places,
    resources,
    folder,
    memory: () => ({ total: totalmem(), free: freemem() }),
    vramBytes: () => engine.status.vram_bytes,
    links: () => settings.links,
    resolve: (model) => manager.resolve(model),
  });
  const manager = new ModelManager({
    shelf,
    list,
    downloads,
    hub: new Hub({ fetch, endpoint: hubAddress, token }),
    hubAddress,
    catalogue,
    resources,
    folder,
    engine,
    settings,
    now,
    state,
  });
  manager.rescan().catch(onError);
  return manager;
}
