import { Command, InvalidArgumentError } from "commander";
import { type AskOptions, ask } from "./cli/ask.ts";
import { cacheExport, cachePurge, cacheSearch, cacheStats, type PurgeOptions } from "./cli/cache.ts";
import { type DoctorOptions, doctor } from "./cli/doctor.ts";
import { exitCode } from "./cli/exit-codes.ts";
import { type ServeOptions, serve } from "./cli/serve.ts";
import type { Terminal } from "./cli/terminal.ts";
import { createNodeApp, type NodeApp } from "./node-app.ts";
import { programPaths, versionOf } from "./paths.ts";
import { personError } from "./person-error.ts";
import { stopSignal } from "./until-stopped.ts";

/** The command line: each command builds the app, does its work, and closes the app again. */
function commandLine(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command("holdfast")
    .exitOverride()
    .description(
      "An assistant that always answers: cloud first, then a model on this machine, then its cache.",
    )
    .version(versionOf(programPaths(import.meta.url)))
    .option("-c, --config <file>", "the config file (default: $HOLDFAST_CONFIG, then ./holdfast.yaml)")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(holdfast --help shows how)")
    .addHelpText("after", endOfHelp);

  const withApp = async (work: (node: NodeApp) => Promise<number>) => {
    const node = createNodeApp({ hostUrl: import.meta.url, config: program.opts().config ?? null });
    await using _ = node.app;
    done(await work(node));
  };

  program
    .command("ask [question...]")
    .description(
      "ask once; the answer streams to standard output, who answered and notices to standard error",
    )
    .option("--json", "print the answer with its receipt as JSON")
    .option("--strict", "exit with 10 when another tier than the first had to answer")
    .option("--local-only", "use nothing but models on this machine")
    .option("--link <id>", "try this link first")
    .option("--system <text>", "what the model is told before the question")
    .option("--max-tokens <n>", "the longest answer, in tokens", positive)
    .action((words: string[], options: AskOptions) =>
      withApp(({ app }) => ask(words, options, app, terminal)),
    );

  program
    .command("serve")
    .description("serve the chain to OpenAI clients on 127.0.0.1")
    .option(
      "-p, --port <n>",
      "the port (default: gateway.port of the config, then 4141; 0 takes a free one)",
      portNumber,
    )
    .action((options: ServeOptions) => withApp(({ app }) => serve(options, app, terminal)));

  program
    .command("doctor")
    .description("say what works on this machine, what does not, and how to mend it")
    .option("--json", "print the findings as JSON")
    .option("--offline", "ask only the links on this machine")
    .action((options: DoctorOptions) => withApp((node) => doctor(options, node, terminal)));

  const cache = program
    .command("cache")
    .description("the earlier answers that are kept for when no link can answer");
  cache
    .command("stats")
    .description("what is kept, how it is kept, and how it served: hits, refusals and why")
    .option("--json", "print the numbers as JSON")
    .action((options: { json?: true }) => withApp(({ app }) => cacheStats(options, app, terminal)));
  cache
    .command("search [text...]")
    .description("answers whose question or text hold this; without a text the newest")
    .option("--json", "print the answers as JSON")
    .action((words: string[], options: { json?: true }) =>
      withApp(({ app }) => cacheSearch(words, options, app, terminal)),
    );
  cache
    .command("purge")
    .description("remove answers; pinned ones stay unless --pinned")
    .option("--all", "all of them")
    .option("--older-than <days>", "those older than this", positive)
    .option("--conversation <id>", "those of this conversation")
    .option("--search <text>", "those that hold this text")
    .option("--pinned", "pinned ones too")
    .action((options: PurgeOptions) => withApp(({ app }) => cachePurge(options, app, terminal)));
  cache
    .command("export")
    .description("print every answer with its question as a line of JSON")
    .action(() => withApp(({ app }) => cacheExport(app, terminal)));
  return program;
}

const endOfHelp = `
Examples:
  holdfast ask "What happens when I lose my connection?"
  git diff | holdfast ask "Review this change" --local-only
  HOLDFAST_TOKEN=… holdfast serve --config holdfast.yaml --port 4141

Exit status:
  0 answered   10 answered by a lower tier (with --strict)   20 nothing could answer
  2 the command was not understood   78 the config can't be used   1 anything else`;

function whole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}
const positive = (text: string): number => whole(text, 1, 1_000_000);
const portNumber = (text: string): number => whole(text, 0, 65_535);

const terminal: Terminal = {
  out: process.stdout,
  err: process.stderr,
  in: process.stdin,
  signal: stopSignal(),
};
let code: number = exitCode.answered;
const program = commandLine(terminal, (given) => {
  code = given;
});

program.parseAsync().then(
  () => process.exit(code),
  (error) => {
    if (error.name === "CommanderError")
      process.exit(error.exitCode === 0 ? exitCode.answered : exitCode.usage);
    const { text, code } = personError(error);
    process.stderr.write(`${text}\n`);
    process.exit(code);
  },
);
