import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { temporaryFolder } from "../hosts/support/program.ts";
import { servedMetrics } from "./served.ts";

const root = resolve(import.meta.dirname, "../..");
const resource = (name: string) => join(root, "resources/observability", name);
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";
const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
if (!hasPromtool) {
  const text =
    "LEFT OUT: the tests of the alert rules, for promtool is not here (apt-get install prometheus).";
  console.log(`\n${"!".repeat(80)}\n${text}\n${"!".repeat(80)}`);
}

const ruleFile = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(["warning", "critical"]) }),
          annotations: z.object({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});
const alerts = ruleFile
  .parse(parse(readFileSync(resource("alerts.yml"), "utf8")))
  .groups.flatMap(({ rules }) => rules);

/** The part of Grafana's dashboard model that a dashboard can't do without. */
const dashboardFile = z.object({
  title: z.string(),
  uid: z.string(),
  schemaVersion: z.int().min(36),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  annotations: z.object({ list: z.array(z.object({ expr: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.int(),
      type: z.enum(["row", "stat", "gauge", "timeseries", "state-timeline"]),
      title: z.string().min(1),
      gridPos: z.object({ h: z.int(), w: z.int(), x: z.int(), y: z.int() }),
      targets: z.array(z.object({ refId: z.string(), expr: z.string().min(1) })).optional(),
    }),
  ),
});
const dashboard = dashboardFile.parse(JSON.parse(readFileSync(resource("grafana.json"), "utf8")));
const queries = [
  ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...dashboard.annotations.list.map(({ expr }) => expr),
];

const promtool = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
};

describe.runIf(hasPromtool || inCi)("the alert rules", () => {
  it("are rules that Prometheus takes", () => {
    expect(promtool("check", "rules", "--lint=all", "--lint-fatal", resource("alerts.yml"))).toMatchObject({
      status: 0,
    });
  });

  it("fire on what they are for and keep still on what is near it", () => {
    const ran = promtool("test", "rules", join(import.meta.dirname, "alerts.test.yml"));
    expect(ran.said).toContain("SUCCESS");
    expect(ran.status).toBe(0);
  });

  it("stand with a config that Prometheus takes", () => {
    expect(promtool("check", "config", "--syntax-only", resource("prometheus.yml")).said).toContain(
      "SUCCESS",
    );
  });

  it("and the dashboard's queries are PromQL", () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder[Symbol.dispose]());
    const rules = queries.map((query, n) => ({
      record: `query:number:${n}`,
      expr: query.replaceAll("$__rate_interval", "1m"),
    }));
    const file = join(folder.path, "queries.yml");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "queries", rules }] }));
    const checked = promtool("check", "rules", "--lint=none", file);
    expect(checked.said).toContain(`${queries.length} rules found`);
  });
});

it("each alert is tested, and said what to do about in docs/observability.md", () => {
  const tests = readFileSync(join(import.meta.dirname, "alerts.test.yml"), "utf8");
  const page = readFileSync(join(root, "docs/observability.md"), "utf8");
  for (const { alert } of alerts) {
    expect(tests).toMatch(new RegExp(`alertname: ${alert}\\n {8}exp_alerts:\\n {10}- exp_labels`));
    expect(page).toContain(`\`${alert}\``);
  }
});

describe("what the gateway serves", () => {
  let served: Awaited<ReturnType<typeof servedMetrics>>;
  beforeAll(async () => {
    served = await servedMetrics();
  });
  afterAll(() => served.close());

  /** The selectors of an expression: a metric's name, and the labels that it is asked by. */
  const selectorsOf = (expression: string) =>
    [...expression.matchAll(/\b((?:holdfast|process)_[a-z_]+)(?:\{([^}]*)\})?/g)].map(
      ([, name = "", matchers = ""]) => ({
        name,
        labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)].map(([, label = ""]) => label),
      }),
    );
  /** Prometheus gives these to each series itself. */
  const given = new Set(["job", "instance"]);

  it.each([
    ["each alert", () => alerts.map(({ expr }) => expr)],
    ["each panel of the dashboard", () => queries],
  ])("has every metric and every label that %s asks for", (_, expressions) => {
    const missing = expressions()
      .flatMap(selectorsOf)
      .flatMap(({ name, labels }) => {
        const known = served.labels.get(name);
        if (!known) return [name];
        return labels
          .filter((label) => !given.has(label) && !known.has(label))
          .map((label) => `${name}{${label}}`);
      });
    expect(missing).toEqual([]);
  });

  it("has no metric without a panel, but those that only alerts or version labels need", () => {
    const shown = new Set(queries.flatMap(selectorsOf).map(({ name }) => name.replace(/_bucket$/, "")));
    const unseen = served.names.filter((name) => !shown.has(name));
    expect(unseen).toEqual(["holdfast_build_info"]);
  });

  it.runIf(hasPromtool || inCi)("is text that Prometheus takes without a complaint", () => {
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
      input: served.text,
      encoding: "utf8",
    });
    expect(`${stdout}${stderr}`).toBe("");
    expect(status).toBe(0);
  });
});

it("the dashboard has its panels apart from each other, each with a number of its own", () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  for (const { x, w } of dashboard.panels.map(({ gridPos }) => gridPos))
    expect(x + w).toBeLessThanOrEqual(24);
});
