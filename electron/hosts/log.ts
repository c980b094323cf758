import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../app/index.ts";
import { bytesOf, type Config, type LogLevel, logLevel } from "../contract/index.ts";
import { ConfigError, takeLock } from "../store/index.ts";
import { Batch } from "./log-batch.ts";
import { Scrub, withoutKeys } from "./log-scrub.ts";

export interface LogOptions {
  /** What the log's files are called: `desktop`, `browser` or `serve`; null writes none. */
  file: string | null;
  /** Whether lines go to standard error as well. */
  stderr: boolean;
  dataDir: string;
  config: Config["log"];
  env: Readonly<Record<string, string | undefined>>;
  version: string;
}

/** Characters of lines that are written at once, at most; fewer where files are small, which may outgrow their size by as much. */
const mostInBatch = 16 * 1024;

/** A log that is written until it is closed, which waits for the last line. */
export interface OpenLog extends Log, AsyncDisposable {}

/** Where lines go, and its end. */
interface Sink {
  write(lines: string): void;
  end(): Promise<void>;
}

/** What `HOLDFAST_LOG` says, else the config, else `info`. Throws a ConfigError for a word that is no level. */
export function logLevelOf({ env, config }: Pick<LogOptions, "env" | "config">): LogLevel {
  const given = env.HOLDFAST_LOG?.trim().toLowerCase();
  if (!given) return config?.level ?? "info";
  const level = logLevel.safeParse(given);
  if (level.success) return level.data;
  const known = logLevel.options.join(", ");
  throw new ConfigError("HOLDFAST_LOG", [], `HOLDFAST_LOG: "${given}" is not a level; there are: ${known}.`);
}

/**
 * Opens the log: a line of JSON for each event. Libraries are loaded here, and only here, so that a command without a log does not
 * wait for them. A folder that can't be written costs the file and a word on standard error, never the program.
 */
export async function openLog(options: LogOptions): Promise<OpenLog> {
  const level = logLevelOf(options);
  const { pino } = await import("pino");
  const scrub = new Scrub(options.env);
  const sinks: Sink[] = [];
  if (options.stderr) sinks.push(standardError());
  if (options.file !== null && options.config?.file !== false && level !== "silent")
    sinks.push(await rotatingFile(options.file, options));
  const batch = new Batch(Math.min(mostInBatch, maxSizeOf(options.config) / 8), (lines) => {
    for (const sink of sinks) sink.write(lines);
  });
  const logger = pino(
    {
      level,
      base: { pid: process.pid, version: options.version },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: withoutKeys },
      hooks: { streamWrite: (line) => scrub.clean(line) },
    },
    batch,
  );
  return {
    debug: (fields, text) => logger.debug(fields, text),
    info: (fields, text) => logger.info(fields, text),
    warn(fields, text) {
      logger.warn(fields, text);
      batch.flush();
    },
    error(fields, text) {
      logger.error(fields, text);
      batch.flush();
    },
    hide: (secret) => scrub.hide(secret),
    async [Symbol.asyncDispose]() {
      batch.flush();
      await Promise.all(sinks.map((sink) => sink.end()));
    },
  };
}

const maxSizeOf = (config: Config["log"]): number => bytesOf(config?.max_size ?? "10MB");

function standardError(): Sink {
  return {
    write: (lines) => void process.stderr.write(lines),
    end: () => new Promise((resolve) => process.stderr.write("", () => resolve())),
  };
}

/** So many processes on one data folder have files of their own. */
const mostAtOnce = 32;

/**
 * A name in `folder` that no other process writes under, held by a lock until it is closed: NAME, else NAME-2 and so on, for two that
 * put the same file aside would each lose lines. Where no lock can be had it is NAME.
 */
function freeName(folder: string, name: string): { free: string; lock: Disposable | null } {
  for (let number = 1; number <= mostAtOnce; number += 1) {
    const free = number === 1 ? name : `${name}-${number}`;
    const lock = takeLock(join(folder, `${free}.lock`), 0);
    if (lock !== null) return { free, lock: { [Symbol.dispose]: () => lock.close() } };
  }
  return { free: name, lock: null };
}

/** `logs/NAME.log`, which is put aside as `NAME.log.1` and so on when it is full; the oldest goes. */
async function rotatingFile(name: string, { dataDir, config = {} }: LogOptions): Promise<Sink> {
  const { createStream } = await import("rotating-file-stream");
  const folder = join(dataDir, "logs");
  let lost = false;
  const lose = ({ message }: Error) => {
    if (!lost) process.stderr.write(`The log can't be written to ${folder}: ${message}.\n`);
    lost = true;
  };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    lose(error as Error);
    return { write: () => {}, end: async () => {} };
  }
  const { free, lock } = freeName(folder, name);
  const stream = createStream(`${free}.log`, {
    path: folder,
    size: `${maxSizeOf(config)}B`,
    rotate: config.max_files ?? 5,
    mode: 0o600,
  });
  stream.on("error", lose);
  stream.on("warning", lose);
  return {
    write: (lines) => void (stream.destroyed || stream.write(lines)),
    async end() {
      if (!stream.destroyed) await new Promise<void>((resolve) => stream.end(() => resolve()));
      lock?.[Symbol.dispose]();
    },
  };
}
