import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import * as electron from "electron";
import ElectronStore from "electron-store";
import { createApp } from "../app/index.ts";
import { utilityEngine } from "../engine/index.ts";
import { knownPlaces } from "../models/index.ts";
import { findConfigFile, type JsonFileOpener, loadConfigFile, safeStorageVault } from "../store/index.ts";
import { type DesktopApp, startDesktop } from "./electron-desktop.ts";
import { defaultDataDir } from "./node-app.ts";
import { programPaths, versionOf } from "./paths.ts";
import { personError } from "./person-error.ts";

const { app, dialog, powerMonitor, safeStorage, utilityProcess } = electron;
const paths = programPaths(import.meta.url);

/** A JSON file of the data folder as electron-store keeps it, readable by its owner only. */
const jsonFile = (dataDir: string, name: string): JsonFileOpener => ({
  path: join(dataDir, `${name}.json`),
  open: () => new ElectronStore({ cwd: dataDir, name, configFileMode: 0o600 }),
});

/** The config file in force and the folder of the person's data; throws a ConfigError. */
function findData() {
  const option = app.commandLine.getSwitchValue("config") || null;
  const file = findConfigFile({ option, env: process.env, cwd: process.cwd(), exists: existsSync });
  const config = file === null ? null : loadConfigFile(file, (path) => readFileSync(path, "utf8"));
  const dataDir = resolve(process.env.HOLDFAST_DATA_DIR ?? config?.data_dir ?? defaultDataDir());
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return { dataDir, configFile: file !== null && config !== null ? { path: file, config } : null };
}

function buildApp({ dataDir, configFile }: ReturnType<typeof findData>): DesktopApp {
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
    onBattery: () => powerMonitor.onBatteryPower,
  });
  holdfast.startOutbox();
  powerMonitor.on("resume", () => holdfast.networkChanged());
  void holdfast.gateway.follow();
  holdfast.startCache();
  holdfast.models.downloads.resumeInterrupted();
  return {
    router: holdfast.router,
    theme: holdfast.settings.settings.theme,
    [Symbol.asyncDispose]: () => holdfast[Symbol.asyncDispose](),
  };
}

function logError(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
}

async function main(): Promise<void> {
  const data = findData();
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

main().catch((error) => {
  const { text, code } = personError(error);
  dialog.showErrorBox("Holdfast can't start", text);
  app.exit(code);
});
