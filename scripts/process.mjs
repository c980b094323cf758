// @ts-check
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** A set-up step that failed; its text says what, and how to mend it. */
export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}

/** The signals that end a program and are passed on to what it runs. */
const passedOn = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** The exit code of a program that a signal ended, as a shell gives it. @param {NodeJS.Signals} signal */
const exitCodeOf = (signal) => 128 + constants.signals[signal];

const orphanCheckMs = 250;

/**
 * Calls `then` for every signal that ends us, until the function given back is called. The end of the shell in which
 * npm runs its scripts counts as SIGTERM: npm sends its signals to that shell, which passes none on.
 * @param {(signal: NodeJS.Signals) => void} then
 */
function onSignals(then) {
  const listeners = passedOn.map((signal) => /** @type {const} */ ([signal, () => then(signal)]));
  for (const [signal, listener] of listeners) process.on(signal, listener);
  const parent = process.ppid;
  const orphanCheck = setInterval(() => {
    if (!process.env.npm_lifecycle_event || process.ppid === parent) return;
    clearInterval(orphanCheck);
    then("SIGTERM");
  }, orphanCheckMs);
  return () => {
    clearInterval(orphanCheck);
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

/**
 * Runs a program and gathers what it prints. A signal that ends us ends it first.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { timeoutMs?: number }} options
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} `code` is 127 when it could not be started
 */
export function runQuietly(command, args, { timeoutMs, ...options } = {}) {
  return new Promise((settle) => {
    let output = "";
    let timedOut = false;
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    /** @type {NodeJS.Signals | undefined} */
    let ending;
    const offSignals = onSignals((signal) => {
      ending = signal;
      child.kill(signal);
    });
    const limit = timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          child.kill();
        }, timeoutMs)
      : undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(limit);
      offSignals();
      if (ending) process.exit(exitCodeOf(ending));
      settle({ code, output, timedOut });
    };
    child.on("error", (error) => {
      output += error.message;
      end(127);
    });
    child.on("close", (code) => end(code ?? 1));
  });
}

/**
 * Runs a program in the foreground: it has our terminal, gets the signals that we get, and its end is ours.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {Promise<{ code: number, asked: boolean }>} `code` is 128 + the signal's number when one ended it; `asked` says
 *   that we were told to end
 */
export function runInForeground(command, args, options = {}) {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    let asked = false;
    const offSignals = onSignals((signal) => {
      asked = true;
      // A terminal sends Ctrl+C to the child as well; twice would mean "at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
    child.on("error", (error) => {
      offSignals();
      fail(error);
    });
    child.on("close", (code, signal) => {
      offSignals();
      settle({ code: code ?? exitCodeOf(signal ?? "SIGTERM"), asked });
    });
  });
}
