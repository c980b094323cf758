import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Config } from "../../../electron/contract/index.ts";
import { pythonEnvironment } from "../../fixtures/python.ts";
import { startUnruly } from "../../fixtures/unruly/index.ts";
import { builtProgram, cleanEnv } from "../../hosts/support/program.ts";

const token = "the-token-of-this-run";
/** Longer than two thousand embeddings take on a busy machine: that an answer is late is no break of a contract. Seconds. */
const longestAnswerS = "240";

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

/** Runs to its end; gives the exit code, and what it said. */
function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; words: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], cwd, env });
    let words = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      words += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, words }));
  });
}

/**
 * Holds the served gateway to its own OpenAPI document with schemathesis, by so many examples a call and rule, made from `seed` where it is
 * given. Code 0: no fault and no break of the contract; `words` say which otherwise.
 */
export async function contract(examples: number, seed?: number): Promise<{ code: number; words: string }> {
  const programs = pythonEnvironment("contract", join(import.meta.dirname, "requirements.txt"));
  const program = join(programs, "schemathesis");
  const folder = mkdtempSync(join(tmpdir(), "holdfast-contract-"));
  mkdirSync(join(folder, "data"));
  await using unruly = await startUnruly();
  const { child, address } = await startGateway(unruly.url, folder);
  try {
    const common = [
      ...["run", `${address}/openapi.json`, "--header", `Authorization: Bearer ${token}`],
      ...[
        "--checks",
        "all",
        "--max-examples",
        String(examples),
        "--request-timeout",
        longestAnswerS,
        "--max-response-time",
        longestAnswerS,
      ],
      ...["--continue-on-failure", "--no-color", ...(seed === undefined ? [] : ["--seed", String(seed)])],
    ];
    const env = cleanEnv({ SCHEMATHESIS_HOOKS: join(import.meta.dirname, "hooks.py") });
    // The level that one call sets would close the links to all others: it has a run of its own.
    const others = await run(program, [...common, "--exclude-operation-id", "setLevel"], folder, env);
    const level = await run(program, [...common, "--include-operation-id", "setLevel"], folder, env);
    return { code: others.code || level.code, words: others.words + level.words };
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
