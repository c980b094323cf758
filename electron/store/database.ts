import { closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { StoreError } from "./errors.ts";
import { moveAside, type OnMovedAside } from "./moved-aside.ts";

export interface DatabaseOptions {
  /** The file; it and its folder are made when missing, readable by their owner only. */
  path: string;
  /** SQL of each step of the schema. A file's `user_version` is how many it has been through. Only ever append. */
  migrations: readonly string[];
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Hears of a corrupt file that was put aside; the database that is given back is then new and empty. */
  onMovedAside: OnMovedAside;
}

/** A row as SQLite gives it, by column. */
export type Row = Record<string, SQLOutputValue>;

/** How long a statement waits for another process's write, milliseconds. */
const busyTimeoutMs = 5_000;

/**
 * An open SQLite file. WAL with `synchronous = NORMAL`: what a statement has written survives the death of the process
 * at once, and a power cut may cost the last moments but never the file (https://sqlite.org/wal.html).
 */
export class Database implements Disposable {
  readonly path: string;
  readonly connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, connection: DatabaseSync) {
    this.path = path;
    this.connection = connection;
  }

  /** A prepared statement, compiled once. The text must be fixed: values go in as parameters. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs a statement; gives how many rows it changed. Like `get` and `all`, throws a StoreError `unusable`. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#guard(() => Number(this.prepare(sql).run(...values).changes));
  }

  /** The first row, or null. */
  get(sql: string, ...values: SQLInputValue[]): Row | null {
    return this.#guard(() => this.prepare(sql).get(...values) ?? null);
  }

  /** All rows. */
  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guard(() => this.prepare(sql).all(...values));
  }

  /** Does `work` wholly or not at all. Inside another transaction it becomes a part of that one. */
  transaction<T>(work: () => T): T {
    return this.#guard(() => transaction(this.connection, work));
  }

  [Symbol.dispose](): void {
    if (this.connection.isOpen) this.connection.close();
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const mend = mendOf[resultCode(cause) ?? -1];
      if (mend === undefined) throw cause;
      throw new StoreError("unusable", `${this.path} ${mend} (${(cause as Error).message}).`, cause);
    }
  }
}

/** What the machine can do to a good statement, by SQLite's result code (https://sqlite.org/rescode.html). */
const mendOf: Readonly<Record<number, string>> = {
  5: `has been held by another program for more than ${busyTimeoutMs / 1_000} s: close that program and try again`,
  8: "can't be written: check that the file and its folder are yours and not write-protected",
  10: "can't be read or written: check that its disk is there and whole",
  11: "is damaged: start Holdfast again, which keeps it aside and begins a new one",
  13: "can't grow, since the disk is full: make room and try again",
  26: "is damaged: start Holdfast again, which keeps it aside and begins a new one",
};

/**
 * Opens a database and brings it to the newest schema. A corrupt file is kept under another name and a new one begun.
 * Throws a StoreError: `newer_version` when a newer Holdfast wrote the file, `unusable` when it can't be opened.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { path } = options;
  try {
    createPrivately(path);
    const found = identityOf(path);
    try {
      return open(options);
    } catch (cause) {
      if (!isCorruption(cause)) throw cause;
      // Another process may have put the corrupt file aside in the meantime; what is there now is then its new one.
      if (identityOf(path) === found) {
        const to = moveAside(path, options.now(), ["-wal", "-shm"]);
        options.onMovedAside({ path, to, message: corruptMessage(path, to, cause) });
        createPrivately(path);
      }
      return open(options);
    }
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError("unusable", unusableMessage(path, cause as Error), cause);
  }
}

class Corruption extends Error {}

function open({ path, migrations }: DatabaseOptions): Database {
  const connection = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON");
    const check = connection.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (check !== "ok") throw new Corruption(String(check).replaceAll("\n", " "));
    migrate(connection, path, migrations);
    return new Database(path, connection);
  } catch (cause) {
    connection.close();
    throw cause;
  }
}

function migrate(connection: DatabaseSync, path: string, migrations: readonly string[]): void {
  const version = () => Number(connection.prepare("PRAGMA user_version").get()?.user_version);
  if (version() > migrations.length) {
    throw new StoreError(
      "newer_version",
      `${path} was written by a newer version of Holdfast (schema ${version()}; this one knows ${migrations.length}). ` +
        "Update Holdfast, or name another data_dir.",
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (version() > index) continue;
    transaction(connection, () => {
      // Read again under the write lock: another process may just have done this step.
      if (version() > index) return;
      connection.exec(sql);
      connection.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

function transaction<T>(connection: DatabaseSync, work: () => T): T {
  if (connection.isTransaction) return work();
  connection.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    connection.exec("COMMIT");
    return result;
  } catch (cause) {
    if (connection.isTransaction) connection.exec("ROLLBACK");
    throw cause;
  }
}

/** SQLite gives its `-wal` and `-shm` files the permissions of the main file, so that one decides for all. */
function createPrivately(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600));
}

/** Tells one file from another that has taken its name. */
function identityOf(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html), or a check that found damage. */
function isCorruption(cause: unknown): boolean {
  if (cause instanceof Corruption) return true;
  const code = resultCode(cause);
  return code === 11 || code === 26;
}

/** SQLite's primary result code of an error, or null when it is not one of SQLite's. */
function resultCode(cause: unknown): number | null {
  const code = (cause as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : null;
}

function corruptMessage(path: string, to: string, cause: unknown): string {
  return (
    `${path} is damaged (${(cause as Error).message}). It was kept as ${to}, and a new, empty file was begun. ` +
    `What can still be read in it comes out with: sqlite3 "${to}" .recover`
  );
}

function unusableMessage(path: string, cause: Error): string {
  return (
    `${path} can't be opened (${cause.message}). Check that its folder can be written, ` +
    "that the disk is not full, and that no other program holds the file; or name another data_dir."
  );
}
