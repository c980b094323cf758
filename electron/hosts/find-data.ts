import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import envPaths from "env-paths";
import type { Config } from "../contract/index.ts";
import { ConfigError, findConfigFile, loadConfigFile } from "../store/index.ts";
import type { OpenLog } from "./log.ts";

/** The config file in force, and the folder of the person's data, which is there. */
export interface FoundData {
  dataDir: string;
  configFile: { path: string; config: Config } | null;
}

/** Finds what this process is to run with. `option` is what `--config` named. Throws a ConfigError. */
export function findData(option: string | null): FoundData {
  const path = findConfigFile({ option, env: process.env, cwd: process.cwd(), exists: existsSync });
  const config = path === null ? null : loadConfigFile(path, (file) => readFileSync(file, "utf8"));
  const configFile = path === null || config === null ? null : { path, config };
  return { dataDir: dataFolder(config), configFile };
}

/**
 * Writes what is wrong with a config to the log, where there is one, for those who were not there to read the program's last words. Other errors are
 * not its affair.
 */
export async function logConfigError(
  error: unknown,
  openLog: (dataDir: string) => Promise<OpenLog> | undefined,
): Promise<void> {
  if (!(error instanceof ConfigError)) return;
  try {
    await using log = await openLog(dataFolder(null));
    const { file, problems } = error;
    log?.error({ event: "config_error", file, problems }, "The config can't be used.");
  } catch {
    // No log, for want of a folder or of a level that is one: that would hide what the person is to mend first.
  }
}

function dataFolder(config: Config | null): string {
  const dataDir = resolve(process.env.HOLDFAST_DATA_DIR ?? config?.data_dir ?? systemDataDir());
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return dataDir;
}

/** Where a person's data lies when neither the environment nor the config says: the system's own place for it. */
const systemDataDir = (): string => envPaths("holdfast", { suffix: "" }).data;
