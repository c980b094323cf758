// `npm run bench:cache`: measures the emergency cache, prints the tables and writes them to docs/cache.md. With names of
// benches, such as `npm run bench:cache -- quality`, measures only those and writes nothing. HOLDFAST_PAIRS names a folder
// of further pairs of questions.
import { resolve } from "node:path";
import { load, machine } from "../machine.ts";
import { cacheMarks, markdown, type Section, writeBetweenMarks } from "../report.ts";
import { quality } from "./quality.ts";
import { speed } from "./speed.ts";

const benches: Readonly<Record<string, () => Promise<Section[]>>> = {
  quality: () => quality(process.env.HOLDFAST_PAIRS),
  speed,
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
  for (const section of await bench()) {
    const table = markdown(section);
    console.log(table);
    tables.push(table);
  }
}
const conditions = `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench:cache\` on ${machine()}; mean load of the machine ${load()}.`;
console.log(conditions);
if (asked.length === 0) {
  writeBetweenMarks(
    resolve(import.meta.dirname, "../../../docs/cache.md"),
    `${conditions}\n\n${tables.join("\n")}`,
    cacheMarks,
  );
}
