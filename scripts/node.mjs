// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** The Node that the program is written for. */
export const requiredNodeMajor = 24;

/** @param {string} version */
const majorOf = (version) => Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);

/** @param {string} executable */
function runs(executable) {
  if (!existsSync(executable)) return false;
  const { status, stdout } = spawnSync(executable, ["--version"], { encoding: "utf8" });
  return status === 0 && majorOf(stdout) >= requiredNodeMajor;
}

/**
 * A Node that is new enough: the one among the packages, else the one that runs us; null where there is none.
 * @param {string} root
 */
export function findNode(root) {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const packaged = join(root, "node_modules/node/bin", name);
  if (packaged === process.execPath || runs(packaged)) return packaged;
  return majorOf(process.versions.node) >= requiredNodeMajor ? process.execPath : null;
}
