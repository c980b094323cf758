import type { Database } from "./database.ts";

/** What an attempt cost. */
export interface Expense {
  link: string;
  /** When the attempt ended, milliseconds since the epoch. */
  at: number;
  /** Null when the link's price is not known. */
  usd: number | null;
  input_tokens: number;
  output_tokens: number;
  /** Whether the tokens were estimated, since the provider did not report them. */
  estimated: boolean;
}

/** What was spent in a month, on one link or on all. */
export interface Spent {
  usd: number;
  /** How much of `usd` rests on estimated tokens. */
  estimated_usd: number;
  input_tokens: number;
  output_tokens: number;
  attempts: number;
  /** Attempts that may have cost money that is not in `usd`, since their price is not known. */
  unpriced_attempts: number;
}

export interface SpendOptions {
  /** Opened with `storeMigrations`. It stays the caller's to close. */
  database: Database;
  /** Where months begin, such as `Europe/Berlin`; the machine's own time zone unless given. */
  timeZone?: string | undefined;
}

const nanoPerUsd = 1e9;
/** Offsets from UTC are multiples of it. */
const quarterMs = 15 * 60_000;

/**
 * What the links cost, per link and month. The sums are one for all processes that use the file: each addition is one
 * statement, and safe from the death of the process when it returns. Throws a StoreError `unusable` when the file can't be
 * read or written.
 */
export class Spend {
  readonly #database: Database;
  readonly #calendar: Intl.DateTimeFormat;
  /** The quarter of an hour that was asked for last, and its month: no month begins within one, whatever the time zone. */
  #last: { quarter: number; month: string } | null = null;

  constructor({ database, timeZone }: SpendOptions) {
    this.#database = database;
    this.#calendar = new Intl.DateTimeFormat("en", {
      calendar: "gregory",
      numberingSystem: "latn",
      year: "numeric",
      month: "2-digit",
      timeZone,
    });
  }

  add({ link, at, usd, input_tokens, output_tokens, estimated }: Expense): void {
    const nano = Math.round((usd ?? 0) * nanoPerUsd);
    this.#database.run(
      `INSERT INTO spend
         (month, link, nano_usd, estimated_nano_usd, input_tokens, output_tokens, attempts, unpriced_attempts)
       VALUES (?, ?, ?, ?, ?, ?, 1, ?)
       ON CONFLICT (month, link) DO UPDATE SET
         nano_usd = nano_usd + excluded.nano_usd,
         estimated_nano_usd = estimated_nano_usd + excluded.estimated_nano_usd,
         input_tokens = input_tokens + excluded.input_tokens,
         output_tokens = output_tokens + excluded.output_tokens,
         attempts = attempts + 1,
         unpriced_attempts = unpriced_attempts + excluded.unpriced_attempts`,
      this.monthOf(at),
      link,
      nano,
      estimated ? nano : 0,
      input_tokens,
      output_tokens,
      usd === null ? 1 : 0,
    );
  }

  /** What all links cost in the month of `now` (milliseconds since the epoch). */
  month(now: number): Spent {
    const row = this.#database.get(
      `SELECT total(nano_usd) AS nano_usd, total(estimated_nano_usd) AS estimated_nano_usd,
         total(input_tokens) AS input_tokens, total(output_tokens) AS output_tokens,
         total(attempts) AS attempts, total(unpriced_attempts) AS unpriced_attempts
       FROM spend WHERE month = ?`,
      this.monthOf(now),
    );
    return spentOf(row as unknown as SpendRow);
  }

  /** What each link cost in the month of `now`, by its id; the dearest first. */
  byLink(now: number): Map<string, Spent> {
    const rows = this.#database.all(
      "SELECT * FROM spend WHERE month = ? ORDER BY nano_usd DESC, link",
      this.monthOf(now),
    );
    return new Map(rows.map((row) => [String(row.link), spentOf(row as unknown as SpendRow)]));
  }

  /** The month of `at` (milliseconds since the epoch), as `YYYY-MM`. */
  monthOf(at: number): string {
    const quarter = Math.floor(at / quarterMs);
    if (this.#last?.quarter !== quarter) this.#last = { quarter, month: this.#readMonth(at) };
    return this.#last.month;
  }

  #readMonth(at: number): string {
    const parts = this.#calendar.formatToParts(at);
    const part = (type: "year" | "month") => parts.find((each) => each.type === type)?.value ?? "";
    return `${part("year")}-${part("month")}`;
  }
}

interface SpendRow extends Omit<Spent, "usd" | "estimated_usd"> {
  nano_usd: number;
  estimated_nano_usd: number;
}

function spentOf(row: SpendRow): Spent {
  return {
    usd: row.nano_usd / nanoPerUsd,
    estimated_usd: row.estimated_nano_usd / nanoPerUsd,
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    attempts: row.attempts,
    unpriced_attempts: row.unpriced_attempts,
  };
}
