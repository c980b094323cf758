import type { Clock } from "../chain/index.ts";
import type { FindVault, Vault } from "./vault.ts";

/** One entry of the system's keychain. */
interface KeychainEntry {
  getPassword(): Promise<string | null>;
  setPassword(password: string): Promise<void>;
  deletePassword(): Promise<boolean>;
}

/** What is needed of `@napi-rs/keyring`. */
export interface Keyring {
  AsyncEntry: new (
    service: string,
    account: string,
    options: { linux: { store: "secret-service" } },
  ) => KeychainEntry;
}

export interface KeychainOptions {
  /** Gives the module; only called when the keychain is needed. */
  load: () => Promise<Keyring>;
  clock: Pick<Clock, "after">;
}

/** `@napi-rs/keyring` itself. */
export const loadKeyring = async (): Promise<Keyring> => {
  const { AsyncEntry } = await import("@napi-rs/keyring");
  return { AsyncEntry };
};

const service = "holdfast";

/** The account that is asked for, and never written, to see whether a keychain is there. */
const probeAccount = "holdfast-probe";

/** How long the keychain may take; a person may have to unlock it first. Milliseconds. */
const limitMs = 30_000;

/**
 * Keeps keys in the keychain of the operating system (macOS Keychain, Windows Credential Manager, the Secret Service on
 * Linux) under the service `holdfast`, account = id of the link. On Linux the library would otherwise fall back to the
 * kernel's keyring, which forgets everything at the next start, so it is held to the Secret Service.
 */
export function keychainVault({ load, clock }: KeychainOptions): FindVault {
  return async () => {
    try {
      const { AsyncEntry } = await load();
      const entry = (account: string) =>
        new AsyncEntry(service, account, { linux: { store: "secret-service" } });
      await inTime(entry(probeAccount).getPassword(), clock);
      return vaultOf(entry, clock);
    } catch (cause) {
      const { message } = cause as Error;
      // Linux without a desktop session tells of D-Bus at length, which helps nobody.
      const why = /dbus|secret service/i.test(message) ? "no Secret Service is running" : message;
      return { unavailable: `no keychain answers on this machine (${why})` };
    }
  };
}

function vaultOf(entry: (account: string) => KeychainEntry, clock: Pick<Clock, "after">): Vault {
  const read = (link: string) => inTime(entry(link).getPassword(), clock);
  return {
    kind: "keychain",
    detail: `Keys are kept in this system's keychain, under the name ${service}.`,
    has: async (link) => (await read(link)) !== null,
    read,
    write: async (link, key) => inTime(entry(link).setPassword(key), clock),
    erase: async (link) => {
      await inTime(entry(link).deletePassword(), clock);
    },
  };
}

function inTime<T>(work: Promise<T>, clock: Pick<Clock, "after">): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(limitMs, () => reject(new Error(`no answer within ${limitMs / 1_000} s`)));
    work.then(resolve, reject).finally(stop);
  });
}
