import { stripVTControlCharacters, styleText } from "node:util";
import type { App } from "../../app/index.ts";
import type { Attempt, LinkStatus } from "../../contract/index.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface HealthOptions {
  once?: true;
  json?: true;
  offline?: true;
  /** Seconds between two rounds. */
  interval: number;
}

type HealthHost = Pick<App, "settings" | "status" | "tester" | "locale">;

/** How a link does: what it answered just now, and what its breaker holds against it. */
interface Row {
  id: string;
  model: string;
  tier: string;
  /** Null where it was not asked. */
  ok: boolean | null;
  circuit: LinkStatus["circuit"];
  first_token_ms: number | null;
  /** Why it did not answer, in words. */
  trouble: string | null;
  checked_at: string | null;
}

/**
 * `holdfast health`: asks every link one short question and shows how each does; on a terminal again and again, until Ctrl+C.
 * Exit code 20 when no link answers.
 */
export async function health(options: HealthOptions, app: HealthHost, terminal: Terminal): Promise<number> {
  const { out, signal } = terminal;
  const isLive = !options.once && !options.json && "isTTY" in out && out.isTTY === true;
  let drawn = 0;
  for (;;) {
    const rows = await ask(options, app, signal);
    if (signal.aborted) return isLive ? exitCode.answered : exitCode.interrupted;
    const text = options.json ? `${JSON.stringify(asJson(rows, app), null, 2)}\n` : table(rows, app, out);
    // Over the table of the round before.
    if (drawn > 0) out.write(`\u001b[${drawn}A\u001b[J`);
    out.write(text);
    drawn = text.split("\n").length - 1;
    if (!isLive) return rows.some(({ ok }) => ok) ? exitCode.answered : exitCode.unanswered;
    await pause(options.interval * 1_000, signal);
    if (signal.aborted) return exitCode.answered;
  }
}

function ask({ offline }: HealthOptions, app: HealthHost, signal: AbortSignal): Promise<Row[]> {
  const chain = app.settings.config.fallback_chain ?? [];
  return Promise.all(
    app.settings.links.map(async ({ id, model, tier }): Promise<Row> => {
      const circuit = app.status.now.links.find((link) => link.id === id)?.circuit ?? closed;
      const link = chain.find((one) => one.id === id);
      const row = { id, model, tier, circuit };
      if (!link || (offline && tier !== "local")) {
        return { ...row, ok: null, first_token_ms: null, trouble: null, checked_at: null };
      }
      const { ok, attempt } = await app.tester.test(link, undefined, signal);
      return {
        ...row,
        ok,
        first_token_ms: attempt.first_token_ms,
        trouble: ok ? null : troubleOf(attempt, app),
        checked_at: attempt.started_at,
      };
    }),
  );
}

const closed: LinkStatus["circuit"] = {
  state: "closed",
  failure_count: 0,
  last_failure: null,
  opens_until: null,
};

const troubleOf = ({ kind, message }: Attempt, app: HealthHost): string =>
  kind === null ? (message ?? "did not answer") : app.locale().kind(kind);

function asJson(rows: readonly Row[], { status }: HealthHost): object {
  const { level } = status.now;
  return { status: rows.some(({ ok }) => ok) ? "healthy" : "degraded", level, links: rows };
}

const columns: readonly [string, (row: Row) => string][] = [
  ["LINK", ({ id }) => id],
  ["TIER", ({ tier }) => tier],
  [
    "STATE",
    ({ ok }) => (ok === null ? "not asked" : ok ? styleText("green", "well") : styleText("red", "fails")),
  ],
  ["BREAKER", ({ circuit }) => circuit.state.replace("_", " ")],
  [
    "FIRST WORD",
    ({ first_token_ms }) => (first_token_ms === null ? "–" : `${Math.round(first_token_ms)} ms`),
  ],
  ["MODEL", ({ model }) => model],
  ["", ({ trouble }) => trouble ?? ""],
];

function table(rows: readonly Row[], { status }: HealthHost, out: NodeJS.WritableStream): string {
  const cells = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, of]) => of(row)))];
  const width = (text: string) => stripVTControlCharacters(text).length;
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => width(line[at] ?? ""))));
  // A line that the terminal breaks would be drawn over as one.
  const there = "columns" in out && typeof out.columns === "number" ? out.columns : 0;
  const columnsThere = there > 0 ? there : Number.POSITIVE_INFINITY;
  const lines = cells.map((line) => {
    const padded = line.map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - width(cell))).join("  ");
    return width(padded.trimEnd()) <= columnsThere
      ? padded.trimEnd()
      : stripVTControlCharacters(padded).slice(0, columnsThere - 1);
  });
  const { level, offline } = status.now;
  const network = offline === null ? "" : ", links beyond this machine can't be reached";
  return `${lines.join("\n")}\nLevel ${level}${network}.\n`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, ms);
    function over() {
      clearTimeout(timer);
      signal.removeEventListener("abort", over);
      resolve();
    }
    signal.addEventListener("abort", over, { once: true });
    if (signal.aborted) over();
  });
}
