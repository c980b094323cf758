// `npm run storm`: 200 generations while the engine is killed, stopped and starved of memory, and 300 mutated models
// beside them. `npm run storm -- 40 60 7` says other numbers, and the seed.
import { storm } from "./engine-storm.ts";

const [generations = 200, mutants = 300, seed = 1] = process.argv.slice(2).map(Number);
const { ends, wrongs, grownBytes } = await storm({
  generations,
  mutants,
  seed,
  say: (line) => console.error(line),
});
for (const [end, count] of [...ends].sort()) console.log(`${end}: ${count}`);
console.log(`heap grown by ${(grownBytes / 1024 ** 2).toFixed(1)} MiB`);
for (const wrong of wrongs) console.log(`WRONG ${wrong}`);
process.exitCode = wrongs.length === 0 ? 0 : 1;
