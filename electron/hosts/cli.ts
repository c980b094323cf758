import { writeFileSync } from "node:fs";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { level, linkTier } from "../contract/index.ts";
import { type AskOptions, ask } from "./cli/ask.ts";
import { cacheExport, cachePurge, cacheSearch, cacheStats, type PurgeOptions } from "./cli/cache.ts";
import { type ChatOptions, chat } from "./cli/chat.ts";
import { commandTree } from "./cli/command-tree.ts";
import { completionScript, type Shell, shells } from "./cli/completion.ts";
import { configCheck, configExplain, configSchema, configShow } from "./cli/config.ts";
import { type DoctorOptions, doctor } from "./cli/doctor.ts";
import { addDrillCommands } from "./cli/drill-commands.ts";
import { examplesText } from "./cli/examples.ts";
import { exitCode, exitMeanings, variableMeanings } from "./cli/exit-codes.ts";
import { type HealthOptions, health } from "./cli/health.ts";
import { addLabCommands } from "./cli/lab-commands.ts";
import { manPage } from "./cli/man-page.ts";
import * as modelCommands from "./cli/models.ts";
import { addLocalServerCommands } from "./cli/ollama-commands.ts";
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
    .addHelpText("after", endOfHelp());

  const withApp = async (work: (node: NodeApp) => Promise<number>, logFile?: "serve") => {
    await using node = await createNodeApp({
      hostUrl: import.meta.url,
      config: program.opts().config ?? null,
      ...(logFile && { logFile }),
    });
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
    .addOption(new Option("--tier <tier>", "ask only links of this tier").choices(linkTier.options))
    .option(
      "-f, --file <path>",
      "ask about this file too, a text or a picture; may be given several times",
      listed,
    )
    .option("--system <text>", "what the model is told before the question")
    .option("--max-tokens <n>", "the longest answer, in tokens", positive)
    .action((words: string[], options: AskOptions) =>
      withApp(({ app }) => ask(words, options, app, terminal)),
    );

  program
    .command("chat")
    .description("ask and go on asking; the conversation is kept among those of the app")
    .option("--continue", "go on with the newest conversation")
    .option("--local-only", "use nothing but models on this machine")
    .addOption(new Option("--tier <tier>", "ask only links of this tier").choices(linkTier.options))
    .addOption(new Option("--level <level>", "the best level that is used").choices(level.options))
    .option("--link <id>", "try this link first")
    .action((options: ChatOptions) => withApp(({ app }) => chat(options, app, terminal)));

  program
    .command("serve")
    .description("serve the chain to OpenAI clients on 127.0.0.1")
    .option(
      "-p, --port <n>",
      "the port (default: gateway.port of the config, then 4141; 0 takes a free one)",
      portNumber,
    )
    .action((options: ServeOptions) => withApp(({ app }) => serve(options, app, terminal), "serve"));

  program
    .command("health")
    .description("ask every link one short question and show how each does; on a terminal again and again")
    .option("--once", "once, on a terminal too")
    .option("--json", "print it once, as JSON")
    .option("--offline", "ask only the links on this machine")
    .option("--interval <seconds>", "between two rounds", positive, 30)
    .action((options: HealthOptions) => withApp(({ app }) => health(options, app, terminal)));

  addModelCommands(program, (work, options) =>
    withApp(({ app }) => modelCommands.models(work, app, terminal, options)),
  );

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
  addConfigCommands(program, terminal, withApp, done);
  addLabCommands(program, terminal, withApp);
  addDrillCommands(program, terminal, withApp);
  addReferenceCommands(program, terminal);
  addExamples(program, []);
  return program;
}

function addConfigCommands(
  program: Command,
  terminal: Terminal,
  withApp: (work: (node: NodeApp) => Promise<number>) => Promise<void>,
  done: (code: number) => void,
): void {
  const { resources } = programPaths(import.meta.url);
  const config = program.command("config").description("check and explain the config file (docs/config.md)");
  config
    .command("check")
    .description("say whether the config in force can be used; with 78 and every problem when it can't")
    .action(() => withApp((node) => configCheck(node, terminal)));
  config
    .command("show")
    .description("what is in force, key by key, and where it comes from")
    .option("--json", "print it as JSON")
    .action((options: { json?: true }) =>
      withApp(async (node) => configShow(options, node, process.env, terminal)),
    );
  config
    .command("explain [key]")
    .description("what a key means, its type and its default; without a key, the names of all")
    .action((key: string | undefined) => done(configExplain(key, resources, terminal)));
  config
    .command("schema")
    .description("print the JSON Schema of the file, for editors")
    .action(() => done(configSchema(resources, terminal)));
}

/** What is made of the commands themselves. */
function addReferenceCommands(program: Command, terminal: Terminal): void {
  program
    .command("completion")
    .description("print the script that completes this command line in a shell")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .action((shell: Shell) => void terminal.out.write(completionScript(shell, commandTree(program))));
  program
    .command("man [file]", { hidden: true })
    .description("write the manual page; the build puts it into out/man")
    .action((file: string | undefined) => {
      const version = versionOf(programPaths(import.meta.url));
      const parts = { version, exits: exitMeanings, variables: variableMeanings };
      const page = manPage({ tree: commandTree(program), ...parts });
      if (file === undefined) terminal.out.write(page);
      else writeFileSync(file, page);
    });
}

/** Examples below the help of each command that has some. */
function addExamples(command: Command, path: readonly string[]): void {
  if (path.length > 0) command.addHelpText("after", examplesText(path));
  for (const one of command.commands) addExamples(one, [...path, one.name()]);
}

type RunModels = (
  work: Parameters<typeof modelCommands.models>[0],
  options: modelCommands.ModelsOptions,
) => Promise<void>;

function addModelCommands(program: Command, run: RunModels): void {
  const models = program.command("models").description("models on this machine: find, download, use, pack");
  const command = (usage: string, description: string) =>
    models.command(usage).description(description).option("--json", "print the result as JSON");
  command("list", "what is on this machine, and what is being downloaded").action((options) =>
    run(modelCommands.list, options),
  );
  command("search [words...]", "look in the catalogue")
    .option("--hub", "ask Hugging Face's hub instead")
    .action((words: string[], options) =>
      run(modelCommands.search(words.join(" "), options.hub === true), options),
    );
  command("add <reference>", "add an id of the catalogue, owner/repository:file, an address or a path")
    .option("--force", "even if it is too large for this machine")
    .action((reference: string, options) => run(modelCommands.add(reference), options));
  command("remove <id>", "remove a model or a download").action((id: string, options) =>
    run(modelCommands.remove(id), options),
  );
  command("verify <id>", "compare a model with its checksum").action((id: string, options) =>
    run(modelCommands.verify(id), options),
  );
  command("use <id>", "put a model into the chain").action((id: string, options) =>
    run(modelCommands.use(id), options),
  );
  command("retry <id>", "try a model again that was set aside for crashing the engine").action(
    (id: string, options) => run(modelCommands.retry(id), options),
  );
  command("info <reference>", "what a model is, and whether it fits this machine").action(
    (reference: string, options) => run(modelCommands.info(reference), options),
  );
  command("bench [id]", "measure a model, or this machine").action((id: string | undefined, options) =>
    run(modelCommands.bench(id ?? null), options),
  );
  command("pack <target> <ids...>", "write models and settings to a folder or a .tar file").action(
    (target: string, ids: string[], options) => run(modelCommands.pack(target, ids), options),
  );
  command("unpack <kit>", "check and install what pack wrote")
    .option("--settings", "put the kit's settings into force as well")
    .action((kit: string, options) => run(modelCommands.unpack(kit, options.settings === true), options));
  addLocalServerCommands(models, run, portNumber);
}

function endOfHelp(): string {
  const statuses = exitMeanings.map(([status, meaning]) => `  ${String(status).padStart(3)}  ${meaning}`);
  return `${examplesText([])}\n\nExit status:\n${statuses.join("\n")}`;
}

function whole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}
const listed = (text: string, before: string[] = []): string[] => [...before, text];
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
