import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { type Drill, durationMs } from "../contract/index.ts";
import type { AlertsSeen, Sample, Series } from "../drills/index.ts";

/** Prometheus' own tool; its unit tests judge our rules by Prometheus' own rules. */
const promtool = "promtool";
const limitMs = 60_000;
const run = promisify(execFile);

/**
 * Which of the shipped alerts the samples of a drill would have fired at any time. `promtool test rules` is given the samples as series, and
 * the claim that no alert fires at each of them; what it objects to has fired. A second of the drill counts for `time_lapse`, since
 * rules think in minutes. An aborted `signal` ends promtool.
 */
export async function alertsSeen(
  rulesFile: string,
  { alerts = {} }: Pick<Drill, "alerts">,
  samples: readonly Sample[],
  signal: AbortSignal,
): Promise<AlertsSeen> {
  if (!existsSync(rulesFile)) return { unchecked: "No alert rules ship with this version." };
  const rules = await readFile(rulesFile, "utf8");
  const known = alertNames(parse(rules));
  const everyMs = durationMs(alerts.sample ?? "1s");
  const interval = `${Math.max(1, Math.round((everyMs / 1_000) * (durationMs(alerts.time_lapse ?? "1s") / 1_000)))}s`;
  const folder = await mkdtemp(join(tmpdir(), "holdfast-drill-"));
  try {
    const file = join(folder, "drill-test.yaml");
    // A copy, since promtool can't look into the archive of a packaged app.
    await writeFile(join(folder, "rules.yml"), rules);
    await writeFile(file, stringify(ruleTest("rules.yml", known, interval, samples)));
    return { known: new Set(known), fired: await objections(file, signal) };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (signal.aborted) return { unchecked: "The drill was stopped before promtool had judged the rules." };
    const why = isMissing
      ? "promtool is not on this machine (Debian: apt install prometheus)."
      : `promtool could not judge the rules: ${(error as Error).message}`;
    return { unchecked: why };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A unit test of rules (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/) that claims silence. */
function ruleTest(
  rulesFile: string,
  alerts: readonly string[],
  interval: string,
  samples: readonly Sample[],
) {
  const times = samples.map((_, index) => `${index * Number.parseInt(interval, 10)}s`);
  return {
    rule_files: [rulesFile],
    evaluation_interval: interval,
    tests: [
      {
        interval,
        input_series: [...seriesOver(samples)].map(([series, values]) => ({
          series,
          values: values.join(" "),
        })),
        alert_rule_test: alerts.flatMap((alertname) =>
          times.map((eval_time) => ({ alertname, eval_time, exp_alerts: [] })),
        ),
      },
    ],
  };
}

/** Every series with a value for each sample; `_` where it had none. */
function seriesOver(samples: readonly Sample[]): Map<string, string[]> {
  const over = new Map<string, string[]>();
  for (const [index, { series }] of samples.entries()) {
    for (const one of series) {
      const key = keyOf(one);
      const values = over.get(key) ?? samples.map(() => "_");
      values[index] = String(one.value);
      over.set(key, values);
    }
  }
  return over;
}

const keyOf = ({ name, labels }: Series): string =>
  `${name}{${Object.entries(labels)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(",")}}`;

/** The names of the alerts that promtool says were not silent. */
async function objections(file: string, signal: AbortSignal): Promise<Set<string>> {
  const output = await run(promtool, ["test", "rules", file], {
    timeout: limitMs,
    signal,
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    () => "",
    (error: NodeJS.ErrnoException & { stdout?: string; stderr?: string }) => {
      const said = `${error.stdout ?? ""}\n${error.stderr ?? ""}`;
      if (!/alertname: /.test(said)) throw error;
      return said;
    },
  );
  return new Set([...output.matchAll(/alertname: ?(\S+), time:/g)].map(([, name = ""]) => name));
}

function alertNames(rules: unknown): string[] {
  const { groups = [] } = rules as { groups?: { rules?: { alert?: string }[] }[] };
  return groups.flatMap(({ rules: list = [] }) => list.flatMap(({ alert }) => alert ?? []));
}
