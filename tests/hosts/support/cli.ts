import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Config } from "../../../electron/contract/index.ts";
import { builtProgram, cleanEnv, temporaryFolder } from "./program.ts";

/** How a command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export interface Running {
  child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** What it wrote so far. */
  written(): Omit<Ended, "code">;
  /** Waits until standard output or standard error has this. */
  wrote(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
}

export interface CliOptions {
  /** What is piped into it; it is closed at once where there is nothing. */
  stdin?: string;
  env?: Record<string, string>;
  /** A program and its arguments that runs the command, such as `env`. */
  within?: readonly string[];
}

/** The command line in a working folder of its own, with a data folder beside it, both gone after the test. */
export class CommandLine {
  readonly folder: string;

  /** `config` becomes `holdfast.yaml` in the working folder: as it stands when it is a text. */
  constructor(config?: Config | string) {
    const folder = temporaryFolder();
    onTestFinished(() => folder[Symbol.dispose]());
    this.folder = folder.path;
    mkdirSync(join(this.folder, "data"));
    if (config === undefined) return;
    this.write("holdfast.yaml", typeof config === "string" ? config : JSON.stringify(config, null, 2));
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  start(args: readonly string[], { stdin = "", env = {}, within = [] }: CliOptions = {}): Running {
    const [program = "", ...rest] = [...within, process.execPath, builtProgram("cli.js"), ...args];
    const child = spawn(program, rest, {
      cwd: this.folder,
      stdio: ["pipe", "pipe", "pipe"],
      env: cleanEnv({ HOLDFAST_DATA_DIR: join(this.folder, "data"), ...env }),
    });
    const exited = once(child, "close") as Promise<[number | null]>;
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await exited;
    });
    const written = { stdout: "", stderr: "" };
    const listeners = new Set<() => void>();
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        written[name] += text;
        for (const listener of listeners) listener();
      });
    }
    child.stdin.end(stdin);
    return {
      child,
      written: () => ({ ...written }),
      wrote: (pattern) =>
        new Promise((resolve, reject) => {
          const look = () => {
            const found = pattern.exec(written.stdout) ?? pattern.exec(written.stderr);
            if (found) resolve(found);
          };
          listeners.add(look);
          look();
          void exited.then(() => reject(new Error(`It ended without ${pattern}:\n${written.stderr}`)));
        }),
      ended: exited.then(([code]) => ({ code, ...written })),
    };
  }

  run(args: readonly string[], options?: CliOptions): Promise<Ended> {
    return this.start(args, options).ended;
  }
}
