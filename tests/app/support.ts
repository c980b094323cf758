import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type App, type AppOptions, createApp } from "../../electron/app/index.ts";
import { systemClock } from "../../electron/chain/index.ts";
import type { Config, Receipt } from "../../electron/contract/index.ts";
import {
  Conversations,
  createConfStore,
  type FindVault,
  openDatabase,
  openSettings,
  type SettingsStore,
  storeMigrations,
  type Vault,
} from "../../electron/store/index.ts";
import { temporaryFolder } from "../hosts/support/program.ts";

/** A folder that is removed when the test has ended. */
export function folderForTest(): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return folder.path;
}

const never = (what: unknown) => {
  throw new Error(`unexpected: ${what}`);
};

/** Conversations on a real database. */
export function openConversations(folder = folderForTest()): Conversations {
  const database = openDatabase({
    path: join(folder, "holdfast.db"),
    migrations: storeMigrations,
    now: Date.now,
    onMovedAside: never,
  });
  const conversations = new Conversations({ database, clock: systemClock, newId: randomUUID });
  onTestFinished(() => {
    conversations[Symbol.dispose]();
    database[Symbol.dispose]();
  });
  return conversations;
}

/** Settings in a real file. */
export function openSettingsFile(folder = folderForTest()): SettingsStore {
  return openSettings({ file: createConfStore(folder), now: Date.now, onMovedAside: never });
}

/** A keychain in memory, and what was written to it. */
export function memoryVault(): { find: FindVault; kept: Map<string, string> } {
  const kept = new Map<string, string>();
  const vault: Vault = {
    kind: "keychain",
    detail: "Keys are kept in this test.",
    has: async (link) => kept.has(link),
    read: async (link) => kept.get(link) ?? null,
    write: async (link, key) => void kept.set(link, key),
    erase: async (link) => void kept.delete(link),
  };
  return { find: async () => vault, kept };
}

/** The whole app without a face, on a folder of its own; closed when the test has ended. */
export function startApp(config: Config | null, over: Partial<AppOptions> = {}) {
  const dataDir = over.dataDir ?? folderForTest();
  const vault = memoryVault();
  const errors: unknown[] = [];
  const app: App = createApp({
    version: "0.0.0",
    resources: join(import.meta.dirname, "../../resources"),
    dataDir,
    settingsFile: createConfStore(dataDir),
    configFile: config === null ? null : { path: "/test/holdfast.yaml", config },
    env: {},
    vaults: [vault.find],
    spawnEngine: () => never("the engine was started"),
    onError: (error) => errors.push(error),
    ...over,
  });
  let open = true;
  const close = async () => {
    if (open) await app[Symbol.asyncDispose]();
    open = false;
  };
  onTestFinished(close);
  return { app, dataDir, kept: vault.kept, errors, close };
}

/** A receipt of a plain answer by the first link. */
export const plainReceipt: Receipt = {
  requested_tier: "cloud",
  tier: "cloud",
  link: "first",
  provider: "openai",
  model: "first-model",
  level: "full",
  reason: null,
  attempts: [],
  seams: [],
  notices: [],
  dropped: [],
  usage: null,
  cost_usd: null,
  similarity: null,
  age_s: null,
  original_question: null,
};
