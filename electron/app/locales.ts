import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ZodError, z } from "zod";
import { type Language, language, type Settings } from "../contract/index.ts";
import { type Locale, localeOf } from "../notices/index.ts";

/** The languages of notices, each read from its file when it is first needed. */
export class Locales {
  readonly #folder: string;
  readonly #ofSystem: Language;
  readonly #read = new Map<Language, Locale>();

  /** `system` is the machine's language as a BCP 47 tag; English where there is no file for it. */
  constructor(folder: string, system: string) {
    this.#folder = folder;
    this.#ofSystem = language.safeParse(system.split(/[-_]/)[0]).data ?? "en";
  }

  /** Throws an error that names the file, and the key in it, when it can't be used. */
  of(chosen: Settings["language"]): Locale {
    const wanted = chosen === "system" ? this.#ofSystem : chosen;
    const locale = this.#read.get(wanted) ?? loadLocale(this.#folder, wanted);
    this.#read.set(wanted, locale);
    return locale;
  }
}

/** Reads a language from `folder`, which holds `en.json` and the others. Throws as `Locales.of` does. */
export function loadLocale(folder: string, language: Language): Locale {
  const path = join(folder, `${language}.json`);
  try {
    return localeOf(language, readJson(path), readJson(join(folder, "en.json")));
  } catch (cause) {
    const why = cause instanceof ZodError ? z.prettifyError(cause) : String(cause);
    throw new Error(`The locale file ${path} can't be used:\n${why}`, { cause });
  }
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
