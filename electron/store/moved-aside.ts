import { existsSync, renameSync } from "node:fs";
import { StoreError } from "./errors.ts";

/** A file that could not be read and was put aside under another name, so that the person can be told. */
export interface MovedAside {
  /** Where the file was, and where a new one begins. */
  path: string;
  /** Where it is kept now. */
  to: string;
  /** Sentences for the person: what happened, where the old file is, how to mend it. */
  message: string;
}

/** Hears of every file that was put aside. */
export type OnMovedAside = (file: MovedAside) => void;

/**
 * Renames a file to `<path>.corrupt-<time>`, and its companions (such as `-wal`) likewise; never overwrites, never deletes.
 * `now` is milliseconds since the epoch. Gives the new name. Throws a StoreError `unusable` when it can't be renamed.
 */
export function moveAside(path: string, now: number, companions: readonly string[] = []): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:.]/g, "");
  let to = `${path}.corrupt-${stamp}`;
  for (let again = 2; existsSync(to); again += 1) to = `${path}.corrupt-${stamp}-${again}`;
  try {
    renameSync(path, to);
    for (const suffix of companions) {
      if (existsSync(path + suffix)) renameSync(path + suffix, to + suffix);
    }
  } catch (cause) {
    throw new StoreError(
      "unusable",
      `${path} can't be read, and can't be put aside either (${(cause as Error).message}). ` +
        "Close every other program that uses it, or move it away by hand, then start again.",
      cause,
    );
  }
  return to;
}
