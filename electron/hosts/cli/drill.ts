import { styleText } from "node:util";
import { type App, writeReport } from "../../app/index.ts";
import {
  type DrillFinding,
  type DrillMoment,
  type DrillProgress,
  type DrillReport,
  durationMs,
  type Mechanism,
} from "../../contract/index.ts";
import { StoreError } from "../../store/index.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface DrillOptions {
  json?: true;
}
export interface DrillRunOptions extends DrillOptions {
  ownChain?: true;
  without?: Mechanism;
  yes?: true;
  report?: string;
}

type Host = Pick<App, "drills">;

/** `holdfast drill run`: runs a drill to its end, with progress on standard error, and says how each expectation came out. */
export async function drillRun(
  reference: string,
  { json, ownChain, without, yes, report: folder }: DrillRunOptions,
  { drills }: Host,
  terminal: Terminal,
): Promise<number> {
  const mode = { ...(ownChain && { own_chain: true }), ...(without && { without }) };
  const planned = planOrNull(reference, mode, drills, terminal);
  if (planned === null) return exitCode.usage;
  const { cost } = planned;
  if (cost !== null) terminal.err.write(`${cost}\n`);
  if (cost !== null && !yes) {
    terminal.err.write("Nothing was asked. Say --yes to run it all the same.\n");
    return exitCode.usage;
  }
  const { name, max_duration_ms } = drills.start({ drill: reference, ...mode, may_cost: true });
  const stop = () => void drills.stop();
  terminal.signal.addEventListener("abort", stop, { once: true });
  if (terminal.signal.aborted) stop();
  terminal.err.write(`Drill "${name}", ${Math.round(max_duration_ms / 1_000)} s at most. Ctrl+C stops it.\n`);
  const over = new AbortController();
  const progress = showProgress(drills, over.signal, terminal);
  const report = await drills.ended();
  over.abort();
  await progress;
  if (folder !== undefined) terminal.err.write(`Report: ${writeReport(report, folder).html}\n`);
  terminal.out.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, terminal));
  if (report.end === "stopped") return exitCode.interrupted;
  return report.passed ? exitCode.answered : exitCode.failed;
}

/** Null when there is no such drill, which is said. */
function planOrNull(
  reference: string,
  mode: Parameters<Host["drills"]["plan"]>[1],
  drills: Host["drills"],
  { err }: Pick<Terminal, "err">,
) {
  try {
    return drills.plan(reference, mode);
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== "not_found") throw error;
    err.write(`${error.message}\n`);
    return null;
  }
}

/** `holdfast drill list`. */
export function drillList({ json }: DrillOptions, { drills }: Host, { out, err }: Terminal): number {
  const { drills: list, folder } = drills.state();
  if (json) out.write(`${JSON.stringify(list, null, 2)}\n`);
  else {
    const width = Math.max(...list.map(({ id }) => id.length));
    for (const { id, source, name, problem } of list) {
      out.write(`${id.padEnd(width)}  ${source.padEnd(7)}  ${problem === null ? name : "can't be used"}\n`);
      if (problem !== null) err.write(`${problem}\n`);
    }
    err.write(`Your own go into ${folder}\n`);
  }
  return exitCode.answered;
}

/** `holdfast drill check`: what is wrong with a file, or what running it would do. A bad file is thrown as a ConfigError. */
export function drillCheck(file: string, { drills }: Host, { out, err }: Terminal): number {
  const planned = planOrNull(file, {}, drills, { err });
  if (planned === null) return exitCode.usage;
  const { plan, cost } = planned;
  const { drill, links, isSealed } = plan;
  const count = drill.requests.reduce((sum, group) => sum + group.count, 0);
  const whose = isSealed ? "links that it brings" : "your own links";
  out.write(
    [
      `${drill.name}: nothing is wrong with it.`,
      `It sends ${count} requests to ${whose} (${links.map(({ id }) => id).join(", ")}), in ${Math.round(durationMs(drill.max_duration) / 1_000)} s at most.`,
      cost ?? "It costs nothing.",
      "",
    ].join("\n"),
  );
  return exitCode.answered;
}

/** What happens, line by line, and a line that is written over; nothing where standard error is a file. */
async function showProgress(drills: Host["drills"], signal: AbortSignal, { err }: Terminal): Promise<void> {
  if (!err.isTTY) return;
  let told = 0;
  for await (const { running } of drills.watch(signal)) {
    if (!running) continue;
    err.write("\r\u001b[K");
    for (const moment of running.moments.slice(told)) err.write(`${momentLine(moment)}\n`);
    told = running.moments.length;
    err.write(progressLine(running));
  }
  err.write("\r\u001b[K");
}

const momentLine = ({ at_ms, text }: DrillMoment): string =>
  `${(at_ms / 1_000).toFixed(1).padStart(6)} s  ${text}`;

const progressLine = ({ done, total, tiers }: DrillProgress): string =>
  `${done} of ${total} requests${tiers.map(({ tier, count }) => `, ${tier ?? "lost"} ${count}`).join("")}`;

const marks: Record<DrillFinding["outcome"], readonly [Parameters<typeof styleText>[0], string]> = {
  passed: ["green", "passed"],
  failed: ["red", "FAILED"],
  unchecked: ["yellow", "not checked"],
  open: ["yellow", "open"],
};

function reportText({ name, findings, end, passed, duration_ms }: DrillReport, { out }: Terminal): string {
  const stream = out as NodeJS.WriteStream;
  const lines = findings.map(({ outcome, text, seen }) => {
    const [colour, word] = marks[outcome];
    return `${styleText(colour, word.padEnd(11), { stream })}  ${text}: ${seen}`;
  });
  const ends = { finished: "", time_up: " Its time was up.", stopped: " It was stopped." };
  const word = passed ? "passed" : end === "finished" ? "failed" : "did not finish";
  const verdict = styleText(passed ? "green" : "red", word, { stream });
  return `${lines.join("\n")}\n\n${name} ${verdict} after ${(duration_ms / 1_000).toFixed(1)} s.${ends[end]}\n`;
}
