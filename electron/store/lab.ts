import {
  type LabAnswer,
  type LabPick,
  type LabPrompt,
  labAnswer,
  labPick,
  labPrompt,
} from "../contract/index.ts";
import type { Database } from "./database.ts";
import { StoreError } from "./errors.ts";

/**
 * The steps of the schema of `lab.db`, oldest first; only ever append. Prompts and answers stand as JSON of the contract; an answer
 * is written once it is whole, so that a run which was killed goes on where it was.
 */
export const labMigrations: readonly string[] = [
  `
  CREATE TABLE runs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    links TEXT NOT NULL,
    judge TEXT,
    complete INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE prompts (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
  ) STRICT;
  CREATE TABLE answers (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    prompt_id TEXT NOT NULL,
    link TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (run_id, prompt_id, link)
  ) STRICT;
  CREATE TABLE picks (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    prompt_id TEXT NOT NULL,
    by TEXT NOT NULL CHECK (by IN ('person', 'judge')),
    link TEXT,
    PRIMARY KEY (run_id, prompt_id, by)
  ) STRICT;
  `,
];

/** A run as it is kept. */
export interface KeptRun {
  id: string;
  name: string;
  created_at: string;
  links: string[];
  judge: string | null;
  isComplete: boolean;
}

/**
 * Lab runs in SQLite. Methods throw a StoreError: `not_found` for an unknown run, `unusable` when the file can't be read or
 * written.
 */
export class LabRuns {
  readonly #database: Database;

  /** `database` was opened with `labMigrations`, and stays the caller's to close. */
  constructor(database: Database) {
    this.#database = database;
  }

  add(run: Omit<KeptRun, "isComplete">, prompts: readonly LabPrompt[]): void {
    this.#database.transaction(() => {
      this.#database.run(
        "INSERT INTO runs (id, name, created_at, links, judge) VALUES (?, ?, ?, ?, ?)",
        run.id,
        run.name,
        run.created_at,
        JSON.stringify(run.links),
        run.judge,
      );
      for (const [seq, prompt] of prompts.entries()) {
        this.#database.run(
          "INSERT INTO prompts (run_id, seq, id, json) VALUES (?, ?, ?, ?)",
          run.id,
          seq,
          prompt.id,
          JSON.stringify(prompt),
        );
      }
    });
  }

  /** Newest first. */
  list(): KeptRun[] {
    return this.#database.all("SELECT * FROM runs ORDER BY seq DESC").map(asRun);
  }

  get(id: string): KeptRun {
    const row = this.#database.get("SELECT * FROM runs WHERE id = ?", id);
    if (row === null) throw new StoreError("not_found", `There is no lab run "${id}".`);
    return asRun(row);
  }

  remove(id: string): void {
    this.#database.run("DELETE FROM runs WHERE id = ?", this.get(id).id);
  }

  /** In their order. */
  prompts(id: string): LabPrompt[] {
    return this.#database
      .all("SELECT json FROM prompts WHERE run_id = ? ORDER BY seq", id)
      .map(({ json }) => labPrompt.parse(JSON.parse(String(json))));
  }

  answers(id: string): LabAnswer[] {
    return this.#database
      .all("SELECT json FROM answers WHERE run_id = ? ORDER BY rowid", id)
      .map(({ json }) => labAnswer.parse(JSON.parse(String(json))));
  }

  picks(id: string): LabPick[] {
    return this.#database
      .all("SELECT prompt_id, by, link FROM picks WHERE run_id = ? ORDER BY rowid", id)
      .map((row) => labPick.parse(row));
  }

  /** How many prompts and answers a run has. */
  counts(id: string): { prompts: number; answers: number } {
    const count = (table: "prompts" | "answers") =>
      Number(this.#database.get(`SELECT count(*) AS n FROM ${table} WHERE run_id = ?`, id)?.n ?? 0);
    return { prompts: count("prompts"), answers: count("answers") };
  }

  /** Keeps an answer; one that is there already stays. */
  keepAnswer(id: string, answer: LabAnswer): void {
    this.#database.run(
      "INSERT OR IGNORE INTO answers (run_id, prompt_id, link, json) SELECT id, ?, ?, ? FROM runs WHERE id = ?",
      answer.prompt_id,
      answer.link,
      JSON.stringify(answer),
      id,
    );
  }

  /** Keeps a pick in place of an earlier one. */
  keepPick(id: string, { prompt_id, by, link }: LabPick): void {
    this.#database.run(
      `INSERT INTO picks (run_id, prompt_id, by, link) SELECT id, ?, ?, ? FROM runs WHERE id = ?
       ON CONFLICT (run_id, prompt_id, by) DO UPDATE SET link = excluded.link`,
      prompt_id,
      by,
      link,
      id,
    );
  }

  complete(id: string): void {
    this.#database.run("UPDATE runs SET complete = 1 WHERE id = ?", id);
  }
}

function asRun(row: Record<string, unknown>): KeptRun {
  return {
    id: String(row.id),
    name: String(row.name),
    created_at: String(row.created_at),
    links: JSON.parse(String(row.links)) as string[],
    judge: row.judge === null ? null : String(row.judge),
    isComplete: row.complete === 1,
  };
}
