// @ts-check
// Makes a clone ready to run: packages, Node 24, the build. Plain JavaScript without packages, for it runs before any
// is there, on Node 20 too. Nothing is done that is done already, and everything it says goes to stderr.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cudaNeed, hasCuda, installCuda, thisMachine } from "./cuda.mjs";
import { contentHash, projectRoot, readJson } from "./files.mjs";
import { installNode, installPackages, packagesAreCurrent } from "./install.mjs";
import { withLock } from "./lock.mjs";
import { findNode } from "./node.mjs";
import { runQuietly, SetupError } from "./process.mjs";

const sources = [
  "electron",
  "renderer",
  "electron.vite.config.ts",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];

/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`);

/**
 * @param {string} root
 * @param {string} node
 */
async function build(root, node) {
  const stamp = join(root, "out/stamp.json");
  const hash = contentHash(root, sources);
  if (readJson(stamp)?.hash === hash) return;
  say("Holdfast: building…");
  rmSync(stamp, { force: true });
  const viteCli = join(root, "node_modules/electron-vite/bin/electron-vite.js");
  // A test runner sets NODE_ENV to "test", with which React's slow development version would be built.
  const env = { ...process.env, NODE_ENV: "production" };
  const { code, output } = await runQuietly(node, [viteCli, "build", "--logLevel", "warn"], {
    cwd: root,
    env,
  });
  if (code !== 0) {
    throw new SetupError(
      `The build failed:\n${output.trim()}\n\nMend what it names, then run the command again.`,
    );
  }
  await writeManPage(root, node, env);
  writeFileSync(stamp, JSON.stringify({ hash }));
}

/**
 * The manual page of the command line as it was just built: `man out/man/holdfast.1`, and `man holdfast` after `npm link`.
 * @param {string} root
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
async function writeManPage(root, node, env) {
  mkdirSync(join(root, "out/man"), { recursive: true });
  const command = [join(root, "out/main/cli.js"), "man", join(root, "out/man/holdfast.1")];
  const { code, output } = await runQuietly(node, command, { cwd: root, env });
  if (code !== 0) throw new SetupError(`The manual page could not be made:\n${output.trim()}`);
}

/** @param {string} root */
async function installAll(root) {
  const need = cudaNeed(thisMachine);
  const current = packagesAreCurrent(root);
  if (!current) await installPackages(root, say);
  if (need === "none" || hasCuda(root, thisMachine) || (need === "useful" && current)) return;
  try {
    await installCuda(root, say);
  } catch (error) {
    // What was not asked for must not keep the program from starting: the CPU runs models as well.
    if (need === "wanted" || !(error instanceof SetupError)) throw error;
    say(error.message);
  }
}

/**
 * Makes the clone at `root` ready and gives back the path of the Node that runs it. Several may call it at once: one
 * works, the others wait. Throws a SetupError whose text says how to mend it.
 * @param {{ root?: string, needsBuild?: boolean }} options
 */
export async function setUp({ root = projectRoot, needsBuild = true } = {}) {
  const isReady = () => {
    if (!packagesAreCurrent(root)) return null;
    if (cudaNeed(thisMachine) === "wanted" && !hasCuda(root, thisMachine)) return null;
    const node = findNode(root);
    if (!node) return null;
    if (needsBuild && readJson(join(root, "out/stamp.json"))?.hash !== contentHash(root, sources))
      return null;
    return node;
  };
  const ready = isReady();
  if (ready) return ready;
  return withLock(
    join(root, "out/setup.lock"),
    async () => {
      await installAll(root);
      const node = findNode(root) ?? (await installNode(root, say));
      if (needsBuild) await build(root, node);
      return node;
    },
    () => say("Holdfast: waiting for another set-up of this folder to finish…"),
  );
}
