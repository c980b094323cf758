import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Clock } from "../../electron/chain/index.ts";
import {
  createConfStore,
  type FindVault,
  type Keyring,
  keychainVault,
  loadKeyring,
  type SafeStorage,
  Secrets,
  safeStorageVault,
} from "../../electron/store/index.ts";
import { temporaryFolder } from "./support.ts";

const link = { id: "primary", api_key_env: "PRIMARY_KEY" };

/** A safeStorage whose encryption turns every bit over; it refuses what was not encrypted so. */
function safeStorageDouble(change: Partial<SafeStorage> = {}): SafeStorage {
  const turn = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0xff));
  return {
    isEncryptionAvailable: () => true,
    getSelectedStorageBackend: () => "gnome_libsecret",
    encryptString: (text) => turn(Buffer.from(`sealed:${text}`)),
    decryptString(encrypted) {
      const text = turn(encrypted).toString();
      if (!text.startsWith("sealed:")) throw new Error("Error while decrypting");
      return text.slice("sealed:".length);
    },
    ...change,
  };
}

function safeStorageIn(folder: string, change: Partial<SafeStorage> = {}): FindVault {
  return safeStorageVault(safeStorageDouble(change), {
    file: createConfStore(folder, "keys"),
    now: () => Date.UTC(2026, 0, 1),
    onMovedAside: (file) => {
      throw new Error(file.message);
    },
  });
}

/** A keychain in memory, which counts how often it is touched. */
function keyringDouble() {
  const entries = new Map<string, string>();
  const touched: string[] = [];
  class AsyncEntry {
    readonly #name: string;
    constructor(service: string, account: string) {
      this.#name = `${service}/${account}`;
      touched.push(account);
    }
    async getPassword() {
      return entries.get(this.#name) ?? null;
    }
    async setPassword(password: string) {
      entries.set(this.#name, password);
    }
    async deletePassword() {
      return entries.delete(this.#name);
    }
  }
  return { entries, touched, load: async (): Promise<Keyring> => ({ AsyncEntry }) };
}

/** A keyring library that finds no keychain, as on a Linux without D-Bus. */
const noKeychain = async (): Promise<Keyring> => ({
  AsyncEntry: class {
    async getPassword(): Promise<string | null> {
      throw new Error("Platform failure: DBus error");
    }
    async setPassword(): Promise<void> {
      throw new Error("Platform failure: DBus error");
    }
    async deletePassword(): Promise<boolean> {
      throw new Error("Platform failure: DBus error");
    }
  },
});

/** A clock whose timers never ring by themselves. */
function stillClock() {
  const timers: (() => void)[] = [];
  const clock: Pick<Clock, "after"> = {
    after(_, then) {
      timers.push(then);
      return () => {};
    },
  };
  return { clock, ring: () => timers.forEach((then) => void then()) };
}

const { clock } = stillClock();

describe("with safeStorage", () => {
  test("a key is given back by the next start, and lies on the disk encrypted only", async () => {
    const folder = temporaryFolder();
    await new Secrets({ env: {}, vaults: [safeStorageIn(folder)] }).set("primary", "sk-secret-1");
    expect(readFileSync(join(folder, "keys.json"), "utf8")).not.toMatch(/sk-secret-1|c2stc2VjcmV0LT/);
    const later = new Secrets({ env: {}, vaults: [safeStorageIn(folder)] });
    expect(await later.get(link)).toBe("sk-secret-1");
    expect(await later.info([link, { id: "other" }])).toEqual({
      kind: "safe_storage",
      writable: true,
      detail: `Keys are encrypted by this system's own key store and kept in ${join(folder, "keys.json")}.`,
      present: { primary: "stored" },
    });
  });

  test("a removed key is gone, and the others stay", async () => {
    const folder = temporaryFolder();
    const secrets = new Secrets({ env: {}, vaults: [safeStorageIn(folder)] });
    await secrets.set("primary", "one");
    await secrets.set("other", "two");
    await secrets.remove("primary");
    const later = new Secrets({ env: {}, vaults: [safeStorageIn(folder)] });
    expect([await secrets.get(link), await later.get(link), await later.get({ id: "other" })]).toEqual([
      null,
      null,
      "two",
    ]);
  });

  test.each([
    ["no encryption", { isEncryptionAvailable: () => false }],
    ["basic_text, which is as good as plain text", { getSelectedStorageBackend: () => "basic_text" }],
  ])("that offers %s, nothing is written", async (_, change) => {
    const folder = temporaryFolder();
    const secrets = new Secrets({ env: {}, vaults: [safeStorageIn(folder, change)] });
    await expect(secrets.set("primary", "sk-secret-1")).rejects.toMatchObject({ kind: "not_writable" });
    expect(() => readFileSync(join(folder, "keys.json"))).toThrow("ENOENT");
  });

  test("a key that can't be decrypted any more counts as none, and the detail says so", async () => {
    const folder = temporaryFolder();
    await new Secrets({ env: {}, vaults: [safeStorageIn(folder)] }).set("primary", "one");
    const moved = new Secrets({
      env: {},
      vaults: [
        safeStorageIn(folder, {
          decryptString: () => {
            throw new Error("Error while decrypting");
          },
        }),
      ],
    });
    expect(await moved.get(link)).toBeNull();
    expect((await moved.info([link])).detail).toContain(
      '"primary" could not be read (Error while decrypting): save it again',
    );
  });
});

describe("with the system's keychain", () => {
  test("a key is kept under the service holdfast and the id of its link", async () => {
    const { entries, load } = keyringDouble();
    const secrets = new Secrets({ env: {}, vaults: [keychainVault({ load, clock })] });
    await secrets.set("primary", "sk-secret-1");
    expect([...entries]).toEqual([["holdfast/primary", "sk-secret-1"]]);
    const later = new Secrets({ env: {}, vaults: [keychainVault({ load, clock })] });
    expect(await later.info([link])).toMatchObject({
      kind: "keychain",
      writable: true,
      present: { primary: "stored" },
    });
    expect(await later.get(link)).toBe("sk-secret-1");
    await later.remove("primary");
    expect(entries.size).toBe(0);
  });

  test("it is not touched while the environment has the key", async () => {
    const { touched, load } = keyringDouble();
    const secrets = new Secrets({
      env: { PRIMARY_KEY: "from-env" },
      vaults: [keychainVault({ load, clock })],
    });
    expect(await secrets.get(link)).toBe("from-env");
    expect(touched).toEqual([]);
  });

  test("each key is asked for once", async () => {
    const { entries, touched, load } = keyringDouble();
    entries.set("holdfast/primary", "stored");
    const secrets = new Secrets({ env: {}, vaults: [keychainVault({ load, clock })] });
    expect([await secrets.get(link), await secrets.get(link)]).toEqual(["stored", "stored"]);
    expect(touched.filter((account) => account === "primary")).toHaveLength(1);
  });

  test("one that never answers is given up", async () => {
    const still = stillClock();
    const hung = class {
      getPassword = () => new Promise<string | null>(() => {});
      setPassword = () => new Promise<void>(() => {});
      deletePassword = () => new Promise<boolean>(() => {});
    };
    const find = keychainVault({ load: async () => ({ AsyncEntry: hung }), clock: still.clock });
    const found = find();
    await new Promise((resolve) => setImmediate(resolve));
    still.ring();
    expect(await found).toEqual({ unavailable: expect.stringContaining("no answer within 30 s") });
  });

  test("the real library either answers or says why not", async () => {
    const found = await keychainVault({ load: loadKeyring, clock })();
    if ("unavailable" in found)
      expect(found.unavailable).toMatch(/^no keychain answers on this machine \(.+\)$/s);
    else expect(found.kind).toBe("keychain");
  });
});

describe("with neither", () => {
  const bare = () =>
    new Secrets({
      env: { PRIMARY_KEY: " from-env ", EMPTY: "" },
      vaults: [keychainVault({ load: noKeychain, clock })],
    });

  test("keys come from the environment, and the detail says why none can be saved and what to do", async () => {
    const info = await bare().info([
      link,
      { id: "b", api_key_env: "EMPTY" },
      { id: "c", api_key_env: "UNSET" },
      { id: "d" },
    ]);
    expect(info).toMatchObject({ kind: "environment", writable: false, present: { primary: "environment" } });
    expect(Object.keys(info.present)).toEqual(["primary"]);
    expect(info.detail).toBe(
      "No key can be saved: no keychain answers on this machine (no Secret Service is running). Put the key into an " +
        "environment variable, name that variable as the link's api_key_env, and start Holdfast again.",
    );
  });

  test("a key is read without the blanks around it, and an empty variable is none", async () => {
    const secrets = bare();
    expect(await secrets.get(link)).toBe("from-env");
    expect(await secrets.get({ id: "b", api_key_env: "EMPTY" })).toBeNull();
  });

  test("saving is refused with the same advice, and removing does nothing", async () => {
    await expect(bare().set("primary", "x")).rejects.toThrow(/environment variable/);
    await expect(bare().remove("primary")).resolves.toBeUndefined();
  });

  test("a library that can't be loaded is a missing keychain", async () => {
    const load = async (): Promise<Keyring> => {
      throw new Error("Cannot find native binding");
    };
    const secrets = new Secrets({ env: {}, vaults: [keychainVault({ load, clock })] });
    expect((await secrets.info([])).detail).toContain("Cannot find native binding");
  });
});

describe("the order", () => {
  test("a set variable wins over a stored key", async () => {
    const { entries, load } = keyringDouble();
    entries.set("holdfast/primary", "stored");
    const secrets = new Secrets({
      env: { PRIMARY_KEY: "from-env" },
      vaults: [keychainVault({ load, clock })],
    });
    expect(await secrets.get(link)).toBe("from-env");
    expect((await secrets.info([link])).present).toEqual({ primary: "environment" });
    expect(await secrets.get({ id: "primary" })).toBe("stored");
  });

  test("the first vault that works is used", async () => {
    const { entries, load } = keyringDouble();
    const folder = temporaryFolder();
    const plain = safeStorageIn(folder, { getSelectedStorageBackend: () => "basic_text" });
    const secrets = new Secrets({ env: {}, vaults: [plain, keychainVault({ load, clock })] });
    await secrets.set("primary", "one");
    expect(entries.get("holdfast/primary")).toBe("one");
  });

  test("a keychain that appears later is found when the settings are looked at", async () => {
    const { load } = keyringDouble();
    let there = false;
    const secrets = new Secrets({
      env: {},
      vaults: [keychainVault({ load: () => (there ? load() : noKeychain()), clock })],
    });
    expect(await secrets.get(link)).toBeNull();
    there = true;
    expect(await secrets.info([link])).toMatchObject({ kind: "keychain", writable: true });
  });
});
