import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A row of `docs/seeds.md`. */
export interface Row {
  mechanism: string;
  /** Files and folders below `electron/`; a folder ends in `/`. */
  where: string[];
  /** Test files below `tests/`. */
  tests: string[];
}

const path = resolve(import.meta.dirname, "../../docs/seeds.md");

const codeIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

/** The mechanisms of all tables with four columns. */
export function readTable(text: string = readFileSync(path, "utf8")): Row[] {
  return text
    .split("\n")
    .filter((line) => /^\|(?! mechanism |---)/.test(line))
    .map((line) => line.split("|").slice(1, -1))
    .filter(({ length }) => length === 4)
    .map(([mechanism = "", , where = "", tests = ""]) => ({
      mechanism: mechanism.trim(),
      where: codeIn(where),
      tests: codeIn(tests).map((file) => file.replace(/^tests\//, "")),
    }));
}
