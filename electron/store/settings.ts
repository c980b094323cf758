import { settings } from "../contract/index.ts";
import { CheckedStore, type CheckedStoreOptions } from "./checked-store.ts";

/** What the person has set, as the contract's `settings`. `get` reads it, `update` changes some of its keys. */
export type SettingsStore = CheckedStore<typeof settings>;

/** The settings in a JSON file: `createConfStore(folder)`, or electron-store under Electron. */
export function openSettings(options: Omit<CheckedStoreOptions<typeof settings>, "schema">): SettingsStore {
  return new CheckedStore({ ...options, schema: settings });
}
