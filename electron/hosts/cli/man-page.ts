import { type CommandInfo, everyCommand, type OptionInfo } from "./command-tree.ts";
import { examples } from "./examples.ts";

export interface ManPageParts {
  tree: CommandInfo;
  version: string;
  /** What each exit status means, in their order. */
  exits: readonly (readonly [status: number, meaning: string])[];
  /** Variables of the environment that count. */
  variables: readonly (readonly [name: string, meaning: string])[];
}

/** The manual page, in man(7)'s macros: `man holdfast`. */
export function manPage({ tree, version, exits, variables }: ManPageParts): string {
  const sections = everyCommand(tree).filter((command) => command !== tree && command.commands.length === 0);
  const lines = [
    `.TH HOLDFAST 1 "" "Holdfast ${version}" "User Commands"`,
    ".SH NAME",
    `holdfast \\- ${roff(tree.description.replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    ".B holdfast",
    "[\\fIoptions\\fR] \\fIcommand\\fR",
    ".SH OPTIONS",
    ...tree.options.flatMap(optionLines),
    ".SH COMMANDS",
    ...sections.flatMap(commandLines),
    ".SH EXIT STATUS",
    ...exits.flatMap(([status, meaning]) => [".TP", `.B ${status}`, roff(meaning)]),
    ".SH ENVIRONMENT",
    ...variables.flatMap(([name, meaning]) => [".TP", `.B ${roff(name)}`, roff(meaning)]),
    ".SH FILES",
    ".TP",
    ".I holdfast.yaml",
    "The config file, unless --config or HOLDFAST_CONFIG names another.",
    ".SH EXAMPLES",
    ...(examples[""] ?? []).flatMap(exampleLines),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines({ path, usage, description, options }: CommandInfo): string[] {
  const list = examples[path.join(" ")] ?? [];
  return [
    `.SS ${roff(`holdfast ${usage}`)}`,
    roff(`${description.charAt(0).toUpperCase()}${description.slice(1)}.`),
    ...options.flatMap(optionLines),
    ...(list.length === 0 ? [] : [".PP", "Examples:", ...list.flatMap(exampleLines)]),
  ];
}

function optionLines({ short, long, value, description, choices }: OptionInfo): string[] {
  const flags = [short, long].flatMap((flag) => (flag === null ? [] : [`\\fB${roff(flag)}\\fR`])).join(", ");
  const among = choices.length === 0 ? "" : ` One of: ${choices.join(", ")}.`;
  return [
    ".TP",
    `${flags}${value === null ? "" : ` \\fI${roff(value)}\\fR`}`,
    roff(`${description}${among === "" ? "" : `.${among}`}`),
  ];
}

const exampleLines = ([command, what]: readonly [string, string]): string[] => [
  ".PP",
  `${roff(what)}:`,
  ".PP",
  ".nf",
  `.RS`,
  roff(command),
  ".RE",
  ".fi",
];

/** A text that roff takes for nothing else: no escapes, no requests at its beginning, dashes that can be copied. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");
}
