// Reads pairs (JSON lines) and writes what the scorer sees of each: the counters of `featuresOf`, from the guard's own code
// and the engine's own vectors. A pair that a rule refuses has no counters, as the scorer never sees one.
//   node scripts/guard/features.ts PAIRS.jsonl FEATURES.jsonl
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { featureNames, featuresOf, pairOf } from "../../electron/cache/guard/features.ts";
import { refusal } from "../../electron/cache/guard/rules.ts";
import { EngineClient, forkEngine } from "../../electron/engine/index.ts";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const model = { path: at("resources/models/embedder.gguf") };
const batch = 50;

interface Row {
  a: string;
  b: string;
  same: boolean;
  kind: string;
  family?: number;
}

const [from = "", to = ""] = process.argv.slice(2);
const rows = readFileSync(from, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Row);
await using client = new EngineClient({ spawn: () => forkEngine(at("electron/engine/child.ts")) });
const known = new Map<string, Float32Array>();
const texts = [...new Set(rows.flatMap(({ a, b }) => [a, b]))];
for (let start = 0; start < texts.length; start += batch) {
  const part = texts.slice(start, start + batch);
  for (const [place, vector] of (await client.embed({ model, texts: part })).entries()) {
    known.set(part[place] ?? "", vector);
  }
}

function similarity(a: string, b: string): number {
  const [ours, theirs] = [known.get(a), known.get(b)];
  if (ours === undefined || theirs === undefined) throw new Error(`There is no vector of "${a}" or "${b}".`);
  return ours.reduce((sum, value, place) => sum + value * (theirs[place] ?? 0), 0);
}

const lines = rows.map((row) => {
  const pair = pairOf(row.a, row.b);
  const features = refusal(pair) === null ? featuresOf(pair, similarity(row.a, row.b)) : null;
  return JSON.stringify({ ...row, features });
});
writeFileSync(to, `${JSON.stringify({ names: featureNames })}\n${lines.join("\n")}\n`);
