import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import type { SetAsideModel } from "../../contract/index.ts";
import type { NodeApp } from "../node-app.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface DoctorOptions {
  json?: true;
  offline?: true;
}

/** One finding: what was looked at, how it stands, and how to mend it where it is not well. */
interface Finding {
  what: string;
  state: "works" | "limited" | "broken";
  detail: string;
  mend: string | null;
}

/**
 * `holdfast doctor`: what works on this machine, what does not, and how to mend it. Asks every link one short question;
 * with `offline`, only those on this machine. Exit code 20 when no link works.
 */
export async function doctor(options: DoctorOptions, node: NodeApp, terminal: Terminal): Promise<number> {
  const links = await checkLinks(options, node, terminal.signal);
  const findings = [
    checkConfig(node),
    await checkSpace(node),
    await checkKeys(node),
    checkEngine(node),
    ...node.app.status.now.engine.set_aside.map(setAside),
    checkPage(node),
    checkElectron(node),
    ...node.app.status.now.warnings.map(warning),
    ...links,
  ];
  if (options.json) terminal.out.write(`${JSON.stringify(findings, null, 2)}\n`);
  else for (const finding of findings) terminal.out.write(`${line(finding)}\n`);
  return links.some(({ state }) => state === "works") ? exitCode.answered : exitCode.unanswered;
}

const works = (what: string, detail: string): Finding => ({ what, state: "works", detail, mend: null });
const setAside = ({ path, reason }: SetAsideModel): Finding => ({
  what: "Engine",
  state: "broken",
  detail: `the model ${path} is set aside, because the engine crashed with it again and again: ${reason}`,
  mend: "Try it again under Models or with `holdfast models retry`, or replace the file: a changed one is tried again by itself.",
});
const warning = (detail: string): Finding => ({ what: "Files", state: "limited", detail, mend: null });

function checkConfig({ app }: NodeApp): Finding {
  const count = app.settings.links.length;
  const chain = `${count} ${count === 1 ? "link" : "links"}: ${app.settings.links.map(({ id }) => id).join(", ")}`;
  return works(
    "Config",
    app.settings.file === null ? `from the settings; ${chain}` : `${app.settings.file}; ${chain}`,
  );
}

async function checkSpace({ dataDir }: NodeApp): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir);
  const detail = `${gib(bavail * bsize)} free on the disk of ${dataDir}, ${gib(freemem())} of memory free`;
  if (bavail * bsize > 1024 ** 3) return works("Space", detail);
  return {
    what: "Space",
    state: "limited",
    detail,
    mend: "Free at least 1 GiB, or set HOLDFAST_DATA_DIR to another disk.",
  };
}

async function checkKeys({ app }: NodeApp): Promise<Finding> {
  const { writable, detail } = await app.settings.secretsInfo();
  return { what: "Keys", state: writable ? "works" : "limited", detail, mend: null };
}

function checkEngine({ app }: NodeApp): Finding {
  const { state, device } = app.status.now.engine;
  if (state !== "crashed")
    return works("Engine", device === null ? "not needed so far" : `runs on ${device}`);
  return {
    what: "Engine",
    state: "broken",
    detail: "the process that runs local models crashed",
    mend: "See the link's failure below. If its model file is damaged, download it again.",
  };
}

function checkPage({ paths }: NodeApp): Finding {
  if (existsSync(join(paths.renderer, "index.html"))) return works("Page", "built");
  return { what: "Page", state: "broken", detail: "not built", mend: "Run: npm run build" };
}

function checkElectron({ paths }: NodeApp): Finding {
  if (existsSync(join(paths.resources, "../node_modules/electron/dist")))
    return works("Desktop window", "Electron is here");
  return {
    what: "Desktop window",
    state: "limited",
    detail: "Electron's binary is not here, so `npm start` uses the browser",
    mend: "Run on a machine with a network: npx install-electron",
  };
}

async function checkLinks(
  { offline }: DoctorOptions,
  { app }: NodeApp,
  signal: AbortSignal,
): Promise<Finding[]> {
  const chain = app.settings.config.fallback_chain ?? [];
  const local = new Set(app.settings.links.filter(({ tier }) => tier === "local").map(({ id }) => id));
  return Promise.all(
    chain
      .filter(({ id }) => !offline || local.has(id))
      .map(async (link): Promise<Finding> => {
        const what = `Link ${link.id}`;
        const { ok, attempt } = await app.tester.test(link, undefined, signal);
        if (ok) {
          return works(
            what,
            `${link.model} answers; first word after ${Math.round(attempt.first_token_ms ?? attempt.duration_ms)} ms`,
          );
        }
        const detail = attempt.kind === null ? "did not answer" : app.locale().kind(attempt.kind);
        return { what, state: "broken", detail, mend: attempt.message };
      }),
  );
}

function line({ what, state, detail, mend }: Finding): string {
  const marks = {
    works: styleText("green", "ok  "),
    limited: styleText("yellow", "note"),
    broken: styleText("red", "FAIL"),
  };
  return `${marks[state]} ${what}: ${detail}${mend === null ? "" : `\n       ${mend}`}`;
}

const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
