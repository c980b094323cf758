import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config, Receipt } from "../../electron/contract/index.ts";
import { type PostgresServer, startPostgres } from "../fixtures/postgres/index.ts";
import { answer, reset, startUnruly, status, type Unruly } from "../fixtures/unruly/index.ts";
import { keptLog } from "./log-support.ts";
import { folderForTest, startApp } from "./support.ts";

let postgres: PostgresServer;
let unruly: Unruly;
let namespaces = 0;
beforeAll(async () => {
  [postgres, unruly] = await Promise.all([startPostgres(), startUnruly()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([postgres[Symbol.asyncDispose](), unruly.close()]);
});

/** A gateway of a team: a cloud link with a price, nothing else, and the team's database. */
function gateway(namespace: string, { cap = 100, dataDir = folderForTest(), link = {} } = {}) {
  const { host, port, user, database } = postgres.connection;
  const config: Config = {
    fallback_chain: [
      {
        id: "first",
        provider: "openai-compatible",
        model: "m",
        base_url: `${unruly.url}/v1`,
        price: { input: 1_000, output: 10_000 },
        retry: { max_retries: 0 },
        breaker: { failure_threshold: 2, recovery_timeout: "30s" },
        ...link,
      },
    ],
    budget: { monthly_usd: cap },
    cache: { store: `postgres://${user}@${host}:${port}/${database}`, namespace },
    health: { probes: false },
  };
  const kept = keptLog();
  const started = startApp(config, { dataDir, log: kept.log });
  started.app.joinTeam();
  const ask = async (): Promise<Receipt> => {
    const patience = new AbortController().signal;
    const request = { messages: [{ role: "user" as const, content: "Is it raining?" }], cache: false };
    for await (const event of started.app.run(request, patience)) {
      if (event.type === "finished") return event.receipt;
    }
    throw new Error("The run did not end.");
  };
  const circuit = () => started.app.status.now.links[0]?.circuit.state;
  const spent = () => started.app.status.now.budget.spent_usd;
  return { ...started, of: kept.of, ask, circuit, spent };
}

const newTeam = () => `team-${++namespaces}`;
const soon = { timeout: 15_000 };

describe("gateways of one team", { timeout: 60_000 }, () => {
  it("leave a link alone that one of them found to be down", async () => {
    const team = newTeam();
    const [one, two] = [gateway(team), gateway(team)];
    unruly.script(() => status(500));
    await one.ask();
    await one.ask();
    expect(one.circuit()).toBe("open");
    await expect.poll(two.circuit, soon).toBe("open");
    const calls = unruly.calls.length;
    expect((await two.ask()).attempts.map(({ outcome }) => outcome)).toEqual(["skipped"]);
    expect(unruly.calls.length).toBe(calls);
  });

  it("ask a link again when one of them saw it recover", async () => {
    const team = newTeam();
    const quick = {
      link: { breaker: { failure_threshold: 2, recovery_timeout: "2s", success_threshold: 1 } },
    };
    const [one, two] = [gateway(team, quick), gateway(team, quick)];
    unruly.script(() => status(500));
    await one.ask();
    await one.ask();
    await expect.poll(two.circuit, soon).toBe("open");
    await expect.poll(two.circuit, soon).toBe("half_open");
    unruly.script(() => answer());
    expect((await two.ask()).link).toBe("first");
    // by itself it would stay half open until somebody asks
    await expect.poll(one.circuit, soon).toBe("closed");
  });

  it("learn of it when they join later, and not from another team", async () => {
    const team = newTeam();
    const one = gateway(team);
    unruly.script(() => status(500));
    await one.ask();
    await one.ask();
    const [late, stranger] = [gateway(team), gateway(newTeam())];
    await expect.poll(late.circuit, soon).toBe("open");
    expect(stranger.circuit()).toBe("closed");
  });

  it("spend from one purse", async () => {
    const team = newTeam();
    const [one, two] = [gateway(team, { cap: 0.05 }), gateway(team, { cap: 0.05 })];
    unruly.script(() => answer());
    await one.ask();
    const cost = one.spent();
    expect(cost).toBeGreaterThan(0.05);
    await expect.poll(two.spent, soon).toBeCloseTo(cost, 9);
    expect((await two.ask()).attempts).toMatchObject([{ outcome: "skipped", kind: "quota_exhausted" }]);
  });

  it("have drills keep to the cap that the others have reached", async () => {
    const team = newTeam();
    const dataDir = folderForTest();
    mkdirSync(join(dataDir, "drills"));
    const drill = `
name: Own
max_duration: 20s
faults: [{ fault: delay, by: 1ms }]
requests: [{ prompts: [Well?], count: 1 }]
expect: [{ check: notice, code: budget_reached }, { check: tier, is: offline }]`;
    writeFileSync(join(dataDir, "drills", "own.yaml"), drill);
    const [one, two] = [gateway(team, { cap: 0.05 }), gateway(team, { cap: 0.05, dataDir })];
    unruly.script(() => answer());
    await one.ask();
    await expect.poll(two.spent, soon).toBeGreaterThan(0.05);
    const calls = unruly.calls.length;
    two.app.drills.start({ drill: "own", may_cost: true });
    expect(await two.app.drills.ended()).toMatchObject({ passed: true });
    expect(unruly.calls.length).toBe(calls);
  });

  it("go on while the database is away, and tell what they spent meanwhile, once", async () => {
    const team = newTeam();
    const [one, two] = [gateway(team), gateway(team)];
    unruly.script(() => answer());
    await one.ask();
    const each = one.spent();
    await expect.poll(two.spent, soon).toBeCloseTo(each, 9);
    await postgres.stop();
    await one.ask();
    await one.ask();
    await expect
      .poll(() => one.of("warning").map(({ text }) => text), soon)
      .toEqual([expect.stringContaining("The team's database can't be reached")]);
    expect(one.spent()).toBeCloseTo(3 * each, 9);
    expect(two.spent()).toBeCloseTo(each, 9);
    await postgres.start();
    await expect.poll(two.spent, soon).toBeCloseTo(3 * each, 9);
    // a restart tells the same totals again, which count once
    await one.close();
    const again = gateway(team, { dataDir: one.dataDir });
    expect(again.spent()).toBeCloseTo(3 * each, 9);
    await two.ask();
    await expect.poll(again.spent, soon).toBeCloseTo(4 * each, 9);
    expect(two.spent()).toBeCloseTo(4 * each, 9);
  });

  it("keep to themselves that a link refuses their key: another gateway may have another", async () => {
    const team = newTeam();
    const [mistyped, right] = [gateway(team), gateway(team)];
    unruly.script(() => status(401));
    await mistyped.ask();
    await mistyped.ask();
    expect(mistyped.circuit()).toBe("open");
    unruly.script(() => answer());
    await right.ask();
    await expect.poll(mistyped.spent, soon).toBeCloseTo(right.spent(), 9);
    expect(right.circuit()).toBe("closed");
  });

  it("keep to themselves that they can't reach a link: that may be their own way to it", async () => {
    const team = newTeam();
    const cut = gateway(team);
    const [fine] = [gateway(team)];
    unruly.script(reset);
    await cut.ask();
    await cut.ask();
    expect(cut.circuit()).toBe("open");
    unruly.script(() => answer());
    await fine.ask();
    // what was told is there by the time that the spend of the same gateway has come round
    await expect.poll(cut.spent, soon).toBeCloseTo(fine.spent(), 9);
    expect(fine.circuit()).toBe("closed");
  });
});
