// `npm run chaos`: plays the whole fault matrix, prints it, and writes it to docs/fault-matrix.md. With words, such as
// `npm run chaos -- cut stall`, plays only the faults whose names hold one of them, and writes nothing.
import { resolve } from "node:path";
import { allFaults, cellsOf, type Outcome, play } from "./cells.ts";
import { House } from "./house.ts";
import { findings, table, writeDocument } from "./report.ts";

const wanted = process.argv.slice(2);
const faults = allFaults.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.toLowerCase().includes(word.toLowerCase())),
);
if (faults.length === 0) {
  console.error(
    `No fault is called ${wanted.join(" or ")}. Known: ${allFaults.map(({ name }) => name).join("; ")}.`,
  );
  process.exit(2);
}

const startedAt = performance.now();
const outcomes: Outcome[] = [];
{
  await using house = await House.open();
  for (const fault of faults) {
    const before = outcomes.length;
    for (const cell of cellsOf(fault)) outcomes.push(await play(house, cell));
    const red = outcomes.slice(before).filter(({ wrongs }) => wrongs.size > 0).length;
    console.error(`${red === 0 ? "✓" : "✗"} ${fault.name}`);
  }
}
console.log(table(outcomes));
const red = findings(outcomes);
for (const line of red) console.log(line);
const seconds = (performance.now() - startedAt) / 1_000;
if (wanted.length === 0) {
  writeDocument(resolve(import.meta.dirname, "../../docs/fault-matrix.md"), outcomes, seconds);
}
process.exitCode = red.length === 0 ? 0 : 1;
