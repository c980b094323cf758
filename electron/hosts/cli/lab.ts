import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { App } from "../../app/index.ts";
import { type LabAnswer, type LabReport, type LabResult, type LabRun, textOf } from "../../contract/index.ts";
import { LabFileError, parseLabFile } from "../../quality/index.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface LabOptions {
  json?: true;
}
export interface LabRunOptions extends LabOptions {
  links?: string[];
  judge?: string;
  name?: string;
}

type Host = Pick<App, "lab">;

/** `holdfast lab run FILE`: asks every link every prompt of a file, with progress on standard error, and prints the results. */
export async function labRun(file: string, options: LabRunOptions, { lab }: Host, terminal: Terminal) {
  try {
    const input = parseLabFile(file, readFileSync(file, "utf8"));
    const { links = input.links, judge = input.judge, name = input.name ?? basename(file) } = options;
    const run = lab.start({ ...input, name, ...(links && { links }), ...(judge && { judge }) });
    return await follow(run, options, lab, terminal);
  } catch (error) {
    if (!isAboutFile(error)) throw error;
    terminal.err.write(`${error.message}\n`);
    return exitCode.usage;
  }
}

const isAboutFile = (error: unknown): error is Error =>
  error instanceof LabFileError || (error instanceof Error && "code" in error && "path" in error);

/** `holdfast lab resume ID`: goes on with a run that was stopped or killed. */
export function labResume(id: string, options: LabOptions, { lab }: Host, terminal: Terminal) {
  return follow(lab.resume(idOf(id, lab)), options, lab, terminal);
}

/** `holdfast lab list`. */
export function labList({ json }: LabOptions, { lab }: Host, terminal: Terminal): number {
  const runs = lab.list();
  if (json) terminal.out.write(`${JSON.stringify(runs, null, 2)}\n`);
  else if (runs.length === 0) terminal.err.write("No runs yet. Begin one: holdfast lab run prompts.yaml\n");
  for (const run of json ? [] : runs) terminal.out.write(`${runLine(run)}\n`);
  return exitCode.answered;
}

/** `holdfast lab show ID`: how each link did. */
export function labShow(id: string, { json }: LabOptions, { lab }: Host, terminal: Terminal): number {
  const report = lab.report(idOf(id, lab));
  terminal.out.write(json ? `${JSON.stringify(report, null, 2)}\n` : resultsText(report));
  return exitCode.answered;
}

/** `holdfast lab export ID`: every answer, as JSON or as CSV. */
export function labExport(
  id: string,
  { format }: { format: string },
  { lab }: Host,
  terminal: Terminal,
): number {
  const report = lab.report(idOf(id, lab));
  terminal.out.write(format === "csv" ? csvOf(report) : `${JSON.stringify(report, null, 2)}\n`);
  return exitCode.answered;
}

/** A run's id, or the beginning of one where only one run has it. */
function idOf(given: string, lab: App["lab"]): string {
  const found = lab.list().filter(({ id }) => id.startsWith(given));
  return found.length === 1 ? (found[0] as LabRun).id : given;
}

async function follow(
  run: LabRun,
  { json }: LabOptions,
  lab: App["lab"],
  terminal: Terminal,
): Promise<number> {
  const { id } = run;
  const over = new AbortController();
  const stop = () => void lab.stop(id);
  terminal.signal.addEventListener("abort", stop, { once: true });
  if (terminal.signal.aborted) stop();
  const progress = showProgress(id, lab, over.signal, terminal);
  await lab.ended(id);
  over.abort();
  await progress;
  const report = lab.report(id);
  terminal.out.write(json ? `${JSON.stringify(report, null, 2)}\n` : resultsText(report));
  if (report.run.state !== "complete") {
    terminal.err.write(`Not finished. Go on with: holdfast lab resume ${id}\n`);
    return terminal.signal.aborted ? exitCode.interrupted : exitCode.failed;
  }
  return report.results.some(({ answered }) => answered > 0) ? exitCode.answered : exitCode.unanswered;
}

/** One line that is written over on a terminal; nothing where standard error is a file. */
async function showProgress(
  id: string,
  lab: App["lab"],
  signal: AbortSignal,
  { err }: Terminal,
): Promise<void> {
  if (!err.isTTY) return;
  for await (const runs of lab.watch(signal)) {
    const run = runs.find((one) => one.id === id);
    if (run) err.write(`\r\u001b[K${run.done} of ${run.total} answers`);
  }
  err.write("\r\u001b[K");
}

const runLine = ({ id, created_at, name, state, done, total, links }: LabRun): string =>
  [id, created_at.slice(0, 16).replace("T", " "), state, `${done}/${total}`, links.join(","), name].join(
    "  ",
  );

const columns: readonly [string, (result: LabResult) => string][] = [
  ["link", ({ link }) => link],
  ["answered", ({ answered, failed }) => `${answered}/${answered + failed}`],
  ["passed", ({ pass_rate }) => percent(pass_rate)],
  ["wins", ({ wins }) => String(wins)],
  ["judge", ({ judge_wins }) => String(judge_wins)],
  ["first token", ({ first_token_ms }) => ms(first_token_ms)],
  ["total", ({ duration_ms }) => ms(duration_ms)],
  ["tokens/s", ({ tokens_per_s }) => (tokens_per_s === null ? "–" : tokens_per_s.toFixed(1))],
  ["cost", ({ cost_usd }) => (cost_usd === null ? "–" : `$${cost_usd.toFixed(4)}`)],
  ["agreement", ({ agreement }) => percent(agreement)],
];
const percent = (share: number | null): string => (share === null ? "–" : `${Math.round(share * 100)} %`);
const ms = (value: number | null): string => (value === null ? "–" : `${Math.round(value)} ms`);

function resultsText({ run, results, votes, ties }: LabReport): string {
  const rows = [
    columns.map(([name]) => name),
    ...results.map((result) => columns.map(([, of]) => of(result))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const [reference] = run.links;
  const feet = [
    `Times and speeds are medians. Agreement: words in common with the answers of ${reference}.`,
    ...(votes > 0 ? [`${votes} votes, ${ties} of them for none.`] : []),
  ];
  return `${runLine(run)}\n\n${lines.join("\n")}\n\n${feet.join("\n")}\n`;
}

const csvColumns: readonly [string, (answer: LabAnswer, report: LabReport) => unknown][] = [
  ["prompt_id", ({ prompt_id }) => prompt_id],
  ["question", ({ prompt_id }, { prompts }) => questionOf(prompt_id, prompts)],
  ["link", ({ link }) => link],
  ["model", ({ model }) => model],
  ["tier", ({ tier }) => tier],
  ["text", ({ text }) => text],
  ["kind", ({ kind }) => kind],
  ["first_token_ms", ({ first_token_ms }) => first_token_ms],
  ["duration_ms", ({ duration_ms }) => duration_ms],
  ["input_tokens", ({ usage }) => usage?.input_tokens],
  ["output_tokens", ({ usage }) => usage?.output_tokens],
  ["cost_usd", ({ cost_usd }) => cost_usd],
  ["passed", ({ passed }) => passed.join(" ")],
  ["failed", ({ failed }) => failed.map(({ name }) => name).join(" ")],
];

function questionOf(id: string, prompts: LabReport["prompts"]): string {
  const last = prompts.find((prompt) => prompt.id === id)?.messages.findLast(({ role }) => role === "user");
  return last ? textOf(last) : "";
}

/** One row an answer (RFC 4180). A cell that a spreadsheet would take for a formula gets a quote mark before it. */
function csvOf(report: LabReport): string {
  const cell = (value: unknown): string => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const rows = report.answers.map((answer) => csvColumns.map(([, of]) => cell(of(answer, report))));
  return [csvColumns.map(([name]) => name), ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}
