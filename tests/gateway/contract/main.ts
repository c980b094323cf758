import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Config } from "../../../electron/contract/index.ts";
import { startUnruly } from "../../fixtures/unruly/index.ts";
import { builtProgram, cleanEnv } from "../../hosts/support/program.ts";

/** Holds the served gateway to its own OpenAPI document with schemathesis. Exit code 0: no fault and no break of the contract. */
const version = "4.32.5";
const token = "the-token-of-this-run";
const examples = process.env.HOLDFAST_EXAMPLES ?? "12";

/** schemathesis in a virtual environment of its own, outside the repository; kept for the next run. */
function schemathesis(): string {
  const folder = join(tmpdir(), `holdfast-schemathesis-${version}`);
  const program = join(folder, "bin/schemathesis");
  if (existsSync(program)) return program;
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", folder]],
    [join(folder, "bin/pip"), ["install", "--quiet", `schemathesis==${version}`]],
  ];
  for (const [command, args] of steps) {
    const { status, error } = spawnSync(command, args, { stdio: "inherit" });
    if (status === 0) continue;
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? `exit code ${status}`}`);
  }
  return program;
}

/** `holdfast serve` over a cloud and a local link that both answer; gives its process and address. */
async function startGateway(url: string, folder: string) {
  const config: Config = {
    fallback_chain: [
      { id: "primary", provider: "openai", model: "any", base_url: `${url}/v1` },
      { id: "here", provider: "openai-compatible", model: "any", base_url: `${url}/v1`, tier: "local" },
    ],
    health: { probes: false },
  };
  writeFileSync(join(folder, "holdfast.yaml"), JSON.stringify(config));
  const child = spawn(process.execPath, [builtProgram("cli.js"), "serve", "--port", "0"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: cleanEnv({ HOLDFAST_DATA_DIR: join(folder, "data"), HOLDFAST_TOKEN: token }),
  });
  for await (const line of createInterface({ input: child.stderr })) {
    const [, address] = /listens on (http:\S+)\/v1$/.exec(line) ?? [];
    if (address === undefined) continue;
    child.stderr.resume();
    return { child, address };
  }
  throw new Error("holdfast serve ended before it listened.");
}

/** Runs to its end; gives the exit code. */
function run(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "inherit", cwd, env });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  const program = schemathesis();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-contract-"));
  mkdirSync(join(folder, "data"));
  await using unruly = await startUnruly();
  const { child, address } = await startGateway(unruly.url, folder);
  try {
    const common = [
      ...["run", `${address}/openapi.json`, "--header", `Authorization: Bearer ${token}`],
      ...["--checks", "all", "--max-examples", examples, "--continue-on-failure", "--no-color"],
    ];
    const env = cleanEnv({ SCHEMATHESIS_HOOKS: join(import.meta.dirname, "hooks.py") });
    // The level that one call sets would close the links to all others: it has a run of its own.
    const others = await run(program, [...common, "--exclude-operation-id", "setLevel"], folder, env);
    const level = await run(program, [...common, "--include-operation-id", "setLevel"], folder, env);
    return others || level;
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

process.exitCode = await main();
