import { type Config, config, problemWords } from "../../electron/contract/index.ts";

/** A number that a person wrote; a text that is none stays one, so that the check can say so. Empty is no number at all. */
export function numberIn(text: string): number | string | undefined {
  if (text.trim() === "") return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/**
 * A part of the config as it was written, checked as the config file is; or what is wrong with it, as a sentence that begins
 * with what the field is called.
 */
export function readConfig(name: string, part: unknown): { value: Partial<Config> } | { error: string } {
  const result = config.safeParse(part);
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  const words = issue === undefined ? "is not valid" : problemWords(config, part, issue);
  return { error: `${name} ${words}.` };
}
