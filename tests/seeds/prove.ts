// `npm run seeds:prove`: switches each mechanism of docs/seeds.md off in turn and sees its test fail.
// Words name the mechanisms to look at: npm run seeds:prove -- breaker weights
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Proof, patternOf } from "./proof.ts";
import { proofs } from "./proofs/index.ts";
import { variable } from "./switch-off.ts";

const root = resolve(import.meta.dirname, "../..");
/** A switch may leave a process waiting for what never comes. */
const limitMs = 180_000;

type Outcome = "green" | "red" | "not run";

interface Report {
  testResults: { assertionResults: { title: string; status: string }[] }[];
}

/** Runs the test of a proof alone, with its mechanism or without. */
async function run({ file, source, replacement, test }: Proof, isOff: boolean): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-seeds-"));
  const report = join(folder, "report.json");
  const vitest = [
    join(root, "node_modules/vitest/vitest.mjs"),
    ...["run", `tests/${test.file}`, "--config", join(import.meta.dirname, "vitest.config.ts")],
    ...["--testNamePattern", `${patternOf(test.title)}$`, "--reporter=json", `--outputFile.json=${report}`],
  ];
  const env = { ...process.env, [variable]: isOff ? JSON.stringify({ file, source, replacement }) : "" };
  try {
    const child = spawn(process.execPath, vitest, { cwd: root, env, stdio: "ignore", timeout: limitMs });
    await new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
    return outcomeOf(JSON.parse(readFileSync(report, "utf8")), test.title);
  } catch {
    return "not run";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that can't even be loaded has no tests, and proves nothing. */
function outcomeOf({ testResults }: Report, title: string): Outcome {
  const pattern = new RegExp(`^${patternOf(title)}$`);
  const states = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((test) => pattern.test(test.title))
    .map(({ status }) => status);
  if (states.includes("failed")) return "red";
  return states.length > 0 && states.every((status) => status === "passed") ? "green" : "not run";
}

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const asked = Object.entries(proofs)
  .filter(([mechanism]) => words.length === 0 || words.some((word) => mechanism.toLowerCase().includes(word)))
  .flatMap(([mechanism, own]) => own.map((proof) => ({ mechanism, proof })));

let proven = 0;
let shown = "";
for (const { mechanism, proof } of asked) {
  if (mechanism !== shown) console.log(mechanism);
  shown = mechanism;
  const [withIt, without] = await Promise.all([run(proof, false), run(proof, true)]);
  const isProven = withIt === "green" && without === "red";
  if (isProven) proven += 1;
  const test = `${proof.test.file}: ${proof.test.title}`;
  console.log(`  ${isProven ? "✓" : "✗"} ${withIt} with, ${without} without ${proof.file} · ${test}`);
}
console.log(`\n${proven} of ${asked.length} switches are noticed by their tests.`);
process.exitCode = asked.length > 0 && proven === asked.length ? 0 : 1;
