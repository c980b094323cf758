// @ts-check
import { join } from "node:path";
import { readJson } from "./files.mjs";
import { findNode, requiredNodeMajor } from "./node.mjs";
import { npm } from "./npm.mjs";
import { runQuietly, SetupError } from "./process.mjs";

/**
 * Whether node_modules holds what package-lock.json names. npm writes what it has installed to
 * node_modules/.package-lock.json as its last step, so an install that was cut short is not current.
 * @param {string} root
 */
export function packagesAreCurrent(root) {
  const wanted = readJson(join(root, "package-lock.json"))?.packages;
  const present = readJson(join(root, "node_modules/.package-lock.json"))?.packages;
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === "") return true;
    // the place of a link may hold what was put there instead: scripts/cuda.mjs
    if (entry.link === true) return true;
    const found = present[place];
    if (!found) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version;
  });
}

/** What npm's output says of a failure, and what a person can do about it. */
const remedies = [
  {
    sign: /ENOTFOUND|ENOTCACHED|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/,
    text: "The package registry can't be reached. Connect this machine to the network once, or set npm's proxy (npm config set proxy …), then run the command again.",
  },
  { sign: /ENOSPC/, text: "The disk is full. Free about 3 GB, then run the command again." },
  {
    sign: /EACCES|EPERM|EROFS/,
    text: "Some files can't be written. Check that this folder and npm's cache belong to you and that nothing holds node_modules open.",
  },
  {
    sign: /EUSAGE|in sync/,
    text: "package.json and package-lock.json do not agree. Run npm install, then npm run lock, and try again.",
  },
  {
    sign: /EINTEGRITY|EBADZIP|TAR_BAD_ARCHIVE/,
    text: "A package arrived damaged. Run npm cache clean --force, then the command again.",
  },
];

/** @param {string} output */
function remedyFor(output) {
  const known = remedies.find(({ sign }) => sign.test(output));
  return known?.text ?? "Read npm's words above; deleting the folder node_modules often helps.";
}

/**
 * Installs exactly what package-lock.json names, from npm's cache where it can.
 * @param {string} root
 * @param {(text: string) => void} say
 */
export async function installPackages(root, say) {
  const { command, prefix, shell } = npm();
  // Windows can't delete the Node that runs us, as a clean install would.
  const runsOwnNode = process.platform === "win32" && process.execPath.startsWith(join(root, "node_modules"));
  const verb = runsOwnNode ? "install" : "ci";
  say("Holdfast: installing packages; this takes a minute or two, once…");
  const args = [
    ...prefix,
    verb,
    "--prefer-offline",
    "--include=dev",
    "--include=optional",
    "--engine-strict=false",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const { code, output } = await runQuietly(command, args, {
    cwd: root,
    shell,
    env: { ...process.env, NODE_LLAMA_CPP_SKIP_DOWNLOAD: "true" },
  });
  if (code !== 0) {
    throw new SetupError(`The packages could not be installed.\n${output.trim()}\n\n${remedyFor(output)}`);
  }
}

/**
 * Installs the Node that the package "node" stands for, where npm left its install script out (ignore-scripts, or a
 * policy of this machine), and gives back its path.
 * @param {string} root
 * @param {(text: string) => void} say
 */
export async function installNode(root, say) {
  say(`Holdfast: installing Node ${requiredNodeMajor} for itself…`);
  const { output } = await runQuietly(process.execPath, ["installArchSpecificPackage.js"], {
    cwd: join(root, "node_modules/node"),
    env: { ...process.env, npm_config_ignore_scripts: "false" },
  });
  const node = findNode(root);
  if (node) return node;
  throw new SetupError(
    `Holdfast runs on Node ${requiredNodeMajor}, which the package "node" brings along, but its install script failed.\n` +
      `${output.trim()}\n\n${remedyFor(output)} Or install Node ${requiredNodeMajor} on this machine: then nothing else is needed.`,
  );
}
