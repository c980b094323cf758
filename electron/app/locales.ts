import { type Language, language, type Settings } from "../contract/index.ts";
import { type Locale, loadLocale } from "../notices/index.ts";

/** The languages of notices, each read when it is first needed. */
export class Locales {
  readonly #folder: string;
  readonly #ofSystem: Language;
  readonly #read = new Map<Language, Locale>();

  /** `system` is the machine's language as a BCP 47 tag. */
  constructor(folder: string, system: string) {
    this.#folder = folder;
    this.#ofSystem = language.safeParse(new Intl.Locale(system).language).data ?? "en";
  }

  /** Throws an error that names the file when it can't be used. */
  of(chosen: Settings["language"]): Locale {
    const wanted = chosen === "system" ? this.#ofSystem : chosen;
    const locale = this.#read.get(wanted) ?? loadLocale(this.#folder, wanted);
    this.#read.set(wanted, locale);
    return locale;
  }
}
