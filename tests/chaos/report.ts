import { writeFileSync } from "node:fs";
import type { Cell, Outcome } from "./cells.ts";
import { positions } from "./positions.ts";

const columns = positions.flatMap((position) =>
  [true, false].flatMap((streaming) =>
    ([1, 32] as const).map((concurrency) => ({ position, streaming, concurrency })),
  ),
);

const columnName = ({ position, streaming, concurrency }: Omit<Cell, "fault">): string =>
  `${position} ${streaming ? "S" : "W"}${concurrency}`;

/** A cell by name, as the list of what was wrong gives it. */
export const cellName = ({ fault, ...column }: Cell): string => `${fault.name}, ${columnName(column)}`;

/** The outcomes as a table in Markdown: a row a fault, a column a way of meeting it. */
export function table(outcomes: readonly Outcome[]): string {
  const heads = ["fault", ...columns.map(columnName)];
  const names = [...new Set(outcomes.map(({ cell }) => cell.fault.name))];
  const rows = names.map((name) => [
    name,
    ...columns.map((column) => {
      const found = outcomes.find(
        ({ cell }) => cell.fault.name === name && columnName(cell) === columnName(column),
      );
      return found === undefined ? "" : found.wrongs.size === 0 ? "ok" : "RED";
    }),
  ]);
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** What was wrong, a line a finding; empty when all is well. */
export function findings(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ cell, wrongs }) =>
    [...wrongs].map(([wrong, count]) => `${cellName(cell)}: ${wrong}${count > 1 ? ` (${count} times)` : ""}`),
  );
}

/** Writes the whole matrix to a document. `seconds`: how long it took. */
export function writeDocument(path: string, outcomes: readonly Outcome[], seconds: number): void {
  const red = findings(outcomes);
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(
    path,
    `# The fault matrix

Written by \`npm run chaos\` on ${date}: ${outcomes.length} cells in ${Math.round(seconds)} seconds, ${red.length === 0 ? "none of them red" : "with red cells"}. A part of it
runs with every \`npm test\`. \`npm run chaos -- cut stall\` plays only the rows whose names hold one of these words, and writes nothing.

Each cell plays one fault against the whole app on a folder of its own: the servers behind its links are one program that misbehaves
on command (\`tests/fixtures/unruly\`) in the wire formats of OpenAI, Anthropic and Ollama, a link each; the engine is the real one in its own process.

## How to read it

A row is a fault. A column says where it strikes, and how people ask:

| in a column's name | meaning |
| --- | --- |
| \`first\` | the first link is at fault; the links behind it are sound |
| \`second\` | the first link is down (503), the second is at fault, the third is sound |
| \`all\` | every cloud link is at fault, and nothing is behind them; of the engine: every cloud link is down, and the engine is at fault |
| \`all, then local\` | the same, with a sound model on this machine as the last line |
| \`S\` | streaming: half of the people over the app's own events, half over the gateway's server-sent events |
| \`W\` | whole: over the gateway without streaming |
| \`1\`, \`32\` | one request at a time, or 32 at once |

A cell is \`ok\` when, for every request in it:

- the person got a whole answer, or a clear failure with its notice; a stream that can't follow a restarted answer ends in an error and no \`[DONE]\`;
- nothing truncated looks whole: each answer is compared, letter by letter, with what its link says to this one request, seams included;
- nothing is mixed: every 40 characters carry the request's own mark;
- nothing was hammered: the servers' counts are held against the retry rules (a call over a connection that had served before, and that was
  cut off without a byte, may be sent again by HTTP's own rule, RFC 9112, section 9.5, and is no attempt);
- the receipt tells the truth: the attempts in it are the calls that the servers saw, with the right kinds, status, tiers, request ids, seams, usage and cost.

Else it is \`RED\`, and what was wrong stands below the table. A piece that comes twice can't be told from a model that repeats itself, so it
is passed on as it was said. Tool calls, JSON and thoughts are never continued by another link, whatever it can do, and neither is a loop.
A stream whose tool call was torn departs, since it can't be taken back there.

## The matrix

${table(outcomes)}
${red.length === 0 ? "" : `\n## What was wrong\n\n${red.map((line) => `- ${line}`).join("\n")}\n`}`,
  );
}
