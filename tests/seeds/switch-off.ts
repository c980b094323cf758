import { join, resolve } from "node:path";
import type { Plugin } from "vite";
import type { Proof } from "./proof.ts";

/** The environment variable by which `prove.ts` tells Vitest what to switch off, as JSON. */
export const variable = "HOLDFAST_SWITCH_OFF";

/** What is switched off. */
export type Switch = Pick<Proof, "file" | "source" | "replacement">;

const electron = resolve(import.meta.dirname, "../../electron");

/** The file that a switch changes. */
export const pathOf = ({ file }: Switch): string => join(electron, file);

/** How often the piece that a switch replaces stands in a text. It must be once, or nobody knows what is switched off. */
export const occurrences = ({ source }: Switch, text: string): number => text.split(source).length - 1;

/** Reads one file with a piece of it replaced; the file itself stays as it is. */
export function switchOff(what: Switch): Plugin {
  const path = pathOf(what);
  return {
    name: "switch-off",
    enforce: "pre",
    transform(code, id) {
      if (id.split("?", 1)[0] !== path) return null;
      if (occurrences(what, code) !== 1)
        throw new Error(`${path} does not have this exactly once: ${what.source}`);
      return code.replace(what.source, () => what.replacement);
    },
  };
}
