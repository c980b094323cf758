import type { App } from "../../app/index.ts";
import {
  type ChainEvent,
  type ChainFailure,
  type ChatRequest,
  type ContentPart,
  type Finished,
  type LinkTier,
  type Receipt,
  tier,
} from "../../contract/index.ts";
import { AttachmentError, attachments } from "./attachments.ts";
import { exitCode } from "./exit-codes.ts";
import { badge, noticeLines, type Terminal } from "./terminal.ts";

export interface AskOptions {
  json?: true;
  strict?: true;
  localOnly?: true;
  link?: string;
  tier?: LinkTier;
  file?: string[];
  system?: string;
  maxTokens?: number;
}

/**
 * `holdfast ask`: the answer streams to standard output, badge and notices go to standard error. A piped standard input is
 * the question, or is added below the one in the arguments. Gives the exit code.
 */
export async function ask(
  words: string[],
  options: AskOptions,
  app: App,
  terminal: Terminal,
): Promise<number> {
  const text = await questionOf(words, terminal);
  if (text === null) return exitCode.interrupted;
  if (text === "" && !options.file) {
    terminal.err.write('Nothing was asked. Write: holdfast ask "Your question", or pipe a text into it.\n');
    return exitCode.usage;
  }
  if (options.link !== undefined && !app.settings.links.some(({ id }) => id === options.link)) {
    const ids = app.settings.links.map(({ id }) => id).join(", ");
    terminal.err.write(`There is no link "${options.link}" in the chain. There are: ${ids}.\n`);
    return exitCode.usage;
  }
  const { tier: only } = options;
  if (only !== undefined && !app.settings.links.some((link) => link.tier === only)) {
    const tiers = [...new Set(app.settings.links.map((link) => link.tier))].join(", ");
    terminal.err.write(`No link of the chain is of the tier ${only}. There are: ${tiers}.\n`);
    return exitCode.usage;
  }
  let request: ChatRequest;
  try {
    request = requestOf(text, options);
  } catch (error) {
    if (!(error instanceof AttachmentError)) throw error;
    terminal.err.write(`${error.message}\n`);
    return exitCode.usage;
  }
  const run = app.run(request, terminal.signal, (link) => only === undefined || link.tier === only);
  const finished = await print(run, options, terminal);
  const { receipt, failure } = finished;
  if (failure?.code === "cancelled") return exitCode.interrupted;
  if (failure) return exitCode.unanswered;
  const degraded = tier.options.indexOf(receipt.tier) > tier.options.indexOf(receipt.requested_tier);
  return options.strict && degraded ? exitCode.degraded : exitCode.answered;
}

/** How long an open pipe may stay silent beside a question in the arguments before it counts as empty, milliseconds. */
const silentPipeMs = 1_000;

/** The words of the arguments and of standard input; null when the person stopped the wait for it. */
async function questionOf(words: string[], { in: input, signal }: Terminal): Promise<string | null> {
  const asked = words.join(" ").trim();
  const piped = input.isTTY ? "" : await pipedText(input, signal, asked === "" ? null : silentPipeMs);
  return piped === null ? null : [asked, piped.trim()].filter(Boolean).join("\n\n");
}

/**
 * The whole of a piped standard input. With a limit it counts as empty when nothing comes within it: programs often start others
 * with a pipe that they never write to and never close.
 */
async function pipedText(
  input: NodeJS.ReadStream,
  signal: AbortSignal,
  limitMs: number | null,
): Promise<string | null> {
  const decoder = new TextDecoder();
  let whole = "";
  return new Promise((resolve, reject) => {
    const end = (result: string | null) => {
      clearTimeout(limit);
      input.pause();
      resolve(result);
    };
    const limit = limitMs === null ? undefined : setTimeout(() => end(""), limitMs);
    signal.addEventListener("abort", () => end(null), { once: true });
    input.on("data", (chunk: Buffer) => {
      clearTimeout(limit);
      whole += decoder.decode(chunk, { stream: true });
    });
    input.once("end", () => end(whole));
    input.once("error", reject);
  });
}

/** Throws an AttachmentError for a file that can't be asked about. */
function requestOf(text: string, options: AskOptions): ChatRequest {
  const { localOnly, link, system, maxTokens, file = [] } = options;
  const files = attachments(file);
  const words = text === "" ? [] : [{ type: "text" as const, text }];
  // A question of words alone stays one text: what the cache knows it by.
  const parts = [...words, ...files];
  const question = files.every(({ type }) => type === "text") ? joined(parts) : parts;
  return {
    messages: [
      ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
      { role: "user", content: question },
    ],
    ...(localOnly && { local_only: true }),
    ...(link !== undefined && { preferred: link }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  };
}

const joined = (parts: readonly ContentPart[]): string =>
  parts.map((part) => (part.type === "text" ? part.text : "")).join("\n\n");

/** Writes the events as they come, or with `json` the receipt and the answer at the end. */
async function print(
  events: AsyncIterable<ChainEvent>,
  { json }: AskOptions,
  terminal: Terminal,
): Promise<Finished> {
  for await (const event of events) {
    if (event.type === "finished") {
      if (json) terminal.out.write(`${JSON.stringify(asJson(event), null, 2)}\n`);
      else printEnd(event, terminal);
      return event;
    }
    if (json) continue;
    if (event.type === "delta" && event.text) terminal.out.write(event.text);
    if (event.type === "retracted") {
      const why = event.kind === "bad_output" ? "did not meet the requirements" : "broke off here";
      terminal.out.write(`\n\n--- ${event.link} ${why}. The answer starts again: ---\n\n`);
    }
  }
  throw new Error("The chain ended without saying how.");
}

/** The receipt, and beside its keys the answer, and the failure where there is one. */
function asJson({ receipt, answer, failure }: Finished): object {
  return { answer: answer.text, ...receipt, ...(failure && { failure }) };
}

function printEnd({ receipt, answer, failure }: Finished, terminal: Terminal): void {
  if (answer.text !== "") terminal.out.write("\n");
  const notices = receipt.notices.filter(({ code }) => code !== "offline");
  const lines = failure
    ? [...whyUnanswered(failure, receipt), ...notices.map(({ text }) => `• ${text}`)]
    : notices.map((notice) => noticeLines(notice, terminal));
  terminal.err.write(`\n${[badge(receipt, terminal), ...lines].join("\n")}\n`);
}

function whyUnanswered({ code, message }: ChainFailure, { attempts }: Receipt): string[] {
  if (code === "cancelled") return [];
  return [message, ...attempts.map(({ link, kind, message: said }) => `  ${link}: ${said ?? kind}`)];
}
