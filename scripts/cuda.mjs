// @ts-check
// node-llama-cpp brings 540 MB of CUDA binaries as optional packages. They are replaced by an empty package
// (scripts/no-cuda) in package.json, and installed beside from a lock of their own only where an NVIDIA GPU is.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { npm } from "./npm.mjs";
import { runQuietly, SetupError } from "./process.mjs";

/** @typedef {{ platform: string, arch: string, env: Readonly<Record<string, string | undefined>>, exists: (path: string) => boolean }} Machine */

/** @type {Machine} */
export const thisMachine = {
  platform: process.platform,
  arch: process.arch,
  env: process.env,
  exists: existsSync,
};

const scope = "node_modules/@node-llama-cpp";
/** Below node_modules, so that a clean install takes it away as well. */
const ownFolder = "node_modules/.cuda";

/**
 * What is to be done about CUDA: `HOLDFAST_GPU=cuda` wants it, any other value of it does not; without it, NVIDIA's
 * driver decides at each install of packages.
 * @param {Machine} machine
 * @returns {"wanted" | "useful" | "none"}
 */
export function cudaNeed({ platform, arch, env, exists }) {
  if (arch !== "x64" || (platform !== "linux" && platform !== "win32")) return "none";
  if (env.HOLDFAST_GPU === "cuda") return "wanted";
  if (env.HOLDFAST_GPU) return "none";
  const driver =
    platform === "linux"
      ? "/proc/driver/nvidia/version"
      : join(env.SystemRoot ?? "C:\\Windows", "System32", "nvcuda.dll");
  return exists(driver) ? "useful" : "none";
}

/**
 * Whether the CUDA binaries are here.
 * @param {string} root
 * @param {Machine} machine
 */
export function hasCuda(root, { platform, exists }) {
  const name = platform === "win32" ? "win-x64-cuda" : "linux-x64-cuda";
  return exists(join(root, scope, name, "bins"));
}

/**
 * Installs the CUDA binaries beside the other packages, and puts them in the place of the empty ones. Throws a
 * SetupError when that is not possible; nothing is changed then.
 * @param {string} root
 * @param {(text: string) => void} say
 */
export async function installCuda(root, say) {
  say("Holdfast: installing the CUDA binaries (about 540 MB); HOLDFAST_GPU=off leaves them out…");
  const own = join(root, ownFolder);
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  cpSync(join(root, "scripts/cuda"), own, { recursive: true });
  const { command, prefix, shell } = npm();
  const args = [
    "ci",
    "--prefer-offline",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const { code, output } = await runQuietly(command, [...prefix, ...args], { cwd: own, shell });
  if (code !== 0) {
    throw new SetupError(
      `The CUDA binaries could not be installed, so models run without them.\n${output.trim()}\n\nMend what npm names and run again with HOLDFAST_GPU=cuda, or set HOLDFAST_GPU=off.`,
    );
  }
  linkCuda(root);
}

/**
 * Puts what `installCuda` has fetched in the place of the empty packages.
 * @param {string} root
 */
export function linkCuda(root) {
  const from = join(root, ownFolder, scope);
  for (const name of existsSync(from) ? readdirSync(from) : []) {
    const place = join(root, scope, name);
    rmSync(place, { recursive: true, force: true });
    // Windows lets everybody make junctions, which want whole paths
    if (process.platform === "win32") symlinkSync(join(from, name), place, "junction");
    else symlinkSync(relative(join(root, scope), join(from, name)), place);
  }
}
