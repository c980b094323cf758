import { readFileSync, writeFileSync } from "node:fs";

/** The results of one bench: a table, and a sentence or two on how to read it. */
export interface Section {
  title: string;
  text: string;
  /** Heads of the columns; the first one's cells are text, the others' are figures. */
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A figure with as many decimals as it deserves: three digits, more for large numbers. */
export function figure(value: number, unit = ""): string {
  const size = Math.abs(value);
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}${unit && ` ${unit}`}`;
}

/** A section as Markdown, its columns aligned so that it can be read on a terminal too. */
export function markdown({ title, text, columns, rows }: Section): string {
  const widths = columns.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const cell = (content: string, at: number) =>
    at === 0 ? content.padEnd(widths[at] ?? 0) : content.padStart(widths[at] ?? 0);
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return `### ${title}\n\n${[line(columns), rule, ...rows.map(line)].join("\n")}\n\n${text}\n`;
}

/** The lines between which a program writes its results. */
const marksOf = (command: string) => ({
  begin: `<!-- Written by ${command}; edit what is above and below. -->`,
  end: `<!-- The end of what ${command} writes. -->`,
});
const benchMarks = marksOf("npm run bench");
/** Those of `npm run bench:local`. */
export const localMarks = marksOf("npm run bench:local");
/** Those of `npm run bench:cache`. */
export const cacheMarks = marksOf("npm run bench:cache");
/** Those of `npm run bench:gateway`. */
export const gatewayMarks = marksOf("npm run bench:gateway");

/** Those of `npm run bench:scale`. */
export const scaleMarks = marksOf("npm run bench:scale");

/** Puts the results between the two marks of a document. Throws when a mark is missing. */
export function writeBetweenMarks(path: string, results: string, { begin, end } = benchMarks): void {
  const document = readFileSync(path, "utf8");
  const [before, rest] = document.split(begin);
  const [, after] = (rest ?? "").split(end);
  if (before === undefined || after === undefined) {
    throw new Error(`${path} lacks a mark: it needs a line "${begin}" and, below it, a line "${end}".`);
  }
  writeFileSync(path, `${before}${begin}\n\n${results}\n${end}${after}`);
}
