// `npm test` and `npm run check`: every check in order, then one closing line that counts them all.
// With arguments, `npm test` hands them to Vitest and runs nothing else: npm test -- tests/chain
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { electronBinary, whyNoWindow } from "../host.mjs";
import { findChromium } from "./chromium.ts";
import { add, type Count, closingLine, countTests, none, type VitestReport } from "./count.ts";

const root = resolve(import.meta.dirname, "../..");
const inCi = Boolean(process.env.CI) && process.env.CI !== "false";

/** The checks that need no build: a name, and a package's own program with its arguments. */
const fastChecks: [name: string, script: string, ...args: string[]][] = [
  ["format and lint", "@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  ["types", "typescript/bin/tsc", "-p", "."],
  ["arrows", "dependency-cruiser/bin/dependency-cruiser.mjs", "electron", "renderer"],
  ["dead code", "knip/bin/knip.js"],
];

/** Runs a check, quiet unless it fails. */
function check([name, script, ...args]: (typeof fastChecks)[number]): Count {
  const startedAt = performance.now();
  const program = join(root, "node_modules", script);
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (status === 0) {
    console.log(`✓ ${name} (${seconds} s)`);
    return { ...none, passed: 1 };
  }
  console.log(`✗ ${name} (${seconds} s)\n${stdout}${stderr}${error ? error.message : ""}`);
  return { ...none, failed: 1 };
}

/** Runs Vitest with these arguments and counts what it reports. */
function runTests(args: string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-tests-"));
  try {
    const file = join(folder, "report.json");
    const cli = join(root, "node_modules/vitest/vitest.mjs");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { status } = spawnSync(process.execPath, [cli, "run", ...reporters, ...args], {
      cwd: root,
      stdio: "inherit",
    });
    return countTests(readReport(file), status ?? 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): VitestReport | null {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** A set of tests that this machine can't run: loud, and a failure in CI where it has to be there. */
function leaveOut(text: string, mustRun: boolean): Count {
  console.log(`\n${"!".repeat(80)}\n${text}\n${"!".repeat(80)}`);
  return mustRun ? { ...none, failed: 1 } : { ...none, skipped: 1 };
}

/** Every test that this machine can run. */
function allTests(): Count {
  const projects = ["unit", "integration", "clients"];
  let leftOut = none;
  if (findChromium()) projects.push("e2e");
  else {
    const how =
      process.platform === "linux" ? "as root: apt-get install chromium" : "install Chromium, Chrome or Edge";
    const text = `LEFT OUT: the tests in a real browser, for there is none here. To run them, ${how},\nor name one in HOLDFAST_CHROMIUM.`;
    leftOut = add(leftOut, leaveOut(text, inCi));
  }
  const machine = { platform: process.platform, env: process.env, uid: process.getuid?.() };
  const noWindow = electronBinary(root)
    ? whyNoWindow(machine)
    : "Electron is not here (npx install-electron)";
  if (noWindow === null) projects.push("desktop");
  else {
    console.log(`- the tests in Electron's window are left out: ${noWindow}`);
    leftOut = add(leftOut, { ...none, skipped: 1 });
  }
  return add(leftOut, runTests(projects.flatMap((name) => ["--project", name])));
}

const [mode = "all", ...filters] = process.argv.slice(2);
const onlyTests = mode === "all" && filters.length > 0;
let count = onlyTests ? runTests(filters) : fastChecks.map(check).reduce(add, none);
if (mode === "all" && !onlyTests) count = add(count, allTests());
console.log(closingLine(count));
process.exitCode = count.failed > 0 ? 1 : 0;
