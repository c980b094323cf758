// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { SetupError } from "./process.mjs";

/**
 * How to start npm: the one that runs us, else the one on the PATH.
 * @returns {{ command: string, prefix: string[], shell: boolean }}
 */
export function npm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli && /^npm-cli\.c?js$/.test(basename(cli)) && existsSync(cli)) {
    return { command: node && existsSync(node) ? node : process.execPath, prefix: [cli], shell: false };
  }
  const shell = process.platform === "win32";
  if (spawnSync("npm", ["--version"], { shell }).status !== 0) {
    throw new SetupError(
      "npm was not found. It comes with Node: install Node 20 or later from your system, then run again.",
    );
  }
  return { command: "npm", prefix: [], shell };
}
