import { type Command, Option } from "commander";
import { mechanism } from "../../contract/index.ts";
import type { NodeApp } from "../node-app.ts";
import { type DrillOptions, type DrillRunOptions, drillCheck, drillList, drillRun } from "./drill.ts";
import type { Terminal } from "./terminal.ts";

/** The commands of drills. */
export function addDrillCommands(
  program: Command,
  terminal: Terminal,
  withApp: (work: (node: NodeApp) => Promise<number>) => Promise<void>,
): void {
  const drill = program
    .command("drill")
    .description("rehearse failures: inject faults, and see whether what must hold does (docs/drills.md)");
  drill
    .command("run <drill>")
    .description(
      "run a drill of the list, or a YAML file; exits with 0 when it passed, with 1 when it failed",
    )
    .option("--own-chain", "on your own links, not on those that the drill brings")
    .addOption(
      new Option("--without <mechanism>", "switch this off, to see that the drill notices").choices(
        mechanism.options,
      ),
    )
    .option("-y, --yes", "go on even if it may cost money")
    .option("--report <folder>", "write the report there, as HTML and as JSON")
    .option("--json", "print the report as JSON")
    .action((name: string, options: DrillRunOptions) =>
      withApp(({ app }) => drillRun(name, options, app, terminal)),
    );
  drill
    .command("list")
    .description("list the drills that ship, and your own")
    .option("--json", "print them as JSON")
    .action((options: DrillOptions) => withApp(async ({ app }) => drillList(options, app, terminal)));
  drill
    .command("check <file>")
    .description("check a drill's file, and say what running it would do")
    .action((file: string) => withApp(async ({ app }) => drillCheck(file, app, terminal)));
}
