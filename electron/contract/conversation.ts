import { z } from "zod";
import { receipt } from "./receipt.ts";

/** A conversation as the side list shows it. Times are ISO 8601. */
export const conversation = z.object({
  id: z.string(),
  title: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  /** Nothing of it leaves this machine: no cloud link, no cache, no cloud link of the outbox. */
  local_only: z.boolean(),
});
export type Conversation = z.infer<typeof conversation>;

/**
 * How an assistant message stands: `streaming` while it is made, `complete`, `stopped` by the person,
 * `interrupted` when the app ended in the middle of it, `failed` when nothing could answer.
 */
export const messageState = z.enum(["streaming", "complete", "stopped", "interrupted", "failed"]);
export type MessageState = z.infer<typeof messageState>;

/** A message as it is stored and shown. */
export const storedMessage = z.object({
  id: z.string(),
  conversation_id: z.string(),
  role: z.enum(["user", "assistant"]),
  text: z.string(),
  state: messageState,
  created_at: z.iso.datetime(),
  /** The user message that an assistant message answers; several answers of one question are its variants. */
  answers: z.string().nullable(),
  receipt: receipt.nullable(),
  /** Of a question: the answer that the person decided to keep in view; absent where it is the newest. */
  kept: z.string().optional(),
});
export type StoredMessage = z.infer<typeof storedMessage>;
