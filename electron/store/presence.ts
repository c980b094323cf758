import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "./errors.ts";
import { takeLock } from "./file-lock.ts";

/** How long a claim waits for someone who tidies up at the same moment, milliseconds. */
const claimWaitMs = 1_000;

/**
 * The sign that a process is alive and makes answers: a file `<database>.owner-<token>` on which it holds SQLite's lock.
 * The system takes the lock away however the process ends, so that nothing has to be guessed from process ids, which
 * are used again after a restart and mean nothing from inside another container.
 */
export class Presence implements Disposable {
  readonly token: string;
  readonly #databasePath: string;
  #held: DatabaseSync | null = null;

  /** `token` must be unique among all processes, such as a UUID. Nothing is written before `claim`. */
  constructor(databasePath: string, token: string) {
    this.#databasePath = databasePath;
    this.token = token;
  }

  /** Makes the sign, the first time. Throws a StoreError `unusable` when it can't be made. */
  claim(): string {
    const path = this.#pathOf(this.token);
    for (let tries = 0; this.#held === null; tries += 1) {
      if (tries === 3) {
        throw new StoreError("unusable", `${path} can't be locked. Check that its folder can be written.`);
      }
      const lock = takeLock(path, claimWaitMs);
      // Someone who tidies up may have removed the file just before it was locked.
      if (lock !== null && existsSync(path)) this.#held = lock;
      else lock?.close();
    }
    return this.token;
  }

  /** Whether the process that made this sign still lives. Removes what a dead one left. */
  isAlive(token: string): boolean {
    if (token === this.token) return true;
    const path = this.#pathOf(token);
    if (!existsSync(path)) return false;
    const lock = takeLock(path, 0);
    if (lock === null) return true;
    remove(path, lock);
    return false;
  }

  /** Removes the signs that dead processes left. */
  tidy(): void {
    const prefix = basename(this.#pathOf(""));
    for (const name of readdirSync(dirname(this.#databasePath))) {
      if (name.startsWith(prefix)) this.isAlive(name.slice(prefix.length));
    }
  }

  [Symbol.dispose](): void {
    if (this.#held === null) return;
    remove(this.#pathOf(this.token), this.#held);
    this.#held = null;
  }

  #pathOf(token: string): string {
    return join(dirname(this.#databasePath), `${basename(this.#databasePath)}.owner-${token}`);
  }
}

/**
 * Removes a sign while its lock is held, so that nobody can claim it in between. Windows does not remove an open file, but
 * neither does it remove one that somebody has claimed since; what stays there is tidied away by the next start.
 */
function remove(path: string, lock: DatabaseSync): void {
  const gone = tryRemove(path);
  lock.close();
  if (!gone) tryRemove(path);
}

function tryRemove(path: string): boolean {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}
