/** What Holdfast keeps on this machine: conversations with their receipts, settings, keys, and the config file. */
export { createConfStore, type JsonFile, type JsonFileOpener } from "./checked-store.ts";
export {
  ConfigError,
  configJsonSchema,
  type FindConfigOptions,
  findConfigFile,
  loadConfigFile,
  parseConfig,
} from "./config-file.ts";
export type { ConfigProblem } from "./config-source.ts";
export { type Asked, Conversations, type ConversationsOptions, type Thread } from "./conversations.ts";
export { type Database, type DatabaseOptions, openDatabase } from "./database.ts";
export { StoreError, type StoreErrorKind } from "./errors.ts";
export { type Keyring, keychainVault, loadKeyring } from "./keychain.ts";
export type { FinishedAnswer } from "./messages.ts";
export type { MovedAside, OnMovedAside } from "./moved-aside.ts";
export { type SafeStorage, safeStorageVault } from "./safe-storage.ts";
export { storeMigrations } from "./schema.ts";
export { type SecretLink, Secrets, type SecretsOptions } from "./secrets.ts";
export { openSettings, type SettingsStore } from "./settings.ts";
export type { FindVault, Vault } from "./vault.ts";
