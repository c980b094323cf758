// @ts-check
// Adds to package-lock.json the builds of optional packages for other systems, where the registry that made the lock
// did not have them: `npm ci` refuses a lock without them, on every system. Such an entry has a version but no
// checksum; npm fills that in when the lock is next made with a registry that has them all. Run it after a change of
// dependencies: `npm run lock`.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, license?: string, os?: string[], cpu?: string[],
 *   libc?: string[], optionalDependencies?: Record<string, string> }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

const systems = {
  android: "android",
  darwin: "darwin",
  mac: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  openharmony: "openharmony",
  win: "win32",
  win32: "win32",
};
const processors = {
  arm: "arm",
  arm64: "arm64",
  armv7l: "arm",
  ia32: "ia32",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  wasm32: "wasm32",
  x64: "x64",
};

/**
 * What a package of this name runs on, read from its last part, such as `cli-linux-arm64-musl`.
 * @param {string} name
 * @returns {Pick<LockEntry, "os" | "cpu" | "libc">}
 */
export function platformOf(name) {
  const words = name.slice(name.indexOf("/") + 1).split("-");
  const os = words.map((word) => systems[/** @type {keyof typeof systems} */ (word)]).find(Boolean);
  const cpu = words.map((word) => processors[/** @type {keyof typeof processors} */ (word)]).find(Boolean);
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : undefined;
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

/**
 * Fills in what is missing and gives back the places that it added. Throws when a missing package names no system:
 * it can't be left out then.
 * @param {Lock} lock
 * @returns {string[]}
 */
export function completeLock(lock) {
  const added = [];
  for (const [place, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const near = place === "" ? `node_modules/${name}` : `${place}/node_modules/${name}`;
      const top = `node_modules/${name}`;
      if (lock.packages[near] || lock.packages[top]) continue;
      const platform = platformOf(name);
      if (!platform.os && !platform.cpu) {
        throw new Error(
          `package-lock.json lacks ${name}, which ${place} wants everywhere: run npm install again`,
        );
      }
      lock.packages[top] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
      added.push(top);
    }
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  return added;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of ["package-lock.json", "scripts/cuda/package-lock.json"]) {
    const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
    const lock = JSON.parse(readFileSync(file, "utf8"));
    const added = completeLock(lock);
    if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
    console.log(
      added.length > 0
        ? `${path}: added ${added.length} packages for other systems.`
        : `${path} is complete.`,
    );
  }
}
