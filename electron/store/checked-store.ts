import { join } from "node:path";
import Conf from "conf";
import { z } from "zod";
import { StoreError } from "./errors.ts";
import { moveAside, type OnMovedAside } from "./moved-aside.ts";

/** A JSON file as `conf` and `electron-store` keep it: `store` reads the whole file, and writes it atomically. */
export interface JsonFile {
  store: Record<string, unknown>;
}

/** How to open a JSON file. `open` throws a SyntaxError when the file is not JSON, as `conf` does. */
export interface JsonFileOpener {
  /** Where the file is, or will be. */
  path: string;
  open: () => JsonFile;
}

/** Opens `<cwd>/<name>.json` with `conf`, readable by its owner only: for hosts other than Electron. */
export function createConfStore(cwd: string, name = "settings"): JsonFileOpener {
  return {
    path: join(cwd, `${name}.json`),
    open: () => new Conf<Record<string, unknown>>({ cwd, configName: name, configFileMode: 0o600 }),
  };
}

export interface CheckedStoreOptions<S extends z.ZodObject> {
  file: JsonFileOpener;
  /** What the file must fit; it needs a default for every key. */
  schema: S;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Hears of a file that was not valid and was put aside; the defaults are then in force. */
  onMovedAside: OnMovedAside;
}

/**
 * A JSON file that fits a schema whenever it is read. It is read anew each time, since another process may have
 * written it; keys that the schema does not know stay in it. Throws a StoreError `unusable` when it can't be read.
 */
export class CheckedStore<S extends z.ZodObject> {
  readonly #options: CheckedStoreOptions<S>;
  #file: JsonFile | null = null;

  constructor(options: CheckedStoreOptions<S>) {
    this.#options = options;
  }

  get(): z.output<S> {
    const checked = this.#options.schema.safeParse(this.#read());
    if (checked.success) return checked.data;
    this.#reset(z.prettifyError(checked.error).replaceAll(/\s*\n\s*/g, " "));
    return this.#options.schema.parse(this.#read());
  }

  /** Changes some keys and writes the file. Throws a StoreError `invalid`, and writes nothing, when they don't fit. */
  update(change: Partial<z.input<S>>): z.output<S> {
    this.get();
    const next = { ...this.#read(), ...change };
    const checked = this.#options.schema.safeParse(next);
    if (!checked.success) throw new StoreError("invalid", z.prettifyError(checked.error), checked.error);
    this.#attempt(() => {
      this.#open().store = next;
    });
    return checked.data;
  }

  #read(): Record<string, unknown> {
    try {
      return this.#open().store;
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw this.#unusable(cause);
      this.#reset("it is not JSON");
      return this.#attempt(() => this.#open().store);
    }
  }

  #open(): JsonFile {
    this.#file ??= this.#options.file.open();
    return this.#file;
  }

  #reset(reason: string): void {
    const { path } = this.#options.file;
    const to = moveAside(path, this.#options.now());
    this.#file = null;
    this.#options.onMovedAside({
      path,
      to,
      message: `${path} is not valid (${reason}). It was kept as ${to}, and the defaults are in force. Mend it and put it back while Holdfast is closed, or set anew what you need.`,
    });
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw this.#unusable(cause);
    }
  }

  #unusable(cause: unknown): StoreError {
    const { path } = this.#options.file;
    return new StoreError(
      "unusable",
      `${path} can't be read or written (${(cause as Error).message}). Check that it and its folder are yours, and that the disk is not full.`,
      cause,
    );
  }
}
