import type { Link } from "../chain/index.ts";
import type { ChainEvent, ChatRequest, Finished, Tier } from "../contract/index.ts";
import type { AnswerTier, Conversations, OutboxEntries, OutboxEntry } from "../store/index.ts";
import { isBetter, isImprovement, isRefusal } from "./outbox-policy.ts";

/** The chain as the outbox asks it: only over the links that `may` lets through. */
export interface OutboxChain {
  run(
    request: ChatRequest,
    signal: AbortSignal,
    may: (link: Pick<Link, "tier">) => boolean,
  ): AsyncIterable<ChainEvent>;
}

export interface AskParts {
  entries: OutboxEntries;
  conversations: Pick<Conversations, "message" | "get" | "history" | "beginAnswer" | "finish">;
  chain: OutboxChain;
  /** Whether the conversation is marked local-only now. */
  isLocalOnly(conversationId: string): boolean;
}

/** How it went: `kept` a better answer, `refused` for good, `broken_off` by the signal, or `failed` for now. */
export type AskEnd = "kept" | "refused" | "broken_off" | "failed";

/**
 * Asks the chain again for an entry that this process has claimed, and ends the claim. A better answer is stored as a variant
 * only when it is whole, together with the entry's end: killed before that, nothing has happened; after it, everything.
 * Throws a StoreError when the store fails; the claim may then still stand.
 */
export async function askAgain(parts: AskParts, entry: OutboxEntry, signal: AbortSignal): Promise<AskEnd> {
  const { entries } = parts;
  const finished = await ask(parts, entry, signal);
  if (finished && isImprovement(finished, entry)) {
    keep(parts, entry, finished);
    return "kept";
  }
  if (signal.aborted) {
    entries.release(entry.id);
    return "broken_off";
  }
  if (finished?.failure && isRefusal(finished.failure)) {
    entries.refuse(entry.id, finished.failure.message);
    return "refused";
  }
  entries.postpone(entry.id);
  return "failed";
}

/** How the chain ended; null when it turned to what would be no improvement, or must not be asked. */
async function ask(
  { chain, conversations, isLocalOnly }: AskParts,
  entry: OutboxEntry,
  signal: AbortSignal,
): Promise<Finished | null> {
  // Looked up each time: the person may mark the conversation while we ask.
  const localOnly = () => entry.local_only || isLocalOnly(entry.conversation_id);
  const may = ({ tier }: { tier: Tier }) =>
    isBetter(tier, entry.answered) && (tier === "local" || !localOnly());
  const messages = conversations.history(entry.conversation_id, entry.question_id);
  const plain: ChatRequest = { messages, conversation: entry.conversation_id };
  const request: ChatRequest = localOnly() ? { ...plain, local_only: true } : plain;
  for await (const event of chain.run(request, signal, may)) {
    if (event.type === "attempt_started" && (event.tier === "cache" || !may(event))) return null;
    if (event.type === "finished") return event;
  }
  return null;
}

function keep(
  { entries, conversations }: AskParts,
  { id, question_id }: OutboxEntry,
  { answer, receipt }: Finished,
): void {
  entries.settle(id, receipt.tier as AnswerTier, () => {
    const message = conversations.beginAnswer(question_id);
    conversations.finish(message.id, { text: answer.text, state: "complete", receipt });
    return message.id;
  });
}
