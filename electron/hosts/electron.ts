import { homedir } from "node:os";
import { join } from "node:path";
import * as electron from "electron";
import ElectronStore from "electron-store";
import { createApp } from "../app/index.ts";
import type { Config } from "../contract/index.ts";
import { utilityEngine } from "../engine/index.ts";
import { knownPlaces } from "../models/index.ts";
import { type JsonFileOpener, safeStorageVault } from "../store/index.ts";
import { type DesktopApp, startDesktop } from "./electron-desktop.ts";
import { type FoundData, findData, logConfigError } from "./find-data.ts";
import { openLog } from "./log.ts";
import { MeteredConnection } from "./metered.ts";
import { programPaths, versionOf } from "./paths.ts";
import { personError } from "./person-error.ts";

const { app, dialog, powerMonitor, safeStorage, utilityProcess } = electron;
const paths = programPaths(import.meta.url);

/** A JSON file of the data folder as electron-store keeps it, readable by its owner only. */
const jsonFile = (dataDir: string, name: string): JsonFileOpener => ({
  path: join(dataDir, `${name}.json`),
  open: () => new ElectronStore({ cwd: dataDir, name, configFileMode: 0o600 }),
});

/** The desktop's log in this folder. */
const logIn = (dataDir: string, config?: Config["log"]) =>
  openLog({ file: "desktop", stderr: false, dataDir, config, env: process.env, version: versionOf(paths) });

async function buildApp({ dataDir, configFile }: FoundData): Promise<DesktopApp> {
  const log = await logIn(dataDir, configFile?.config.log);
  const connection = new MeteredConnection({
    platform: process.platform,
    monotonic: () => performance.now(),
  });
  const holdfast = createApp({
    version: versionOf(paths),
    resources: paths.resources,
    dataDir,
    settingsFile: jsonFile(dataDir, "settings"),
    configFile,
    env: process.env,
    vaults: [
      safeStorageVault(safeStorage, {
        file: jsonFile(dataDir, "keys"),
        now: Date.now,
        onMovedAside: ({ message }) => console.error(message),
      }),
    ],
    spawnEngine: () =>
      utilityEngine(
        utilityProcess.fork(paths.engineEntry, [], {
          stdio: ["ignore", "ignore", "pipe"],
          serviceName: "Holdfast engine",
        }),
      ),
    systemLanguage: app.getLocale(),
    modelPlaces: knownPlaces({ platform: process.platform, home: homedir(), env: process.env }),
    onError: logError,
    log,
    onBattery: () => powerMonitor.onBatteryPower,
    isMetered: () => connection.isMetered,
  });
  log.info({ event: "started", config_file: holdfast.settings.file }, "The desktop is up.");
  holdfast.startOutbox();
  powerMonitor.on("resume", () => holdfast.networkChanged());
  void holdfast.gateway.follow();
  holdfast.startCache();
  holdfast.models.downloads.resumeInterrupted();
  return {
    router: holdfast.router,
    theme: holdfast.settings.settings.theme,
    async [Symbol.asyncDispose]() {
      await holdfast[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  };
}

function logError(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
}

async function main(): Promise<void> {
  const data = findData(app.commandLine.getSwitchValue("config") || null);
  // Chromium's own files, and the lock of the single instance, lie beside the data that they belong to.
  app.setPath("userData", join(data.dataDir, "desktop"));
  const windowFile = jsonFile(data.dataDir, "window");
  await startDesktop({
    electron,
    paths,
    platform: process.platform,
    memory: {
      load: () => windowFile.open().store,
      save: (state) => {
        windowFile.open().store = state;
      },
    },
    createApp: () => buildApp(data),
    explain: (error) => personError(error).text,
    onError: logError,
  });
}

main().catch(async (error) => {
  await logConfigError(error, logIn);
  const { text, code } = personError(error);
  dialog.showErrorBox("Holdfast can't start", text);
  app.exit(code);
});
