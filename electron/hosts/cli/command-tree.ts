import type { Argument, Command, Option } from "commander";

/** A command as completion and the manual page see it: plain data, read from the definitions that the program itself runs on. */
export interface CommandInfo {
  /** The words that lead to it, without the program's own name; empty for the program. */
  path: readonly string[];
  name: string;
  description: string;
  /** Such as `ask [options] [question...]`. */
  usage: string;
  options: readonly OptionInfo[];
  commands: readonly CommandInfo[];
  /** What its first argument may be, where that is a closed list. */
  choices: readonly string[];
  /** Whether its arguments are files. */
  takesFiles: boolean;
}

export interface OptionInfo {
  short: string | null;
  long: string;
  /** What stands for its value, such as `<file>`; null for a switch. */
  value: string | null;
  description: string;
  choices: readonly string[];
  takesFile: boolean;
}

const isFile = (text: string | undefined): boolean => /file|path|folder|kit|target/.test(text ?? "");

export function commandTree(command: Command, path: readonly string[] = []): CommandInfo {
  const [first] = command.registeredArguments as readonly Argument[];
  return {
    path,
    name: command.name(),
    description: command.description(),
    usage: [...path, command.usage()].join(" ").trim(),
    options: (command.options as readonly Option[]).filter(({ hidden }) => !hidden).map(optionOf),
    // As its help shows them: without those that are hidden, and without `help`.
    commands: command
      .createHelp()
      .visibleCommands(command)
      .filter((one) => one.name() !== "help")
      .map((one) => commandTree(one, [...path, one.name()])),
    choices: first?.argChoices ?? [],
    takesFiles: isFile(first?.name()),
  };
}

function optionOf({ short, long, flags, description, argChoices }: Option): OptionInfo {
  const value = /[<[].*[>\]]/.exec(flags)?.[0] ?? null;
  return {
    short: short ?? null,
    long: long ?? flags,
    value,
    description,
    choices: argChoices ?? [],
    takesFile: isFile(value ?? undefined),
  };
}

/** The command itself and all below it, as they would be read in a manual. */
export function everyCommand(tree: CommandInfo): CommandInfo[] {
  return [tree, ...tree.commands.flatMap(everyCommand)];
}
