import { z } from "zod";
import { CheckedStore, type CheckedStoreOptions } from "./checked-store.ts";
import type { FindVault, Vault } from "./vault.ts";

/** What is needed of Electron's `safeStorage`, which works only once the app is ready. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean;
  /** Only on Linux: what keeps the encryption key. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
}

const sealedKeys = z.object({ keys: z.record(z.string(), z.base64()).default({}) });

/** Keeps keys in a JSON file of their own, each encrypted by Electron's `safeStorage`, whose key the system keeps. */
export function safeStorageVault(
  safeStorage: SafeStorage,
  options: Omit<CheckedStoreOptions<typeof sealedKeys>, "schema">,
): FindVault {
  const file = new CheckedStore({ ...options, schema: sealedKeys });
  const sealed = (link: string) => new Map(Object.entries(file.get().keys)).get(link);
  const vault: Vault = {
    kind: "safe_storage",
    detail: `Keys are encrypted by this system's own key store and kept in ${options.file.path}.`,
    has: async (link) => sealed(link) !== undefined,
    read: async (link) => {
      const found = sealed(link);
      return found === undefined ? null : safeStorage.decryptString(Buffer.from(found, "base64"));
    },
    write: async (link, key) => {
      const encrypted = safeStorage.encryptString(key).toString("base64");
      file.update({ keys: { ...file.get().keys, [link]: encrypted } });
    },
    erase: async (link) => {
      const { [link]: _, ...others } = file.get().keys;
      file.update({ keys: others });
    },
  };
  return async () => {
    const unavailable = whyUnavailable(safeStorage);
    return unavailable === null ? vault : { unavailable };
  };
}

function whyUnavailable(safeStorage: SafeStorage): string | null {
  if (!safeStorage.isEncryptionAvailable()) return "this system offers no key store that can encrypt them";
  const backend = safeStorage.getSelectedStorageBackend?.();
  // With `basic_text` Electron encrypts with a fixed password, which is no better than plain text.
  if (backend === "basic_text" || backend === "unknown") {
    return "neither GNOME Keyring nor KWallet is running, and without one they would lie in plain text";
  }
  return null;
}
