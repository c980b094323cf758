// `npm run bench:gateway`: Holdfast's gateway beside a bare Node proxy, Portkey's gateway and LiteLLM's proxy, all in front of one provider,
// each in a process of its own, in one run. Prints the tables and writes them to docs/performance.md. With names, such as
// `npm run bench:gateway -- bare holdfast`, measures only those and writes nothing; `--profile FOLDER` takes a CPU profile of Holdfast.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Child } from "../child.ts";
import { load, machine } from "../machine.ts";
import { figure, gatewayMarks, markdown, type Section, writeBetweenMarks } from "../report.ts";
import { inTurn, median, quantile } from "../samples.ts";
import { abortDelays } from "./aborts.ts";
import type { Order, Taken } from "./load.ts";
import { cpuMsOf, question, type Subject, Subjects } from "./subjects.ts";

const models = ["at-once", "paced", "endless"] as const;
const streamCounts = [1, 16, 64] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: "string" }, rounds: { type: "string" }, ms: { type: "string" } },
});
const rounds = Number(values.rounds ?? 5);
const forMs = Number(values.ms ?? 2_000);

/** One turn of one subject. */
interface Turn {
  medianMs: number;
  p99Ms: number;
  firstMs: number;
  perSecond: number;
  cpuMs: number | null;
}

async function turnOf(clients: Child, subject: Subject, model: string, streams: number): Promise<Turn> {
  const cpuBefore = cpuMsOf(subject);
  const { url, headers } = subject;
  clients.send({ url, headers, body: JSON.stringify(question(model)), streams, forMs } satisfies Order);
  const taken = (await clients.message()) as Taken | { failed: string };
  if ("failed" in taken) throw new Error(`${subject.name}: ${taken.failed}`);
  const count = taken.totalMs.length;
  const cpuAfter = cpuMsOf(subject);
  return {
    medianMs: median(taken.totalMs),
    p99Ms: quantile(taken.totalMs, 0.99),
    firstMs: median(taken.firstMs),
    perSecond: (count / taken.allMs) * 1_000,
    cpuMs: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / count,
  };
}

/** All subjects in turn at one number of streams. */
async function table(
  clients: Child,
  subjects: readonly Subject[],
  model: string,
  streams: number,
): Promise<Section> {
  const turns = await inTurn(
    { rounds, warmUp: 1 },
    Object.fromEntries(
      subjects.map((subject) => [subject.name, () => turnOf(clients, subject, model, streams)]),
    ),
  );
  const straight = turns.straight ?? [];
  const of = (name: string, key: keyof Turn) => (turns[name] ?? []).map((turn) => turn[key] ?? Number.NaN);
  const added = (name: string, key: "medianMs" | "p99Ms" | "firstMs") =>
    median(of(name, key).map((value, round) => value - (straight[round]?.[key] ?? 0)));
  return {
    title: `${streams} ${streams === 1 ? "stream" : "streams"}, ${wordsFor[model]}`,
    columns: [
      "proxy",
      "added ms (median)",
      "added ms (p99)",
      "first token, added ms",
      "requests a second",
      "CPU ms a request",
    ],
    rows: subjects.map(({ name, pid }) => [
      name,
      pid === null ? "—" : figure(added(name, "medianMs")),
      pid === null ? "—" : figure(added(name, "p99Ms")),
      pid === null ? "—" : figure(added(name, "firstMs")),
      figure(median(of(name, "perSecond"))),
      pid === null ? "—" : figure(median(of(name, "cpuMs"))),
    ]),
    text:
      `Straight to the provider: ${figure(median(of("straight", "medianMs")))} ms (median), ${figure(median(of("straight", "p99Ms")))} ms (p99), ` +
      `${figure(median(of("straight", "firstMs")))} ms to the first token.`,
  };
}

const wordsFor: Readonly<Record<string, string>> = {
  "at-once": "a provider that answers at once",
  paced: "a provider that takes its time",
};

await using stack = new AsyncDisposableStack();
const provider = stack.use(new Child("gateway/provider.ts"));
const providerUrl = `http://127.0.0.1:${await provider.message()}/v1`;
const clients = stack.use(new Child("gateway/load.ts"));
await clients.message();
const proxies = stack.use(new Subjects(providerUrl));
const starts: Readonly<Record<string, () => Promise<Subject>>> = {
  bare: () => proxies.bare(),
  holdfast: () => proxies.holdfast(models, { profile: values.profile }),
  portkey: () => proxies.portkey(),
  litellm: () => proxies.litellm(models),
};
const unknown = positionals.filter((name) => !(name in starts));
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(", ")} here. Known: ${Object.keys(starts).join(", ")}.`);
  process.exit(2);
}
const subjects = [proxies.straight()];
for (const [name, start] of Object.entries(starts)) {
  if (positionals.length === 0 || positionals.includes(name)) subjects.push(await start());
}

const tables: string[] = [];
for (const model of ["at-once", "paced"] as const) {
  for (const streams of streamCounts) {
    const section = markdown(await table(clients, subjects, model, streams));
    console.log(section);
    tables.push(section);
  }
}
const aborts = markdown(await abortDelays(providerUrl, subjects));
console.log(aborts);
const conditions = `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench:gateway\` on ${machine()}; mean load of the machine ${load()}.`;
console.log(conditions);
if (positionals.length === 0) {
  const path = resolve(import.meta.dirname, "../../../docs/performance.md");
  writeBetweenMarks(path, [conditions, ...tables, aborts].join("\n\n"), gatewayMarks);
}
