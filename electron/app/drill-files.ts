import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Drill, drill } from "../contract/index.ts";
import { ConfigError, parseChecked, StoreError } from "../store/index.ts";

/** A file of a drill. */
export interface DrillFile {
  /** The file's name without its ending. */
  id: string;
  source: "shipped" | "own";
  path: string;
}

/** Drills that ship with the program, and a person's own. */
export class DrillFiles {
  readonly #folders: readonly { source: DrillFile["source"]; path: string }[];
  readonly #read = new Map<string, { stamp: string; drill: Drill }>();

  /** Neither folder need be there. */
  constructor(shipped: string, own: string) {
    this.#folders = [
      { source: "shipped", path: shipped },
      { source: "own", path: own },
    ];
  }

  /** In the order of their names, those that ship first. An own one with the id of a shipped one stands beside it, by its path. */
  list(): DrillFile[] {
    return this.#folders.flatMap(({ source, path }) =>
      (existsSync(path) ? readdirSync(path).toSorted() : [])
        .filter((name) => ending.test(name))
        .map((name) => ({ id: name.replace(ending, ""), source, path: join(path, name) })),
    );
  }

  /** A drill by its id, or by the path of its file. Throws a StoreError `not_found`. */
  find(reference: string): DrillFile {
    const listed = this.list();
    const known = listed.find(({ id, path }) => id === reference || path === reference);
    if (known) return known;
    const path = resolve(reference);
    if (existsSync(path) && statSync(path).isFile())
      return { id: basename(path).replace(ending, ""), source: "own", path };
    const names = listed.map(({ id }) => id).join(", ");
    throw new StoreError(
      "not_found",
      `There is no drill "${reference}", and no such file. There are: ${names}.`,
    );
  }

  /** Reads a drill. Throws a ConfigError that names file, line and key, and how to mend them. */
  load({ path }: Pick<DrillFile, "path">): Drill {
    let stamp: string;
    let text: string;
    try {
      const { mtimeMs, size } = statSync(path);
      stamp = `${mtimeMs} ${size}`;
      const known = this.#read.get(path);
      if (known?.stamp === stamp) return known.drill;
      text = readFileSync(path, "utf8");
    } catch (cause) {
      const why = (cause as Error).message;
      throw new ConfigError(
        path,
        [],
        `The drill ${path} can't be read (${why}): check that it is a file that you may read.`,
        cause,
      );
    }
    const checked = parseChecked(text, path, drill);
    this.#read.set(path, { stamp, drill: checked });
    return checked;
  }
}

const ending = /\.ya?ml$/;
