// `npm run bench:scale`: one, two and four of Holdfast's gateways with one Postgres, in front of one provider, each in a process of its own.
// How much they serve together, how soon one knows what another found out, and whether the month's spend adds up. Prints the tables and
// writes them to docs/scale.md.
import { resolve } from "node:path";
import { startPostgres } from "../../fixtures/postgres/index.ts";
import { Child } from "../child.ts";
import { load, machine } from "../machine.ts";
import { figure, markdown, type Section, scaleMarks, writeBetweenMarks } from "../report.ts";
import { median, quantile } from "../samples.ts";
import type { Order, Taken } from "./load.ts";
import { cpuMsOf, question, type Subject, Subjects } from "./subjects.ts";

const sizes = [1, 2, 4] as const;
const streams = 64;
const rounds = 3;
const forMs = 3_000;
const openings = 9;

await using stack = new AsyncDisposableStack();
const provider = stack.use(new Child("gateway/provider.ts"));
const providerUrl = `http://127.0.0.1:${await provider.message()}/v1`;
const postgres = stack.use(await startPostgres());
const gateways = stack.use(new Subjects(providerUrl));
const { host, port, user, database } = postgres.connection;
const clients = await Promise.all(
  Array.from({ length: Math.max(...sizes) }, async () => {
    const client = stack.use(new Child("gateway/load.ts"));
    await client.message();
    return client;
  }),
);

/** A team of gateways that share breakers, spend and cache. */
async function teamOf(size: number): Promise<Subject[]> {
  const store = `postgres://${user}@${host}:${port}/${database}`;
  const more = { cache: { store, namespace: `scale-${size}` }, budget: { monthly_usd: 1_000 } };
  const names = Array.from({ length: size }, (_, index) => `gateway ${index + 1}`);
  return Promise.all(names.map((name) => gateways.holdfast(["at-once", "broken"], { name, more })));
}

/** So many streams at once over all gateways, as a load balancer would spread them. */
async function turnOf(
  team: readonly Subject[],
): Promise<{ perSecond: number; p99Ms: number; cpuMs: number }> {
  const before = team.map((gateway) => cpuMsOf(gateway) ?? Number.NaN);
  const taken = await Promise.all(
    team.map(async ({ url, headers }, index) => {
      const body = JSON.stringify(question("at-once"));
      const client = clients[index] as Child;
      client.send({ url, headers, body, streams: streams / team.length, forMs } satisfies Order);
      const reply = (await client.message()) as Taken | { failed: string };
      if ("failed" in reply) throw new Error(reply.failed);
      return reply;
    }),
  );
  const totals = taken.flatMap(({ totalMs }) => totalMs);
  const cpu = team.reduce(
    (sum, gateway, at) => sum + (cpuMsOf(gateway) ?? Number.NaN) - (before[at] ?? 0),
    0,
  );
  return {
    perSecond: (totals.length / Math.max(...taken.map(({ allMs }) => allMs))) * 1_000,
    p99Ms: quantile(totals, 0.99),
    cpuMs: cpu / totals.length,
  };
}

const api = async (gateway: Subject, path: string): Promise<Record<string, unknown>> => {
  const response = await fetch(new URL(path, gateway.url), { headers: gateway.headers });
  return (await response.json()) as Record<string, unknown>;
};
const wait = (ms: number) => new Promise((next) => setTimeout(next, ms));

async function until(what: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  for (const begin = performance.now(); !(await what()); await wait(5)) {
    if (performance.now() - begin > limitMs) throw new Error("What was waited for did not come about.");
  }
}

/** How long after one gateway's breaker opened the last of the others knows it, milliseconds. */
async function heardAfterMs(team: readonly Subject[]): Promise<number[]> {
  const state = async (gateway: Subject) =>
    ((await api(gateway, "/v1/circuits")).broken as { state: string }).state;
  const [first, ...others] = team as [Subject, ...Subject[]];
  const body = JSON.stringify({ ...question("broken"), stream: false });
  const heard: number[] = [];
  for (let round = 0; round < openings; round++) {
    for (const gateway of team) await until(async () => (await state(gateway)) !== "open");
    await (await fetch(first.url, { method: "POST", headers: first.headers, body })).text();
    const begin = performance.now();
    await Promise.all(others.map((gateway) => until(async () => (await state(gateway)) === "open")));
    heard.push(performance.now() - begin);
  }
  return heard;
}

/** Waits until all gateways know of the same spend; gives it in dollars, and how long that took. */
async function spendOf(team: readonly Subject[]): Promise<{ usd: number[]; afterMs: number }> {
  const begin = performance.now();
  const read = async (gateway: Subject) => {
    const response = await fetch(new URL("/metrics", gateway.url), { headers: gateway.headers });
    return Number(/^holdfast_budget_spent_usd(?:\{[^}]*\})? (\S+)$/m.exec(await response.text())?.[1]);
  };
  let usd: number[] = [];
  await until(async () => {
    usd = await Promise.all(team.map(read));
    return usd.every((one) => Math.abs(one - (usd[0] ?? 0)) < 1e-9);
  });
  return { usd, afterMs: performance.now() - begin };
}

const served: string[][] = [];
const shared: string[][] = [];
for (const size of sizes) {
  const team = await teamOf(size);
  await turnOf(team);
  const turns: Awaited<ReturnType<typeof turnOf>>[] = [];
  for (let round = 0; round < rounds; round++) turns.push(await turnOf(team));
  const of = (key: "perSecond" | "p99Ms" | "cpuMs") => figure(median(turns.map((turn) => turn[key])));
  served.push([String(size), of("perSecond"), of("p99Ms"), of("cpuMs")]);
  const spend = await spendOf(team);
  if (size === 1) continue;
  const heard = await heardAfterMs(team);
  shared.push([
    String(size),
    figure(median(heard)),
    figure(Math.max(...heard)),
    figure(spend.afterMs),
    figure((spend.usd[0] ?? 0) * 1_000),
  ]);
}

const sections: Section[] = [
  {
    title: `${streams} streams over all gateways`,
    columns: ["gateways", "requests a second", "ms (p99)", "CPU ms a request"],
    rows: served,
    text: "The provider, the clients and Postgres run on the same cores as the gateways.",
  },
  {
    title: "What gateways know of each other",
    columns: [
      "gateways",
      "opening heard after ms (median)",
      "longest",
      "spend agreed on after ms",
      "spend, thousandths of a dollar",
    ],
    rows: shared,
    text: `An opening: ${openings} times, from the failed answer until the last of the others leaves the link alone. Spend: from the end of the load until every gateway tells the same sum.`,
  },
];
const conditions = `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench:scale\` on ${machine()}; mean load of the machine ${load()}.`;
const results = [conditions, ...sections.map(markdown)].join("\n\n");
console.log(results);
writeBetweenMarks(resolve(import.meta.dirname, "../../../docs/scale.md"), results, scaleMarks);
