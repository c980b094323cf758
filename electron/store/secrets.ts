import type { LinkConfig, SecretsInfo } from "../contract/index.ts";
import { StoreError } from "./errors.ts";
import type { FindVault, Vault } from "./vault.ts";

/** What is needed of a link to find its key. */
export type SecretLink = Pick<LinkConfig, "id" | "api_key_env">;

export interface SecretsOptions {
  /** The environment. */
  env: Readonly<Record<string, string | undefined>>;
  /** Where keys could be kept, best first; the first that works is used. None: environment variables only. */
  vaults: readonly FindVault[];
}

/**
 * The keys of the links, never in plain text on the disk. When the variable that a link's `api_key_env` names is set,
 * it wins over a stored key: whoever starts the program with it means it. No vault is touched before it is needed.
 */
export class Secrets {
  readonly #env: SecretsOptions["env"];
  readonly #vaults: readonly FindVault[];
  /** Keys that were read or written by this process; a keychain may ask the person on each reading. */
  readonly #known = new Map<string, string>();
  readonly #troubles = new Map<string, string>();
  #found: Promise<Vault | { unavailable: string }> | null = null;

  constructor({ env, vaults }: SecretsOptions) {
    this.#env = env;
    this.#vaults = vaults;
  }

  /**
   * The key of a link, or null when there is none. Never throws: a vault that does not give the key counts as none, and
   * the reason stands in the detail of `info`.
   */
  async get(link: SecretLink): Promise<string | null> {
    return this.#fromEnvironment(link) ?? this.#known.get(link.id) ?? (await this.#fromVault(link.id));
  }

  /** Saves the key of a link. Throws a StoreError `not_writable` that says what to do instead. */
  async set(linkId: string, key: string): Promise<void> {
    const vault = await this.#vault();
    if ("unavailable" in vault) throw new StoreError("not_writable", cannotSave(vault.unavailable));
    try {
      await vault.write(linkId, key);
    } catch (cause) {
      throw new StoreError("not_writable", cannotSave((cause as Error).message), cause);
    }
    this.#known.set(linkId, key);
    this.#troubles.delete(linkId);
  }

  /** Forgets the saved key of a link; one in the environment stays. Throws a StoreError `not_writable`. */
  async remove(linkId: string): Promise<void> {
    const vault = await this.#vault();
    this.#known.delete(linkId);
    this.#troubles.delete(linkId);
    if ("unavailable" in vault) return;
    try {
      await vault.erase(linkId);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new StoreError("not_writable", `The key of "${linkId}" can't be removed: ${reason}.`, cause);
    }
  }

  /** Where keys are kept, and which of these links have one. Looks again for a vault when there was none before. */
  async info(links: readonly SecretLink[]): Promise<SecretsInfo> {
    let vault = await this.#vault();
    if ("unavailable" in vault) {
      this.#found = null;
      vault = await this.#vault();
    }
    const present: SecretsInfo["present"] = {};
    for (const link of links) {
      if (this.#fromEnvironment(link) !== null) present[link.id] = "environment";
      else if (await this.#isStored(vault, link.id)) present[link.id] = "stored";
    }
    if ("unavailable" in vault) {
      return { kind: "environment", writable: false, detail: cannotSave(vault.unavailable), present };
    }
    const detail = [vault.detail, ...this.#troubles.values()].join(" ");
    return { kind: vault.kind, writable: true, detail, present };
  }

  /**
   * A secret of the program itself, made by `make` and saved at the first need. Never throws: gives the reason, as half a
   * sentence, why there is none.
   */
  async own(name: string, make: () => string): Promise<{ value: string } | { unavailable: string }> {
    const vault = await this.#vault();
    if ("unavailable" in vault) return vault;
    try {
      const found = await vault.read(name);
      if (found !== null) return { value: found };
      await vault.write(name, make());
      // Read again: another process may have saved its own at the same moment, and one of the two counts.
      const value = await vault.read(name);
      return value === null ? { unavailable: "the keychain does not keep what it is given" } : { value };
    } catch (cause) {
      return { unavailable: `the keychain does not answer (${(cause as Error).message})` };
    }
  }

  #fromEnvironment({ api_key_env }: SecretLink): string | null {
    const value = api_key_env === undefined ? undefined : this.#env[api_key_env]?.trim();
    return value ? value : null;
  }

  async #fromVault(linkId: string): Promise<string | null> {
    const vault = await this.#vault();
    if ("unavailable" in vault) return null;
    try {
      const key = await vault.read(linkId);
      if (key !== null) this.#known.set(linkId, key);
      this.#troubles.delete(linkId);
      return key;
    } catch (cause) {
      this.#noteTrouble(linkId, cause);
      return null;
    }
  }

  async #isStored(vault: Vault | { unavailable: string }, linkId: string): Promise<boolean> {
    if ("unavailable" in vault) return false;
    if (this.#known.has(linkId)) return true;
    try {
      return await vault.has(linkId);
    } catch (cause) {
      this.#noteTrouble(linkId, cause);
      return false;
    }
  }

  #noteTrouble(linkId: string, cause: unknown): void {
    const reason = (cause as Error).message;
    this.#troubles.set(linkId, `The key of "${linkId}" could not be read (${reason}): save it again.`);
  }

  #vault(): Promise<Vault | { unavailable: string }> {
    this.#found ??= this.#findVault();
    return this.#found;
  }

  async #findVault(): Promise<Vault | { unavailable: string }> {
    const reasons: string[] = [];
    for (const find of this.#vaults) {
      const found = await find();
      if (!("unavailable" in found)) return found;
      reasons.push(found.unavailable);
    }
    return { unavailable: reasons.join("; ") || "keys are taken from environment variables only" };
  }
}

function cannotSave(reason: string): string {
  return (
    `No key can be saved: ${reason}. Put the key into an environment variable, name that variable as the link's ` +
    "api_key_env, and start Holdfast again."
  );
}
