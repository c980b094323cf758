import { createHash } from "node:crypto";
import {
  type Answer,
  type ChatRequest,
  type Message,
  providerName,
  type Receipt,
  textOf,
} from "../contract/index.ts";
import type { EntryKey } from "./entry.ts";
import { normaliseQuestion } from "./normalise.ts";

/** What an entry is found by, and the words that were typed. */
export interface CacheKey extends EntryKey {
  /** The question as it was asked. */
  originalQuestion: string;
}

/**
 * The key of a request, or null when the cache must neither answer it nor learn from it: it is local-only or opted
 * out; it wants tools or a form that a text from the cache can't honour; it shows images, which the key does not hold;
 * or it does not end in a question.
 */
export function keyOf(request: ChatRequest): CacheKey | null {
  const { messages, tools, response_format, stop } = request;
  const question = messages.at(-1);
  const barred =
    request.local_only === true ||
    request.cache === false ||
    (tools !== undefined && tools.length > 0) ||
    (response_format !== undefined && response_format.type !== "text") ||
    messages.some((message) => hasImage(message) || message.role === "tool");
  if (barred || question?.role !== "user") return null;

  const originalQuestion = textOf(question);
  const normalised = normaliseQuestion(originalQuestion);
  if (normalised === "") return null;
  const before = messages.slice(0, -1).map((message) => [message.role, textOf(message)]);
  const fingerprint = createHash("sha256")
    .update(JSON.stringify({ before, stop: stop ?? [] }))
    .digest("hex");
  return { fingerprint, question: normalised, originalQuestion };
}

/** What a link may leave out of a request without answering something else. */
const sampling: ReadonlySet<string> = new Set(["temperature", "top_p", "seed"]);

/** Whether an answer may be served again: a whole text from a cloud link, for which nothing of the request was dropped. */
export function isWorthKeeping({ text, tool_calls, finish_reason }: Answer, receipt: Receipt): boolean {
  return (
    (receipt.tier === "cloud" || receipt.tier === "backup") &&
    receipt.link !== null &&
    providerName.safeParse(receipt.provider).success &&
    receipt.model !== null &&
    receipt.dropped.every((what) => sampling.has(what)) &&
    finish_reason === "stop" &&
    tool_calls.length === 0 &&
    text.trim() !== ""
  );
}

function hasImage({ content }: Message): boolean {
  return typeof content !== "string" && content.some(({ type }) => type === "image");
}
