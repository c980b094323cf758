import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { onTestFinished } from "vitest";
import { builtProgram, cleanEnv } from "./program.ts";

/** Whether this machine has util-linux's `script`, which gives a program a terminal. */
export const hasTerminal =
  process.platform === "linux" && spawnSync("script", ["--version"]).stdout?.includes("util-linux");

/** The command line on a terminal of its own: what it shows, and keys to press. */
export function onTerminal(
  args: readonly string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
) {
  const words = [process.execPath, builtProgram("cli.js"), ...args].map((word) => `'${word}'`);
  // A shell that waits would hear Ctrl+C as well, and some end with its status and not with the program's.
  const command = `exec ${words.join(" ")}`;
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    cwd,
    stdio: ["pipe", "pipe", "inherit"],
    env: cleanEnv({ TERM: "xterm-256color", ...env }),
  });
  const exited = once(child, "close") as Promise<[number | null]>;
  let shown = "";
  const listeners = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    for (const listener of listeners) listener();
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return {
    press: (keys: string) => void child.stdin.write(keys),
    /** Everything that was shown, with its colours. */
    raw: () => shown,
    /** Waits until the terminal shows this, colours aside; what was looked at once is not looked at again. */
    shows: (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const look = () => {
          const text = stripVTControlCharacters(shown);
          const found = pattern.exec(text);
          if (!found) return;
          listeners.delete(look);
          resolve(found[0]);
        };
        listeners.add(look);
        look();
        void exited.then(() => reject(new Error(`It ended without ${pattern}:\n${shown}`)));
      }),
    ended: exited.then(([code]) => code),
  };
}

export const ctrlC = "\u0003";
export const ctrlD = "\u0004";
