import { z } from "zod";
import { config } from "./config.ts";
import { level } from "./words.ts";

/** The languages that notices are written in; each has a file in `resources/locales`. */
export const language = z.enum(["en", "de"]);
export type Language = z.infer<typeof language>;

/** What a person can set in the app, and what `electron-store` or `conf` keeps. */
export const settings = z.object({
  theme: z.enum(["system", "light", "dark"]).default("system"),
  /** The language of notices; `system` takes the machine's where there is a file for it, English otherwise. */
  language: z.enum(["system", ...language.options]).default("system"),
  /** The best level that the person allows. */
  level: level.default("full"),
  /** The same schema as `holdfast.yaml`; in force unless a config file is. */
  config: config.default({}),
});
export type Settings = z.infer<typeof settings>;

/** Where keys are kept: Electron's safeStorage, the system's keychain, or environment variables only. */
export const secretsInfo = z.object({
  kind: z.enum(["safe_storage", "keychain", "environment"]),
  /** Whether a key can be saved from the app. */
  writable: z.boolean(),
  /** A sentence for the person: where the keys are, or why none can be saved. */
  detail: z.string(),
  /** Ids of the links whose key is at hand, and from where. */
  present: z.record(z.string(), z.enum(["stored", "environment"])),
});
export type SecretsInfo = z.infer<typeof secretsInfo>;
