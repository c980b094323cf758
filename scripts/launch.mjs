// @ts-check
import { delimiter, dirname, join } from "node:path";
import { projectRoot } from "./files.mjs";
import { startHost } from "./host.mjs";
import { runInForeground, SetupError } from "./process.mjs";
import { setUp } from "./setup.mjs";

/**
 * What can be asked for: a program and its first arguments. `built` says that it runs from out/; `here` that it works in
 * the folder where the person typed, so that relative paths mean what they look like.
 * @type {Record<string, { script: string, args: string[], built: boolean, here: boolean }>}
 */
const programs = {
  ask: { script: "out/main/cli.js", args: ["ask"], built: true, here: true },
  serve: { script: "out/main/cli.js", args: ["serve"], built: true, here: true },
  doctor: { script: "out/main/cli.js", args: ["doctor"], built: true, here: true },
  holdfast: { script: "out/main/cli.js", args: [], built: true, here: true },
  test: { script: "scripts/checks/main.ts", args: ["all"], built: true, here: false },
  check: { script: "scripts/checks/main.ts", args: ["fast"], built: false, here: false },
  bench: { script: "tests/bench/main.ts", args: [], built: true, here: false },
  storm: { script: "tests/chaos/engine-storm-main.ts", args: [], built: false, here: false },
  "bench:cache": { script: "tests/bench/cache/main.ts", args: [], built: false, here: false },
  "bench:gateway": { script: "tests/bench/gateway/main.ts", args: [], built: true, here: false },
  "bench:scale": { script: "tests/bench/gateway/scale.ts", args: [], built: true, here: false },
  "bench:local": { script: "tests/bench/local/main.ts", args: [], built: true, here: false },
  "kills:cache": { script: "tests/cache/kill-main.ts", args: [], built: false, here: false },
  chaos: { script: "tests/chaos/main.ts", args: [], built: false, here: false },
  "seeds:prove": { script: "tests/seeds/prove.ts", args: [], built: false, here: false },
  contract: { script: "tests/gateway/contract/main.ts", args: [], built: true, here: false },
  soak: { script: "tests/gateway/soak/main.ts", args: [], built: true, here: false },
  format: {
    script: "node_modules/@biomejs/biome/bin/biome",
    args: ["check", "--write", "."],
    built: false,
    here: false,
  },
};
const known = ["start", "build", ...Object.keys(programs)];

/**
 * Our environment with the program's Node first on the PATH.
 * @param {string} node
 */
function environment(node) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  return { ...process.env, [key]: [dirname(node), process.env[key] ?? ""].join(delimiter) };
}

/**
 * Does what the arguments ask and gives back the exit code: that of the program that ran, or 1 when the set-up failed.
 * @param {string[]} args the name of what to run, then its own arguments
 * @returns {Promise<number>}
 */
export async function launch([what = "start", ...rest]) {
  if (!known.includes(what)) {
    console.error(`There is no "${what}" here. Known: ${known.join(", ")}.`);
    return 2;
  }
  const program = programs[what];
  try {
    const node = await setUp({ needsBuild: program?.built ?? true });
    const env = environment(node);
    if (what === "build") return 0;
    if (!program) return await startHost({ root: projectRoot, node, env, args: rest });
    const args = [join(projectRoot, program.script), ...program.args, ...rest];
    const cwd = program.here ? (process.env.INIT_CWD ?? process.cwd()) : projectRoot;
    return (await runInForeground(node, args, { cwd, env })).code;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`Holdfast can't start. ${error.message}`);
    return 1;
  }
}
