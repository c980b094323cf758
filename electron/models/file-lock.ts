import { DatabaseSync } from "node:sqlite";

/**
 * Takes the lock on a file, made for it; null while another process has it. It is SQLite's lock: the system takes it away however
 * the process ends, so that a download of a killed one can be taken up at once.
 */
export function lockFile(path: string): Disposable | null {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    const held = lock;
    return { [Symbol.dispose]: () => held.close() };
  } catch (error) {
    lock?.close();
    // 5 is SQLITE_BUSY (https://sqlite.org/rescode.html)
    if ((error as { errcode?: number }).errcode === 5) return null;
    throw error;
  }
}
