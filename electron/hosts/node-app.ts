import { homedir } from "node:os";
import { type App, createApp } from "../app/index.ts";
import { systemClock } from "../chain/index.ts";
import type { Config } from "../contract/index.ts";
import { forkEngine } from "../engine/index.ts";
import { knownPlaces } from "../models/index.ts";
import { createConfStore, keychainVault, loadKeyring } from "../store/index.ts";
import { type FoundData, findData, logConfigError } from "./find-data.ts";
import { type OpenLog, openLog } from "./log.ts";
import { MeteredConnection } from "./metered.ts";
import { type ProgramPaths, programPaths, versionOf } from "./paths.ts";
import { runsOnBattery } from "./power.ts";

export interface NodeAppOptions {
  /** The host's own `import.meta.url`. */
  hostUrl: string;
  /** What `--config` named, or null. */
  config: string | null;
  /** What the log's files are called, for hosts that stay; a command that ends by itself writes none. */
  logFile?: "browser" | "serve";
}

/** An app outside Electron, and where it stands. Disposing it closes the app, then its log. */
export interface NodeApp extends AsyncDisposable {
  app: App;
  paths: ProgramPaths;
  dataDir: string;
  version: string;
}

/**
 * Builds the app for a host that runs in Node: settings by `conf`, keys in the system's keychain, the engine as a forked
 * child. Throws a ConfigError or StoreError with a text for the person.
 */
export async function createNodeApp({ hostUrl, config: option, logFile }: NodeAppOptions): Promise<NodeApp> {
  const { env } = process;
  const paths = programPaths(hostUrl);
  const version = versionOf(paths);
  const logTo = (dataDir: string, stderr: boolean, config?: Config["log"]): Promise<OpenLog> =>
    openLog({ file: logFile ?? null, stderr, dataDir, config, env, version });
  const { dataDir, configFile } = await found(option, (folder) => logFile && logTo(folder, false));
  // A service's standard error is read by programs; a command's only by who asked for the log.
  const toStderr = logFile === "serve" || (logFile === undefined && Boolean(env.HOLDFAST_LOG));
  const log = logFile || toStderr ? await logTo(dataDir, toStderr, configFile?.config.log) : null;
  const connection = new MeteredConnection({
    platform: process.platform,
    monotonic: () => performance.now(),
  });
  const app = createApp({
    version,
    resources: paths.resources,
    dataDir,
    settingsFile: createConfStore(dataDir),
    configFile,
    env,
    vaults: [keychainVault({ load: loadKeyring, clock: systemClock })],
    spawnEngine: () => forkEngine(paths.engineEntry),
    systemLanguage: new Intl.DateTimeFormat().resolvedOptions().locale,
    modelPlaces: knownPlaces({ platform: process.platform, home: homedir(), env }),
    onBattery: () => runsOnBattery(),
    isMetered: () => connection.isMetered,
    onError: (error) => {
      if (!toStderr) console.error(error instanceof Error ? error.message : error);
    },
    ...(log && { log }),
  });
  return {
    app,
    paths,
    dataDir,
    version,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await log?.[Symbol.asyncDispose]();
    },
  };
}

async function found(
  option: string | null,
  openLog: (dataDir: string) => Promise<OpenLog> | undefined,
): Promise<FoundData> {
  try {
    return findData(option);
  } catch (error) {
    await logConfigError(error, openLog);
    throw error;
  }
}
