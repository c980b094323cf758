import type {
  Config,
  LinkConfig,
  Preset,
  SecretsInfo,
  Settings,
  Status,
} from "../../electron/contract/index.ts";
import type { Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";

export type Theme = Settings["theme"];

/** What the settings page shows; null until it was first read. */
export interface SettingsState {
  theme: Theme | null;
  /** The language of notices. */
  language: Settings["language"] | null;
  /** The config in force. */
  config: Config | null;
  presets: readonly Preset[];
  secrets: SecretsInfo | null;
}

/** The theme of the last visit, so that the page does not flash in the other one before the settings are read. */
const themeHint = "holdfast.theme";

/** Puts a theme into force; `system` leaves the choice to the operating system. */
function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The settings and the config in force, and every way in which the page changes them. */
export class SettingsModel {
  readonly store: Store<SettingsState> = createStore<SettingsState>({
    theme: null,
    language: null,
    config: null,
    presets: [],
    secrets: null,
  });
  readonly #connection: Connection;
  readonly #storage: Storage;

  constructor(connection: Connection, storage: Storage) {
    this.#connection = connection;
    this.#storage = storage;
    const hint = storage.getItem(themeHint);
    if (hint === "light" || hint === "dark") applyTheme(hint);
    connection.whenever((_client, signal) => {
      this.refresh().catch((error: unknown) => {
        if (!signal.aborted) console.error("The settings could not be read:", error);
      });
    });
  }

  async refresh(): Promise<void> {
    const { client } = this.#connection;
    const [settings, config, presets, secrets] = await Promise.all([
      client.settings.get(),
      client.settings.config(),
      client.links.presets(),
      client.secrets.info(),
    ]);
    this.#show(settings.theme);
    this.store.set({ theme: settings.theme, language: settings.language, config, presets, secrets });
  }

  async setTheme(theme: Theme): Promise<void> {
    const settings = await this.#connection.client.settings.setTheme({ theme });
    this.#show(settings.theme);
    this.store.set((now) => ({ ...now, theme: settings.theme }));
  }

  async setLanguage(language: Settings["language"]): Promise<void> {
    const settings = await this.#connection.client.settings.setLanguage({ language });
    this.store.set((now) => ({ ...now, language: settings.language }));
  }

  /**
   * Changes the config, shown at once; what is not named in `change` stays. Throws what the main process refuses,
   * and then shows the config as it was.
   */
  async change(change: Partial<Config>): Promise<void> {
    const { config: before } = this.store.get();
    const wanted = { ...before, ...change };
    this.store.set((now) => ({ ...now, config: wanted }));
    try {
      const saved = await this.#connection.client.settings.setConfig(wanted);
      this.store.set((now) => ({ ...now, config: saved }));
    } catch (error) {
      this.store.set((now) => (now.config === wanted ? { ...now, config: before } : now));
      throw error;
    }
  }

  async saveKey(link: string, key: string): Promise<void> {
    const secrets = await this.#connection.client.secrets.set({ link, api_key: key });
    this.store.set((now) => ({ ...now, secrets }));
  }

  async removeKey(link: string): Promise<void> {
    const secrets = await this.#connection.client.secrets.remove({ link });
    this.store.set((now) => ({ ...now, secrets }));
  }

  /** Sends one short request through a link, saved or not. */
  test(link: LinkConfig, key: string | null) {
    return this.#connection.client.links.test(key === null ? { link } : { link, api_key: key });
  }

  #show(theme: Theme): void {
    applyTheme(theme);
    this.#storage.setItem(themeHint, theme);
  }
}

/**
 * The chain in force, as it can be edited: the config's, or, where the config names none, the links that the status
 * reports, so that a first provider is added to them and does not replace them.
 */
export function chainInForce(config: Config | null, status: Status | null): readonly LinkConfig[] {
  if (config?.fallback_chain !== undefined) return config.fallback_chain;
  return (status?.links ?? []).map(({ id, provider, model }) => ({ id, provider, model }));
}
