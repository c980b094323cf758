// `npm run bench`: measures everything, prints the tables and writes them to docs/performance.md. With names of benches,
// such as `npm run bench -- calls heap`, measures only those and writes nothing.
import { resolve } from "node:path";
import { callCost } from "./call-cost.ts";
import { chainAlone } from "./chain-alone.ts";
import { engineRestart } from "./engine-restart.ts";
import { engineSpeed } from "./engine-speed.ts";
import { fallThrough } from "./fall-through.ts";
import { heap } from "./heap.ts";
import { load, machine } from "./machine.ts";
import { openBreaker } from "./open-breaker.ts";
import { markdown, type Section, writeBetweenMarks } from "./report.ts";

const benches: Readonly<Record<string, () => Promise<Section>>> = {
  calls: () => callCost(600),
  chain: () => chainAlone(200),
  breaker: () => openBreaker(200),
  refused: () => fallThrough(600),
  engine: () => engineSpeed(15, 5),
  restart: () => engineRestart(9),
  heap: () => heap(1_000_000),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(", ")}. Known: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}

const tables: string[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const table = markdown(await bench());
  console.log(table);
  tables.push(table);
}
const conditions = `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench\` on ${machine()}; mean load of the machine ${load()}.`;
console.log(conditions);
if (asked.length === 0) {
  writeBetweenMarks(
    resolve(import.meta.dirname, "../../docs/performance.md"),
    `${conditions}\n\n${tables.join("\n")}`,
  );
}
