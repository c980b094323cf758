import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DrillReport, type DrillReportInfo, drillReport } from "../contract/index.ts";
import { reportHtml } from "../drills/index.ts";
import { StoreError } from "../store/index.ts";

/** The oldest reports go when there are more. */
const keptReports = 50;

/** Reports as files, each as JSON and as a page, the newest fifty of them. */
export class DrillReports {
  readonly #folder: string;
  /** What was read already; null for files that are no reports. */
  readonly #infos = new Map<string, DrillReportInfo | null>();

  /** The folder is made when the first report is written. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Newest first. Another process may have written some, or removed them. */
  list(): DrillReportInfo[] {
    const ids = namesIn(this.#folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => name.slice(0, -".json".length));
    return ids
      .flatMap((id) => this.#infoOf(id) ?? [])
      .toSorted((a, b) => b.started_at.localeCompare(a.started_at));
  }

  /** Throws a StoreError `not_found`. */
  get(id: string): DrillReport {
    const report = this.list().some((one) => one.id === id) ? this.#read(id) : null;
    if (report) return report;
    throw new StoreError("not_found", "There is no such report any more.");
  }

  /** The report as a page of its own. Throws a StoreError `not_found`. */
  html(id: string): string {
    return reportHtml(this.get(id));
  }

  keep(report: DrillReport): void {
    writeReport(report, this.#folder);
    this.#infos.set(report.id, infoOf(report));
    for (const { id } of this.list().slice(keptReports)) {
      for (const ending of ["json", "html"]) rmSync(join(this.#folder, `${id}.${ending}`), { force: true });
    }
  }

  #infoOf(id: string): DrillReportInfo | null {
    const known = this.#infos.get(id);
    if (known !== undefined) return known;
    const report = this.#read(id);
    const info = report && infoOf(report);
    this.#infos.set(id, info);
    return info;
  }

  /** Null for what is no report: a person may put other files there. */
  #read(id: string): DrillReport | null {
    try {
      const read = drillReport.safeParse(JSON.parse(readFileSync(join(this.#folder, `${id}.json`), "utf8")));
      return read.success && read.data.id === id ? read.data : null;
    } catch {
      return null;
    }
  }
}

/** Writes a report into a folder, as `<id>.json` and `<id>.html`; gives their paths. */
export function writeReport(report: DrillReport, folder: string): { json: string; html: string } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = { json: join(folder, `${report.id}.json`), html: join(folder, `${report.id}.html`) };
  whole(paths.html, reportHtml(report));
  whole(paths.json, `${JSON.stringify(report, null, 2)}\n`);
  return paths;
}

/** A file that is there with all of its text, or not at all. */
function whole(path: string, text: string): void {
  writeFileSync(`${path}.part`, text, { mode: 0o600 });
  renameSync(`${path}.part`, path);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function infoOf({
  id,
  drill,
  name,
  chain,
  without,
  started_at,
  end,
  passed,
  findings,
}: DrillReport): DrillReportInfo {
  const count = (wanted: string) => findings.filter(({ outcome }) => outcome === wanted).length;
  return {
    id,
    drill,
    name,
    chain,
    without,
    started_at,
    end,
    passed,
    failed: count("failed"),
    unchecked: count("unchecked"),
  };
}
