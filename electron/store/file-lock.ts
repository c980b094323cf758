import { DatabaseSync } from "node:sqlite";

/**
 * The lock on a file that is there for it alone; null when another process has it, or when the file can't be opened: then nobody can
 * know that its owner is dead, and it is left alone. The system takes the lock away however its owner ends.
 */
export function takeLock(path: string, waitMs: number): DatabaseSync | null {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(path, { timeout: waitMs });
    // Nothing is ever written, so a journal on disk would only be one more file to tidy.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch {
    lock?.close();
    return null;
  }
}
