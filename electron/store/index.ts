/** What Holdfast keeps on this machine: conversations with their receipts, the outbox, what was spent, settings, keys, and the config file. */
export { createConfStore, type JsonFile, type JsonFileOpener } from "./checked-store.ts";
export {
  ConfigError,
  configJsonSchema,
  type FindConfigOptions,
  findConfigFile,
  loadConfigFile,
  parseChecked,
  parseConfig,
} from "./config-file.ts";
export type { ConfigProblem } from "./config-source.ts";
export { type Asked, Conversations, type ConversationsOptions, type Thread } from "./conversations.ts";
export { type Database, type DatabaseOptions, openDatabase } from "./database.ts";
export { StoreError, type StoreErrorKind } from "./errors.ts";
export { takeLock } from "./file-lock.ts";
export { type Keyring, keychainVault, loadKeyring } from "./keychain.ts";
export { type KeptRun, LabRuns, labMigrations } from "./lab.ts";
export type { FinishedAnswer } from "./messages.ts";
export type { MovedAside, OnMovedAside } from "./moved-aside.ts";
export {
  type AnswerTier,
  type DropReason,
  type Leave,
  type NewOutboxEntry,
  OutboxEntries,
  type OutboxEntriesOptions,
  type OutboxEntry,
  type OutboxState,
} from "./outbox.ts";
export { type SafeStorage, safeStorageVault } from "./safe-storage.ts";
export { storeMigrations } from "./schema.ts";
export { type SecretLink, Secrets, type SecretsOptions } from "./secrets.ts";
export { openSettings, type SettingsStore } from "./settings.ts";
export { type Expense, Spend, type SpendOptions, type Spent } from "./spend.ts";
export { SavedState, type SavedStateOptions } from "./state.ts";
export { type TeamCircuit, type TeamSpend, TeamState, type TeamStateParts } from "./team-state.ts";
export type { FindVault, Vault } from "./vault.ts";
