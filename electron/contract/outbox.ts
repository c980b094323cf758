import { z } from "zod";
import { notice } from "./receipt.ts";
import { linkTier, tier } from "./words.ts";

/**
 * A question that waits for a better tier, or whose better answer is ready (`answered`) beside the one that the person has.
 * Times are ISO 8601.
 */
export const outboxItem = z.object({
  id: z.string(),
  conversation_id: z.string(),
  question_id: z.string(),
  question: z.string(),
  /** The tier that the question was for, and the one that answered it so far; null when none did. */
  wanted: linkTier,
  answered: tier.exclude(["offline"]).nullable(),
  local_only: z.boolean(),
  state: z.enum(["waiting", "asking", "answered", "dropped"]),
  attempts: z.int().nonnegative(),
  next_at: z.iso.datetime(),
  created_at: z.iso.datetime(),
  /** The better answer, a variant beside the old one; null until it is ready. */
  answer_id: z.string().nullable(),
  dropped_because: z.enum(["full", "refused"]).nullable(),
  detail: z.string().nullable(),
  /** The state in words. */
  notice,
});
export type OutboxItem = z.infer<typeof outboxItem>;
