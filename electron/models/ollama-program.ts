import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { ModelError } from "./errors.ts";

export interface OllamaProgramOptions {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** The program's path where a person set one; it wins over what is found. */
  configured(): string | null;
  /** How long a start may take, milliseconds; default 20 seconds. */
  startMs?: number;
}

const usualStartMs = 20_000;
/** Between two looks whether it answers already. */
const lookMs = 100;
/** A program that was asked to end is made to after this. */
const endMs = 5_000;
/** What is kept of its last words. */
const lastWords = 2_000;

/** Ollama's own program on this machine: where it is, and the one that was started here. One that somebody else started is never touched. */
export class OllamaProgram implements AsyncDisposable {
  readonly #options: OllamaProgramOptions;
  #child: ChildProcess | null = null;
  #starting: Promise<void> | null = null;

  constructor(options: OllamaProgramOptions) {
    this.#options = options;
  }

  /** Whether the server that runs is ours to stop. */
  get startedHere(): boolean {
    return this.#child !== null;
  }

  /** The path of the program, or null where it is not installed. */
  find(): string | null {
    const { platform, env, configured } = this.#options;
    const set = configured();
    if (set !== null) return isProgram(set) ? set : null;
    const name = platform === "win32" ? "ollama.exe" : "ollama";
    const path = env.PATH ?? env.Path ?? "";
    const folders = [...path.split(delimiter).filter(isAbsolute), ...usualFolders(platform, env)];
    return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
  }

  /**
   * Starts `ollama serve` for this address and waits until `answers` says yes. Several calls at once start one. Throws a
   * ModelError when it is not installed, ends at once, or does not answer in time.
   */
  start(baseUrl: string, answers: () => Promise<boolean>): Promise<void> {
    this.#starting ??= this.#start(baseUrl, answers).finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** Ends the server that was started here; nothing happens where none was. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), endMs);
    await ended;
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(baseUrl: string, answers: () => Promise<boolean>): Promise<void> {
    const program = this.find();
    if (program === null)
      throw new ModelError(
        "not_found",
        "Ollama is not installed here. Get it from https://ollama.com/download.",
      );
    const { env, startMs = usualStartMs } = this.#options;
    const child = serving(program, { ...env, OLLAMA_HOST: new URL(baseUrl).host });
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-lastWords);
    });
    let over: string | null = null;
    const ended = (why: string) => {
      over ??= why;
      if (this.#child === child) this.#child = null;
    };
    // One that the system would not start never ends: it is over with this.
    child.once("error", (error) => ended(error.message));
    child.once("exit", (code, signal) => ended(`it ended with ${signal ?? `status ${code}`}`));
    this.#child = child;
    const until = performance.now() + startMs;
    while (over === null && performance.now() < until) {
      if (await answers()) return;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
    // Somebody else may have started one at the same moment: then ours has ended, and theirs answers.
    if (over !== null && (await answers())) return;
    const said = words.trim().split("\n").at(-1) ?? "";
    const why = over ?? `it did not answer within ${startMs / 1000} seconds`;
    if (over === null) await this.stop();
    throw new ModelError(
      "unusable",
      `Ollama could not be started: ${why}.${said === "" ? "" : ` It said: ${said}`} Try in a terminal: ollama serve`,
    );
  }
}

/** Throws a ModelError where the system refuses at once, such as for a program of another kind of machine. */
function serving(program: string, env: Record<string, string | undefined>) {
  try {
    return spawn(program, ["serve"], { env, stdio: ["ignore", "ignore", "pipe"], windowsHide: true });
  } catch (error) {
    throw new ModelError(
      "unusable",
      `Ollama could not be started: ${(error as Error).message}. Install it again from https://ollama.com/download.`,
      error,
    );
  }
}

/** Where installers put it, which a desktop program's PATH may not name. */
function usualFolders(platform: NodeJS.Platform, env: OllamaProgramOptions["env"]): string[] {
  if (platform === "win32") return env.LOCALAPPDATA ? [join(env.LOCALAPPDATA, "Programs", "Ollama")] : [];
  if (platform === "darwin")
    return ["/usr/local/bin", "/opt/homebrew/bin", "/Applications/Ollama.app/Contents/Resources"];
  return ["/usr/local/bin", "/usr/bin"];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
