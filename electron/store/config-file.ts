import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { type Config, config } from "../contract/index.ts";
import { schemaProblems } from "./config-problems.ts";
import { secretProblems } from "./config-secrets.ts";
import { type ConfigProblem, ConfigSource } from "./config-source.ts";

/** The names under which a config file is looked for in the working folder, first to last. */
const configFileNames = ["holdfast.yaml", "holdfast.yml", "holdfast.json"] as const;

/** A config file can't be used. The text has a line for each problem: `file:line:column key: what and how to mend it`. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly file: string;
  /** Every problem of the file, in its order; empty when the file could not be read at all. */
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.file = file;
    this.problems = problems;
  }
}

export interface FindConfigOptions {
  /** What `--config` named, or null. */
  option: string | null;
  /** The environment: `HOLDFAST_CONFIG` is read from it. */
  env: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  cwd: string;
  exists: (path: string) => boolean;
}

/**
 * The config file in force, absolute: what `--config` names, else what `HOLDFAST_CONFIG` names, else `holdfast.yaml`,
 * `.yml` or `.json` in the working folder, else none. A file that is named is given back even when it does not exist.
 */
export function findConfigFile({ option, env, cwd, exists }: FindConfigOptions): string | null {
  const named = option ?? env.HOLDFAST_CONFIG;
  if (named) return isAbsolute(named) ? named : resolve(cwd, named);
  return configFileNames.map((name) => join(cwd, name)).find(exists) ?? null;
}

/**
 * Reads and checks a config file. `readFile` gives its text or throws what `node:fs` throws. Throws a ConfigError with
 * all problems at once. A file that seems to hold a secret is refused, and no message repeats what it holds.
 */
export function loadConfigFile(path: string, readFile: (path: string) => string): Config {
  let text: string;
  try {
    text = readFile(path);
  } catch (cause) {
    throw new ConfigError(path, [], unreadable(path, cause as NodeJS.ErrnoException), cause);
  }
  return parseConfig(text, path);
}

/** Checks the text of a config file; `file` is what errors call it. Throws a ConfigError. */
export function parseConfig(text: string, file: string): Config {
  return parseChecked(text, file, config);
}

/** Checks a text in YAML or JSON by a schema, as `parseConfig` does. Throws a ConfigError. */
export function parseChecked<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): z.output<Schema> {
  const source = new ConfigSource(text);
  const problems = [...source.problems, ...secretProblems(source)];
  if (source.readable) {
    const value = plainValue(source, problems);
    const checked = schema.safeParse(value);
    if (checked.success && problems.length === 0) return checked.data;
    const told = new Set(problems.map(({ path }) => path));
    const found = schemaProblems(source, schema, value, checked.error?.issues ?? []);
    problems.push(...found.filter(({ path }) => !told.has(path)));
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  const lines = problems.map(({ line, column, path, message }) => {
    return `${file}:${line}:${column} ${path === "" ? "" : `${path}: `}${message}`;
  });
  throw new ConfigError(file, problems, lines.join("\n"));
}

/** The JSON Schema of a config file, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: "holdfast.yaml", ...z.toJSONSchema(config, { io: "input" }) };
}

function plainValue(source: ConfigSource, problems: ConfigProblem[]): unknown {
  try {
    return source.value();
  } catch (cause) {
    // The parser's guard against aliases that multiply without end.
    problems.push(source.problem([], `can't be expanded: ${(cause as Error).message}`));
    return {};
  }
}

function unreadable(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") {
    return `There is no config file ${path}: check --config and HOLDFAST_CONFIG, or make the file.`;
  }
  return `The config file ${path} can't be read (${message}): check that it is a file that you may read.`;
}
