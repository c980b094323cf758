import { createInterface, type Interface } from "node:readline";
import { createRouterClient } from "@orpc/server";
import type { App } from "../../app/index.ts";
import type { Conversation, FollowEvent, Level, LinkTier, Receipt } from "../../contract/index.ts";
import { type ChatState, runCommand } from "./chat-commands.ts";
import { exitCode } from "./exit-codes.ts";
import { pasteOff, pasteOn, unmarked, withPastes } from "./paste.ts";
import { badge, noticeLines, type Terminal } from "./terminal.ts";

export interface ChatOptions {
  localOnly?: true;
  tier?: LinkTier;
  level?: Level;
  link?: string;
  continue?: true;
}

type ChatHost = Pick<App, "answers" | "conversations" | "settings" | "router">;

/** Within this a second Ctrl+C leaves, milliseconds. */
const twiceMs = 2_000;

/**
 * `holdfast chat`: questions and answers until the person leaves, kept among the conversations of the app. Answers go to standard output;
 * prompt, badges and notices to standard error. What is piped in is asked line by line. Gives the exit code.
 */
export async function chat(options: ChatOptions, app: ChatHost, terminal: Terminal): Promise<number> {
  const known = app.settings.links.some(({ id }) => id === options.link);
  if (options.link !== undefined && !known) {
    const ids = app.settings.links.map(({ id }) => id).join(", ");
    terminal.err.write(`There is no link "${options.link}" in the chain. There are: ${ids}.\n`);
    return exitCode.usage;
  }
  const [newest] = options.continue ? app.conversations.list() : [];
  if (newest && options.localOnly) await markLocalOnly(app, newest.id, true);
  return new Chat(newest ?? null, options, app, terminal).run();
}

/** Marks a conversation, as the page does. */
async function markLocalOnly({ router }: ChatHost, id: string, local_only: boolean): Promise<void> {
  await createRouterClient(router).conversations.setLocalOnly({ id, local_only });
}

class Chat {
  readonly #app: ChatHost;
  readonly #terminal: Terminal;
  readonly #isTerminal: boolean;
  readonly #lines: Interface;
  #state: ChatState;
  /** The answer that is being made. */
  #answering: string | null = null;
  #lastInterruptAt = Number.NEGATIVE_INFINITY;
  #code: number = exitCode.answered;

  constructor(newest: Conversation | null, options: ChatOptions, app: ChatHost, terminal: Terminal) {
    this.#app = app;
    this.#terminal = terminal;
    this.#isTerminal = terminal.in.isTTY && terminal.err.isTTY;
    this.#state = {
      conversation: newest?.id ?? null,
      localOnly: options.localOnly ?? newest?.local_only ?? false,
      tier: options.tier ?? null,
      level: options.level ?? "full",
      link: options.link ?? null,
    };
    this.#lines = createInterface({
      input: this.#isTerminal ? withPastes(terminal.in) : terminal.in,
      ...(this.#isTerminal && { output: terminal.err }),
      terminal: this.#isTerminal,
      historySize: 500,
    });
    if (newest) this.#say(`Going on with “${newest.title}”.`);
  }

  async run(): Promise<number> {
    const { err } = this.#terminal;
    const interrupted = () => this.#interrupted();
    const ended = () => {
      // Ctrl+C is an interrupt, and may come again; whatever else ends the program ends the chat.
      if (this.#terminal.signal.reason !== "SIGINT") this.#leave(exitCode.interrupted);
    };
    this.#lines.on("SIGINT", interrupted);
    process.on("SIGINT", interrupted);
    this.#terminal.signal.addEventListener("abort", ended, { once: true });
    if (this.#isTerminal) err.write(`${pasteOn}Ask, or write /help.\n`);
    try {
      this.#prompt();
      let begun = "";
      for await (const line of this.#lines) {
        const text = `${begun}${unmarked(line)}`;
        begun = text.endsWith("\\") ? `${text.slice(0, -1)}\n` : "";
        if (begun === "" && !(await this.#take(text))) break;
        this.#prompt(begun === "" ? "> " : "… ");
      }
    } finally {
      process.off("SIGINT", interrupted);
      if (this.#isTerminal) err.write(pasteOff);
      this.#lines.close();
    }
    return this.#code;
  }

  /** One thing that was written; false when it was the last. */
  async #take(text: string): Promise<boolean> {
    // Whoever writes on does not mean to leave.
    this.#lastInterruptAt = Number.NEGATIVE_INFINITY;
    const asked = text.trim();
    if (asked === "") return true;
    if (!asked.startsWith("/") || asked.startsWith("//")) {
      await this.#ask(asked.replace(/^\/\//, "/"));
      return true;
    }
    const { say, state, quits } = runCommand(asked, this.#state, this.#app.settings.links);
    const { conversation } = this.#state;
    // A conversation that is not begun yet is marked with its first question.
    if (state?.localOnly !== undefined && conversation !== null)
      await markLocalOnly(this.#app, conversation, state.localOnly);
    this.#state = { ...this.#state, ...state };
    if (say !== "") this.#say(say);
    return quits !== true;
  }

  async #ask(text: string): Promise<void> {
    const { answers } = this.#app;
    const { conversation, localOnly, level, link, tier } = this.#state;
    const asked = answers.send(conversation, text, localOnly, {
      level,
      ...(link !== null && { preferred: link }),
      may: (one) => tier === null || one.tier === tier,
    });
    this.#state.conversation = asked.conversation.id;
    this.#answering = asked.answer.id;
    try {
      let receipt: Receipt | null = null;
      for await (const event of answers.follow(asked.answer.id)) receipt = this.#show(event) ?? receipt;
      if (receipt) this.#sayEnd(receipt);
    } finally {
      this.#answering = null;
    }
  }

  /** Shows an event of the answer; gives the receipt with the last one. */
  #show(event: FollowEvent): Receipt | null {
    const { out } = this.#terminal;
    switch (event.type) {
      case "snapshot":
        out.write(event.message.text);
        return null;
      case "delta":
        if (event.text) out.write(event.text);
        return null;
      case "retracted": {
        const why = event.kind === "bad_output" ? "did not meet the requirements" : "broke off here";
        out.write(`\n\n--- ${event.link} ${why}. The answer starts again: ---\n\n`);
        return null;
      }
      case "finished":
        if (event.answer.text !== "") out.write("\n");
        if (event.failure && event.failure.code !== "cancelled") this.#say(event.failure.message);
        this.#code = event.failure?.code === "all_links_failed" ? exitCode.unanswered : exitCode.answered;
        return event.receipt;
      default:
        return null;
    }
  }

  #sayEnd(receipt: Receipt): void {
    const notices = receipt.notices.filter(({ code }) => code !== "offline");
    this.#say(
      [badge(receipt, this.#terminal), ...notices.map((one) => noticeLines(one, this.#terminal))].join("\n"),
    );
  }

  /** Ctrl+C: stops the answer, or leaves when it comes twice. */
  #interrupted(): void {
    const now = performance.now();
    if (this.#answering !== null) {
      this.#app.answers.stop(this.#answering);
      this.#lastInterruptAt = now;
    } else if (now - this.#lastInterruptAt < twiceMs) {
      this.#leave(exitCode.interrupted);
    } else {
      this.#lastInterruptAt = now;
      this.#say(`${this.#isTerminal ? "\n" : ""}Ctrl+C again leaves.`);
      this.#prompt();
    }
  }

  #leave(code: number): void {
    if (this.#answering !== null) this.#app.answers.stop(this.#answering);
    this.#code = code;
    this.#lines.close();
  }

  #say(text: string): void {
    this.#terminal.err.write(`${text}\n`);
  }

  #prompt(text = "> "): void {
    if (!this.#isTerminal) return;
    this.#lines.setPrompt(text);
    this.#lines.prompt();
  }
}
