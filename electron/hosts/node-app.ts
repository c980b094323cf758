import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import envPaths from "env-paths";
import { type App, type AppOptions, createApp } from "../app/index.ts";
import { systemClock } from "../chain/index.ts";
import { forkEngine } from "../engine/index.ts";
import { knownPlaces } from "../models/index.ts";
import {
  createConfStore,
  findConfigFile,
  keychainVault,
  loadConfigFile,
  loadKeyring,
} from "../store/index.ts";
import { type ProgramPaths, programPaths, versionOf } from "./paths.ts";

export interface NodeAppOptions {
  /** The host's own `import.meta.url`. */
  hostUrl: string;
  /** What `--config` named, or null. */
  config: string | null;
}

/** An app outside Electron, and where it stands. */
export interface NodeApp {
  app: App;
  paths: ProgramPaths;
  dataDir: string;
  version: string;
}

/**
 * Builds the app for a host that runs in Node: settings by `conf`, keys in the system's keychain, the engine as a forked
 * child. Throws a ConfigError or StoreError with a text for the person.
 */
export function createNodeApp({ hostUrl, config: option }: NodeAppOptions): NodeApp {
  const paths = programPaths(hostUrl);
  const file = findConfigFile({ option, env: process.env, cwd: process.cwd(), exists: existsSync });
  const config = file === null ? null : loadConfigFile(file, (path) => readFileSync(path, "utf8"));
  const dataDir = resolve(process.env.HOLDFAST_DATA_DIR ?? config?.data_dir ?? defaultDataDir());
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const version = versionOf(paths);
  const options: AppOptions = {
    version,
    resources: paths.resources,
    dataDir,
    settingsFile: createConfStore(dataDir),
    configFile: file !== null && config !== null ? { path: file, config } : null,
    env: process.env,
    vaults: [keychainVault({ load: loadKeyring, clock: systemClock })],
    spawnEngine: () => forkEngine(paths.engineEntry),
    systemLanguage: new Intl.DateTimeFormat().resolvedOptions().locale,
    modelPlaces: knownPlaces({ platform: process.platform, home: homedir(), env: process.env }),
    onError: (error) => console.error(error instanceof Error ? error.message : error),
  };
  return { app: createApp(options), paths, dataDir, version };
}

/** Where a person's data lies when neither the environment nor the config says: the system's own place for it. */
export function defaultDataDir(): string {
  return envPaths("holdfast", { suffix: "" }).data;
}
