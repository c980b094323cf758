import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../electron/app/index.ts";
import type { ChainEvent, Config } from "../../electron/contract/index.ts";
import { forkEngine } from "../../electron/engine/index.ts";
import { startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { folderForTest, startApp } from "./support.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

const price = { input: 1, output: 2 };
const requests = "requests: [{ prompts: [Well?], count: 2 }]";
const standIns = `
config:
  fallback_chain: [{ id: primary, provider: openai, model: none }, { id: other, provider: openai, model: none }]
stand_ins: { primary: {}, other: {} }`;
const short = `
name: Short
max_duration: 20s${standIns}
faults: [{ fault: block, links: [primary] }]
${requests}
expect: [{ check: tier, is: backup }]`;
/** Goes on until somebody stops it. */
const long = short.replace("count: 2", "count: 10000").replace("name: Short", "name: Long");

/** An app with drills of its own, by the names of their files. */
function start(
  config: Config | null,
  drills: Record<string, string>,
  over: Parameters<typeof startApp>[1] = {},
) {
  const dataDir = folderForTest();
  mkdirSync(join(dataDir, "drills"));
  for (const [name, text] of Object.entries(drills))
    writeFileSync(join(dataDir, "drills", `${name}.yaml`), text);
  return startApp(config, { dataDir, ...over });
}

async function ran(app: App, drill: string, more: object = {}) {
  app.drills.start({ drill, ...more });
  return app.drills.ended();
}

const chainOf = (model: string): Config => ({
  health: { probes: false },
  fallback_chain: [
    { ...linkTo(unruly.url, "primary", "openai", model), price },
    linkTo(unruly.url, "second", "openai", "any"),
  ],
});

async function ask(app: App) {
  const events: ChainEvent[] = [];
  const asked = app.run({ messages: [{ role: "user", content: "Well?" }] }, new AbortController().signal);
  for await (const event of asked) events.push(event);
  return events.at(-1) as Extract<ChainEvent, { type: "finished" }>;
}

describe("what a person has", () => {
  it("stays as it is: breakers, what was spent, cache and history know nothing of a drill", async () => {
    const { app, dataDir } = start(chainOf("any"), { short });
    await ask(app);
    // The engine may be at work for the cache.
    const status = () => ({ ...app.status.now, engine: null });
    const before = [rowsOf(dataDir), status()];
    const { passed, answers } = await ran(app, "short");
    expect([passed, answers.length]).toEqual([true, 2]);
    expect([rowsOf(dataDir), status()]).toEqual(before);
  });

  it("keeps its breakers and lights when its own links fail in a drill", async () => {
    const [primary, second] = chainOf("any").fallback_chain ?? [];
    const fallback_chain = [{ ...primary, breaker: { failure_threshold: 1 } }, second] as NonNullable<
      Config["fallback_chain"]
    >;
    const { app } = start({ ...chainOf("any"), fallback_chain }, { short });
    const before = app.status.now.links;
    const { answers } = await ran(app, "short", { own_chain: true, may_cost: true });
    expect(answers.map(({ attempts }) => attempts[0]?.outcome)).toEqual(["failed", "skipped"]);
    expect(app.status.now.links).toEqual(before);
  });

  it("is told of by its own answers' receipts and by the status, for as long as a drill runs", async () => {
    const { app } = start(chainOf("any"), { long });
    const codes = async () => (await ask(app)).receipt.notices.map(({ code, text }) => `${code} ${text}`);
    expect(await codes()).toEqual([]);
    app.drills.start({ drill: "long" });
    expect(app.status.now.drill).toMatchObject({ name: "Long" });
    expect(await codes()).toEqual([
      expect.stringMatching(/^drill The drill “Long” is running.*does not touch this answer/),
    ]);
    await app.drills.stop();
    expect(app.status.now.drill).toBeNull();
    expect(await codes()).toEqual([]);
  });

  it("is really asked where no fault stands before it, and what that cost is counted", async () => {
    const own = `
name: Own
max_duration: 20s
faults: [{ fault: block, links: [second] }]
${requests}
expect: [{ check: tier, is: cloud }, { check: notice, code: drill }]`;
    const { app } = start(chainOf("any"), { own });
    expect(app.drills.plan("own").cost).toMatch(
      /^Up to 2 requests may reach links that cost money: primary \(any\)\./,
    );
    expect(() => app.drills.start({ drill: "own" })).toThrow(/may reach links that cost money/);
    const calls = unruly.calls.length;
    const report = await ran(app, "own", { may_cost: true });
    expect(report).toMatchObject({ passed: true, chain: "own" });
    expect(unruly.calls.length - calls).toBe(2);
    expect(app.status.now.budget.spent_usd).toBeGreaterThan(0);
    expect(report.cost_usd).toBeCloseTo(app.status.now.budget.spent_usd, 9);
  });

  it("costs nothing where a fault shuts every dear link off", async () => {
    const shut = `
name: Shut
max_duration: 20s
faults: [{ fault: status, status: 503, links: [primary] }]
${requests}
expect: [{ check: link, is: second }]`;
    const { app } = start(
      {
        ...chainOf("any"),
        fallback_chain: chainOf("any").fallback_chain?.map((link) => ({
          ...link,
          price: link.id === "primary" ? price : { input: 0, output: 0 },
        })),
      },
      { shut },
    );
    const calls = unruly.calls.length;
    expect(app.drills.plan("shut").cost).toBeNull();
    expect((await ran(app, "shut")).findings).toMatchObject([{ outcome: "passed" }]);
    expect(unruly.calls.length - calls).toBe(2);
    expect(app.status.now.budget.spent_usd).toBe(0);
  });

  it("can have a shipped drill on its own chain", async () => {
    const { app } = start(chainOf("any"), { short });
    const report = await ran(app, "short", { own_chain: true, may_cost: true }).catch(
      (error: Error) => error,
    );
    expect(report).toMatchObject({ chain: "own", passed: true });
    expect(report).toMatchObject({
      links: [
        { id: "primary", stand_in: false },
        { id: "second", stand_in: false },
      ],
    });
  });
});

/** All that the app keeps for a person. */
function rowsOf(dataDir: string) {
  const read = (file: string, table: string) => {
    using database = new DatabaseSync(join(dataDir, file), { readOnly: true });
    return database.prepare(`SELECT * FROM ${table}`).all();
  };
  return [
    ...["conversations", "messages", "outbox", "spend"].map((table) => read("holdfast.db", table)),
    read("cache.db", "entries"),
    JSON.parse(String(read("holdfast.db", "states").find(({ key }) => key === "breakers")?.json ?? "null")),
  ];
}

describe("a drill", () => {
  it("runs alone", async () => {
    const { app } = start(null, { long, short });
    app.drills.start({ drill: "long" });
    expect(() => app.drills.start({ drill: "short" })).toThrow(
      'The drill "Long" is running: wait for its end, or stop it.',
    );
    await app.drills.stop();
  });

  it("ends with the app, and its report says that it was stopped", async () => {
    const { app, dataDir, close } = start(null, { long });
    app.drills.start({ drill: "long" });
    const ended = app.drills.ended();
    await close();
    expect(await ended).toMatchObject({ end: "stopped", passed: false });
    const again = startApp(null, { dataDir });
    expect(again.app.drills.state()).toMatchObject({
      running: null,
      reports: [{ drill: "long", end: "stopped" }],
    });
  });

  it("begins with the breakers as they are outside, on the person's own chain", async () => {
    const own = `
name: Own
max_duration: 20s
faults: []
${requests}
expect: [{ check: link, is: second }, { check: metric, name: holdfast_circuit_state, labels: { link: primary, state: open }, ends_at: { at_least: 1 } }]`;
    const { app } = start(
      {
        ...chainOf("status-500"),
        fallback_chain: [
          {
            ...linkTo(unruly.url, "primary", "openai", "status-500"),
            breaker: { failure_threshold: 1, recovery_timeout: "10m" },
          },
          linkTo(unruly.url, "second", "openai", "any"),
        ],
      },
      { own },
    );
    await ask(app);
    const report = await ran(app, "own", { may_cost: true });
    expect(report.findings.map(({ outcome }) => outcome)).toEqual(["passed", "passed"]);
    expect(report.answers[0]?.attempts[0]).toMatchObject({ link: "primary", outcome: "skipped" });
  });

  it("kills the engine that it started for itself, and the chain survives it", {
    timeout: 60_000,
  }, async () => {
    const kill = `
name: Kill
max_duration: 60s
faults: [{ fault: kill_engine, links: [local], after: 4 }]
requests: [{ prompts: [What is Holdfast?], count: 1 }]
expect: [{ check: nothing_lost }, { check: log, event: engine, with: { state: crashed } }]`;
    const engines: number[] = [];
    const { app } = start(
      null,
      { kill },
      {
        spawnEngine: () => {
          const engine = forkEngine(join(import.meta.dirname, "../../electron/engine/child.ts"));
          engines.push(engine.pid ?? 0);
          return engine;
        },
      },
    );
    const report = await ran(app, "kill");
    expect(report.findings.map(({ outcome, seen }) => `${outcome} ${seen}`)).toEqual([
      "passed 0 of 1 lost",
      expect.stringMatching(/^passed/),
    ]);
    expect(report.answers[0]?.attempts[0]).toMatchObject({ kind: "engine_crashed" });
    expect(app.status.now.engine).toMatchObject({ state: "stopped", restarts: 0, set_aside: [] });
    expect(engines.length).toBeGreaterThan(0);
  });

  it("says which link of a fault is not in the chain", () => {
    const own = `
name: Own
max_duration: 20s
faults: [{ fault: block, links: [nobody] }]
${requests}
expect: [{ check: whole }]`;
    const { app } = start(null, { own });
    expect(() => app.drills.start({ drill: "own" })).toThrow(
      'has a fault on "nobody", and this chain has no such link. There are: starter, first, cloud, backup, local, all.',
    );
  });
});

describe("the list", () => {
  it("has what ships and what is one's own, with what is wrong with a file", () => {
    const { app, dataDir } = start(null, { broken: "name: X\nfaults: 3\n" });
    const { drills, folder } = app.drills.state();
    expect(folder).toBe(join(dataDir, "drills"));
    expect(drills.filter(({ source }) => source === "shipped")).toHaveLength(5);
    expect(drills.at(-1)?.problem).toContain("broken.yaml:2:1 faults: 3 is not a list");
  });

  it("names file, line, key and mend, for all problems at once", () => {
    const { app } = start(null, {
      wrong: `
name: Wrong
max_duration: 10 seconds
config:
  fallback_chain: [{ id: real, provider: openai, model: gpt-5 }]
faults:
  - { fault: stal }
  - { fault: delay, bye: 3s }
requests:
  - { prompts: [Well?], count: 0 }
expect:
  - { check: tier, is: clod, of: nobody }
`,
    });
    const lines =
      app.drills
        .list()
        .at(-1)
        ?.problem?.split("\n")
        .map((line) => line.replace(/^.*drills\//, "")) ?? [];
    expect(lines).toEqual([
      expect.stringMatching(/^wrong\.yaml:3:1 max_duration: "10 seconds" is not a duration/),
      expect.stringMatching(
        /^wrong\.yaml:7:7 faults\[0\]\.fault: "stal" is not one of block, .*; did you mean stall\?$/,
      ),
      expect.stringMatching(/^wrong\.yaml:8:5 faults\[1\]\.by: is missing/),
      expect.stringMatching(/^wrong\.yaml:8:21 faults\[1\]\.bye: is not a known key; did you mean by\?$/),
      expect.stringMatching(
        /^wrong\.yaml:10:25 requests\[0\]\.count: 0 is too small: it must be at least 1$/,
      ),
      expect.stringMatching(
        /^wrong\.yaml:12:20 expect\[0\]\.is: "clod" is not one of .*; did you mean cloud\?$/,
      ),
    ]);
  });

  it("refuses real links in a file, and names that stand for nothing", () => {
    const { app } = start(null, {
      real: `
name: Real
max_duration: 2h
alerts: { sample: 5ms }
config: { fallback_chain: [{ id: real, provider: openai, model: gpt-5, base_url: "https://example.org/v1" }] }
stand_ins: { ghost: {} }
faults: [{ fault: block, links: [nobody] }]
${requests}
expect: [{ check: whole, of: nothing }]`,
    });
    const problem = app.drills.list().at(-1)?.problem;
    expect(problem).toContain(
      '"real" has no stand-in: a drill may not bring real links along. Add stand_ins.real, such as "real: {}"',
    );
    expect(problem).toContain("max_duration: 2h is too long: a drill lasts an hour at most");
    expect(problem).toContain("alerts.sample: 5ms is too short: 100ms is the least");
    expect(problem).toContain("stand_ins.ghost: is no link of config.fallback_chain");
    expect(problem).toContain('"nobody" is no link: there are real, first');
    expect(problem).toContain('"nothing" names no requests: there are none with a name');
  });
});

it("reports are kept as JSON and as a page that needs nothing else", async () => {
  const { app } = start(null, { short: short.replace("Short", '"<b>Short</b> & sharp"') });
  const { id } = await ran(app, "short");
  expect(app.drills.reports.get(id)).toMatchObject({ name: "<b>Short</b> & sharp", passed: true });
  const html = app.drills.reports.html(id);
  expect(html).toContain("&#60;b&#62;Short&#60;/b&#62; &#38; sharp");
  expect(html).not.toMatch(/<script|src=|href=|url\(/);
  expect(html).toContain("prefers-color-scheme: dark");
  expect(() => app.drills.reports.get("../../holdfast")).toThrow("There is no such report any more.");
});
