import { type CommandInfo, everyCommand, type OptionInfo } from "./command-tree.ts";

/** The shells that completion is made for. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** A script that completes commands, options and their choices in this shell, without starting the program. */
export function completionScript(shell: Shell, tree: CommandInfo): string {
  switch (shell) {
    case "bash":
      return bash(tree);
    case "zsh":
      return zsh(tree);
    case "fish":
      return fish(tree);
    default:
      return shell satisfies never;
  }
}

const help: OptionInfo = {
  short: "-h",
  long: "--help",
  value: null,
  description: "show help",
  choices: [],
  takesFile: false,
};

/** A command's own options, the program's, and help. */
const optionsOf = (command: CommandInfo, tree: CommandInfo): OptionInfo[] => {
  const own = command === tree ? [] : command.options;
  const global = command === tree ? tree.options : tree.options.filter(({ value }) => value !== null);
  return [...own, ...global, help];
};
const flagsOf = ({ short, long }: OptionInfo): string[] => [...(short === null ? [] : [short]), long];
/** The words that lead to a command, as a key of the scripts: `models add` is `models_add`. */
const keyOf = ({ path }: CommandInfo): string => path.join("_").replaceAll("-", "_");

function bash(tree: CommandInfo): string {
  const cases = everyCommand(tree).map((command) => {
    const options = optionsOf(command, tree);
    const words = [...command.commands.map(({ name }) => name), ...command.choices];
    const values = options
      .filter(({ value }) => value !== null)
      .map(({ choices, takesFile, ...option }) => {
        const give = takesFile
          ? 'mapfile -t COMPREPLY < <(compgen -f -- "$current")'
          : `mapfile -t COMPREPLY < <(compgen -W "${choices.join(" ")}" -- "$current")`;
        return `        ${flagsOf({ choices, takesFile, ...option }).join("|")}) ${give}; return ;;`;
      });
    return [
      `    "${command.path.join(" ")}")`,
      '      case "$previous" in',
      ...values,
      "      esac",
      `      words="${words.join(" ")}"`,
      `      options="${options.flatMap(flagsOf).join(" ")}"`,
      `      files=${command.takesFiles ? 1 : 0}`,
      "      ;;",
    ].join("\n");
  });
  const paths = everyCommand(tree).map(({ path }) => `"${path.join(" ")}"`);
  return `# bash completion for holdfast; written by: holdfast completion bash
_holdfast() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" words="" options="" files=0 word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.slice(1).join("|")}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    if (( files )); then
      local -a found
      mapfile -t found < <(compgen -f -- "$current")
      COMPREPLY+=("\${found[@]}")
    fi
  fi
}
complete -o filenames -F _holdfast holdfast
`;
}

function zsh(tree: CommandInfo): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const spec = (option: OptionInfo): string => {
    const { value, choices, takesFile, description } = option;
    const flags = flagsOf(option);
    const what = description.replace(/[[\]:]/g, "\\$&");
    const action = takesFile ? "_files" : choices.length > 0 ? `(${choices.join(" ")})` : " ";
    const end = `[${what}]${value === null ? "" : `:${value.replace(/[<>[\]]/g, "")}:${action}`}`;
    return flags.length === 1 ? quoted(`${flags[0]}${end}`) : `{${flags.join(",")}}${quoted(end)}`;
  };
  const functions = everyCommand(tree).map((command) => {
    const name = `_holdfast${command === tree ? "" : `_${keyOf(command)}`}`;
    const specs = optionsOf(command, tree).map(spec);
    if (command.commands.length === 0) {
      const rest = command.choices.length > 0 ? `1: :(${command.choices.join(" ")})` : "*: :_files";
      const argument = command.takesFiles || command.choices.length > 0 ? [quoted(rest)] : [];
      return `${name}() {\n  _arguments -s ${[...specs, ...argument].join(" \\\n    ")}\n}`;
    }
    const below = command.commands
      .map((one) => `    ${quoted(`${one.name}:${one.description.replaceAll(":", "\\:")}`)}`)
      .join("\n");
    const cases = command.commands.map((one) => `        ${one.name}) _holdfast_${keyOf(one)} ;;`).join("\n");
    return `${name}() {
  local line state
  local -a commands=(
${below}
  )
  _arguments -s -C ${specs.join(" \\\n    ")} \\
    '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${cases}
      esac ;;
  esac
}`;
  });
  return `#compdef holdfast
# zsh completion for holdfast; written by: holdfast completion zsh
${functions.join("\n\n")}

if [ "$funcstack[1]" = "_holdfast" ]; then _holdfast "$@"; else compdef _holdfast holdfast; fi
`;
}

function fish(tree: CommandInfo): string {
  const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = everyCommand(tree).flatMap((command) => {
    const when = `-n ${quoted(`__holdfast_at ${command.path.join(" ")}`.trim())}`;
    const words = [
      ...command.commands.map(
        (one) => `complete -c holdfast ${when} -a ${one.name} -d ${quoted(one.description)}`,
      ),
      ...command.choices.map((choice) => `complete -c holdfast ${when} -a ${choice}`),
      ...(command.takesFiles ? [`complete -c holdfast ${when} -F`] : []),
    ];
    const options = optionsOf(command, tree).map(
      ({ short, long, value, choices, takesFile, description }) => {
        const names = `${short === null ? "" : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
        const takes =
          value === null
            ? ""
            : takesFile
              ? " -r -F"
              : ` -x${choices.length > 0 ? ` -a ${quoted(choices.join(" "))}` : ""}`;
        return `complete -c holdfast ${when} ${names}${takes} -d ${quoted(description)}`;
      },
    );
    return [...words, ...options];
  });
  const paths = everyCommand(tree)
    .slice(1)
    .map(({ path }) => quoted(path.join(" ")));
  return `# fish completion for holdfast; written by: holdfast completion fish
function __holdfast_at
    set -l path
    for word in (commandline -opc)[2..]
        if contains -- (string join -- ' ' $path $word) ${paths.join(" ")}
            set -a path $word
        end
    end
    test "$path" = "$argv"
end
complete -c holdfast -f
${lines.join("\n")}
`;
}
