import { type Command, Option } from "commander";
import type { NodeApp } from "../node-app.ts";
import {
  type LabOptions,
  type LabRunOptions,
  labExport,
  labList,
  labResume,
  labRun,
  labShow,
} from "./lab.ts";
import type { Terminal } from "./terminal.ts";

/** The commands of the lab. */
export function addLabCommands(
  program: Command,
  terminal: Terminal,
  withApp: (work: (node: NodeApp) => Promise<number>) => Promise<void>,
): void {
  const lab = program
    .command("lab")
    .description("measure links against each other on prompts of your own (docs/quality.md)");
  lab
    .command("run <file>")
    .description("ask every link every prompt of a YAML, JSON or JSONL file")
    .option("--links <ids>", "only these links, with commas between them; the first is the reference", idList)
    .option("--judge <id>", "the link that picks the best answer to each prompt")
    .option("--name <text>", "what the run is called (default: the file's name)")
    .option("--json", "print the results with every answer as JSON")
    .action((file: string, options: LabRunOptions) =>
      withApp(({ app }) => labRun(file, options, app, terminal)),
    );
  lab
    .command("resume <id>")
    .description("go on with a run that was stopped; what was answered is not asked again")
    .option("--json", "print the results with every answer as JSON")
    .action((id: string, options: LabOptions) => withApp(({ app }) => labResume(id, options, app, terminal)));
  lab
    .command("list")
    .description("list the runs, newest first")
    .option("--json", "print them as JSON")
    .action((options: LabOptions) => withApp(async ({ app }) => labList(options, app, terminal)));
  lab
    .command("show <id>")
    .description("say how each link did; the beginning of an id is enough")
    .option("--json", "print the results with every answer as JSON")
    .action((id: string, options: LabOptions) =>
      withApp(async ({ app }) => labShow(id, options, app, terminal)),
    );
  lab
    .command("export <id>")
    .description("print every answer of a run")
    .addOption(new Option("--format <format>", "json or csv").choices(["json", "csv"]).default("json"))
    .action((id: string, options: { format: string }) =>
      withApp(async ({ app }) => labExport(id, options, app, terminal)),
    );
}

const idList = (text: string): string[] =>
  text
    .split(",")
    .map((id) => id.trim())
    .filter(Boolean);
