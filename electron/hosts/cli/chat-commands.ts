import { type Level, type LinkTier, level, linkTier } from "../../contract/index.ts";

/** How the next questions are to be asked. */
export interface ChatState {
  conversation: string | null;
  localOnly: boolean;
  /** Only links of this tier; null for all. */
  tier: LinkTier | null;
  /** The best level that is used. */
  level: Level;
  /** The link that is tried first; null for the chain's order. */
  link: string | null;
}

/** What a command came to: what is said, what is so from now on, or the end. */
export interface CommandEnd {
  say: string;
  state?: Partial<ChatState>;
  quits?: true;
}

interface Command {
  usage: string;
  what: string;
  run(argument: string, state: ChatState, links: readonly { id: string; tier: LinkTier }[]): CommandEnd;
}

const commands: Record<string, Command> = {
  help: { usage: "/help", what: "this list", run: () => ({ say: help() }) },
  tier: {
    usage: "/tier cloud|backup|local|any",
    what: "ask only links of this tier",
    run(argument, state, links) {
      if (argument === "any") return { say: "All tiers may answer.", state: { tier: null } };
      const { data: tier } = linkTier.safeParse(argument);
      if (!tier)
        return {
          say: `The tier is ${state.tier ?? "any"}. There are: ${oneOf([...linkTier.options, "any"])}.`,
        };
      if (!links.some((link) => link.tier === tier))
        return { say: `No link of the chain is of the tier ${tier}.` };
      return { say: `Only links of the tier ${tier} may answer.`, state: { tier } };
    },
  },
  level: {
    usage: "/level full|reduced|minimal|cached|offline",
    what: "the best level that is used",
    run(argument, state) {
      const { data: wanted } = level.safeParse(argument);
      if (!wanted) return { say: `The level is ${state.level}. There are: ${oneOf(level.options)}.` };
      return { say: `The level is ${wanted} at best.`, state: { level: wanted } };
    },
  },
  link: {
    usage: "/link ID|any",
    what: "try this link first",
    run(argument, state, links) {
      if (argument === "any") return { say: "The chain's own order.", state: { link: null } };
      const ids = links.map(({ id }) => id);
      if (!ids.includes(argument))
        return { say: `The link is ${state.link ?? "any"}. There are: ${oneOf([...ids, "any"])}.` };
      return { say: `${argument} is tried first.`, state: { link: argument } };
    },
  },
  "local-only": {
    usage: "/local-only on|off",
    what: "whether this conversation leaves this machine",
    run(argument, { localOnly }) {
      if (argument === "on")
        return { say: "Nothing of this conversation leaves this machine.", state: { localOnly: true } };
      if (argument === "off")
        return { say: "Cloud links may see this conversation.", state: { localOnly: false } };
      return { say: `local-only is ${localOnly ? "on" : "off"}. Write /local-only on or /local-only off.` };
    },
  },
  new: {
    usage: "/new",
    what: "begin another conversation",
    run: () => ({ say: "A new conversation.", state: { conversation: null } }),
  },
  quit: { usage: "/quit", what: "leave (also Ctrl+D)", run: () => ({ say: "", quits: true }) },
};

/** Runs a line that begins with a slash. */
export function runCommand(
  line: string,
  state: ChatState,
  links: readonly { id: string; tier: LinkTier }[],
): CommandEnd {
  const [, name = "", argument = ""] = /^\/(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  const command = commands[name];
  if (!command) return { say: `There is no /${name}.\n${help()}` };
  return command.run(argument.trim(), state, links);
}

const oneOf = (words: readonly string[]): string => words.join(", ");

function help(): string {
  const width = Math.max(...Object.values(commands).map(({ usage }) => usage.length));
  const lines = Object.values(commands).map(({ usage, what }) => `  ${usage.padEnd(width)}  ${what}`);
  return [
    ...lines,
    "A line that ends with \\ goes on in the next one; what is pasted is one question. // begins a question with a slash.",
    "Ctrl+C stops an answer; twice leaves.",
  ].join("\n");
}
