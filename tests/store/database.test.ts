import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type MovedAside, openDatabase, StoreError } from "../../electron/store/index.ts";
import { temporaryFolder } from "./support.ts";

const first = "CREATE TABLE notes (text TEXT) STRICT";
const second = "ALTER TABLE notes ADD COLUMN tag TEXT DEFAULT 'none'";

function open(path: string, migrations: readonly string[] = [first]) {
  const moved: MovedAside[] = [];
  const database = openDatabase({
    path,
    migrations,
    now: () => Date.UTC(2026, 4, 6, 7, 8, 9),
    onMovedAside: (file) => moved.push(file),
  });
  onTestFinished(() => database[Symbol.dispose]());
  return { database, moved };
}

function failure(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("openDatabase", () => {
  test("makes the folder and the file, readable by their owner only", () => {
    const path = join(temporaryFolder(), "a/b/notes.db");
    open(path);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(path)).toBe(true);
  });

  test("uses WAL, synchronous NORMAL and foreign keys", () => {
    const { database } = open(join(temporaryFolder(), "notes.db"));
    const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect([
      pragma("journal_mode"),
      pragma("synchronous"),
      pragma("foreign_keys"),
      pragma("busy_timeout"),
    ]).toEqual(["wal", 1, 1, 5_000]);
  });

  test("takes an older file through the steps that it lacks, and keeps what is in it", () => {
    const path = join(temporaryFolder(), "notes.db");
    const { database } = open(path, [first]);
    database.connection.exec("INSERT INTO notes VALUES ('kept')");
    database[Symbol.dispose]();
    const later = open(path, [first, second]);
    expect({ ...later.database.prepare("SELECT * FROM notes").get() }).toEqual({ text: "kept", tag: "none" });
  });

  test("leaves the file as it was when a step fails", () => {
    const path = join(temporaryFolder(), "notes.db");
    open(path, [first]).database[Symbol.dispose]();
    expect(() => open(path, [first, `${second}; SELECT no_such_column FROM notes`])).toThrow(
      /no_such_column/,
    );
    const { database } = open(path, [first]);
    expect(database.prepare("SELECT * FROM notes").columns()).toHaveLength(1);
  });

  test("refuses a file that a newer version wrote, and does not touch it", () => {
    const path = join(temporaryFolder(), "notes.db");
    open(path, [first, second]).database[Symbol.dispose]();
    const before = readFileSync(path);
    const error = failure(() => open(path, [first]));
    expect(error.kind).toBe("newer_version");
    expect(error.message).toContain("schema 2; this one knows 1");
    expect(readFileSync(path)).toEqual(before);
  });

  test("puts a file that is no database aside, says so, and begins a new one", () => {
    const folder = temporaryFolder();
    const path = join(folder, "notes.db");
    writeFileSync(path, "my shopping list".repeat(500));
    const { database, moved } = open(path);
    const kept = `${path}.corrupt-20260506T070809000Z`;
    expect(moved).toHaveLength(1);
    expect(moved[0]).toMatchObject({ path, to: kept });
    expect(moved[0]?.message).toContain(`sqlite3 "${kept}" .recover`);
    expect(readFileSync(kept, "utf8")).toBe("my shopping list".repeat(500));
    expect(database.prepare("SELECT count(*) AS n FROM notes").get()).toMatchObject({ n: 0 });
  });

  test("finds damage in the middle of a file whose head is whole", () => {
    const path = join(temporaryFolder(), "notes.db");
    const { database } = open(path);
    const insert = database.prepare("INSERT INTO notes VALUES (?)");
    for (let n = 0; n < 500; n += 1) insert.run(`note ${n} `.repeat(20));
    database[Symbol.dispose]();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0x41, 4096 * 3, 4096 * 5));
    expect(open(path).moved).toHaveLength(1);
  });

  test("never writes over an earlier file that was put aside", () => {
    const folder = temporaryFolder();
    const path = join(folder, "notes.db");
    for (const text of ["first", "second"]) {
      writeFileSync(path, text.repeat(1_000));
      open(path).database[Symbol.dispose]();
    }
    const kept = readdirSync(folder).filter(
      (name) => name.includes(".corrupt-") && !/-(wal|shm)$/.test(name),
    );
    expect(kept.map((name) => readFileSync(join(folder, name), "utf8").slice(0, 5)).sort()).toEqual([
      "first",
      "secon",
    ]);
  });

  test("says what to check when the path can't be a database", () => {
    const folder = temporaryFolder();
    const error = failure(() => open(folder));
    expect(error.kind).toBe("unusable");
    expect(error.message).toMatch(/can't be opened .*data_dir/);
  });
});

describe("Database.transaction", () => {
  test("undoes everything when the work throws", () => {
    const { database } = open(join(temporaryFolder(), "notes.db"));
    expect(() =>
      database.transaction(() => {
        database.prepare("INSERT INTO notes VALUES ('lost')").run();
        database.transaction(() => {
          throw new Error("inner");
        });
      }),
    ).toThrow("inner");
    expect(database.prepare("SELECT count(*) AS n FROM notes").get()).toMatchObject({ n: 0 });
  });
});
