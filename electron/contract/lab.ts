import { z } from "zod";
import { message } from "./message.ts";
import { usage } from "./receipt.ts";
import { requirementSpec } from "./requirement.ts";
import { failureKind, linkTier } from "./words.ts";

/** A prompt of a lab run, as it is asked. */
export const labPrompt = z.object({
  id: z.string(),
  messages: z.array(message).min(1),
  requirements: z.array(requirementSpec),
  /** Only links on this machine are asked, and judge. */
  local_only: z.boolean(),
  /** The conversation that it was taken from. */
  conversation_id: z.string().nullable(),
});
export type LabPrompt = z.infer<typeof labPrompt>;

/** One link's answer to one prompt, measured. Times are milliseconds. */
export const labAnswer = z.object({
  prompt_id: z.string(),
  link: z.string(),
  /** Null when the link could not answer; then `kind` and `message` say why. */
  text: z.string().nullable(),
  model: z.string(),
  tier: linkTier,
  kind: failureKind.nullable(),
  message: z.string().nullable(),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number(),
  usage: usage.nullable(),
  cost_usd: z.number().nullable(),
  passed: z.array(z.string()),
  failed: z.array(z.object({ name: z.string(), why: z.string() })),
  unchecked: z.array(z.string()),
});
export type LabAnswer = z.infer<typeof labAnswer>;

/** Which answer to a prompt is best, by the person or by the judge link; a null link means that none is better. */
export const labPick = z.object({
  prompt_id: z.string(),
  by: z.enum(["person", "judge"]),
  link: z.string().nullable(),
});
export type LabPick = z.infer<typeof labPick>;

/** A lab run. `done` of `total` answers are there. */
export const labRun = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.iso.datetime(),
  /** In the order of the chain when it began; the first is the reference. */
  links: z.array(z.string()),
  judge: z.string().nullable(),
  prompts: z.int().nonnegative(),
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** `unfinished`: stopped, or its process ended; it can be resumed. */
  state: z.enum(["running", "unfinished", "complete"]),
});
export type LabRun = z.infer<typeof labRun>;

/** How one link did. Shares are 0 to 1, null where nothing was measured. */
export const labResult = z.object({
  link: z.string(),
  model: z.string().nullable(),
  tier: linkTier.nullable(),
  answered: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  /** Answers that passed every requirement, of those that had any; a link that could not answer did not pass. */
  pass_rate: z.number().nullable(),
  /** Prompts for which its answer was picked as the best. */
  wins: z.int().nonnegative(),
  judge_wins: z.int().nonnegative(),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number().nullable(),
  tokens_per_s: z.number().nullable(),
  cost_usd: z.number().nullable(),
  /** The mean share of words that its answers have in common with those of the reference link. */
  agreement: z.number().nullable(),
});
export type LabResult = z.infer<typeof labResult>;

/** All of a run. */
export const labReport = z.object({
  run: labRun,
  results: z.array(labResult),
  /** Prompts that the person has voted on, and those of which no answer is better. */
  votes: z.int().nonnegative(),
  ties: z.int().nonnegative(),
  prompts: z.array(labPrompt),
  answers: z.array(labAnswer),
  picks: z.array(labPick),
});
export type LabReport = z.infer<typeof labReport>;

/** Answers to one prompt without the links' names, in an order that says nothing; `slot` is voted for. */
export const labBallot = z.object({
  prompt_id: z.string(),
  question: z.string(),
  answers: z.array(z.object({ slot: z.int().nonnegative(), text: z.string() })),
  /** Prompts that wait for a vote, this one included. */
  left: z.int().positive(),
});
export type LabBallot = z.infer<typeof labBallot>;

/** What begins a run: typed prompts, the questions of conversations, or both. */
export const labStart = z.object({
  name: z.string().trim().max(200).optional(),
  prompts: z
    .array(
      z.object({
        messages: z.array(message).min(1),
        requirements: z.array(requirementSpec).optional(),
        local_only: z.boolean().optional(),
      }),
    )
    .max(2_000)
    .optional(),
  conversations: z.array(z.string()).max(500).optional(),
  /** Ids of links; all of the chain unless given. */
  links: z.array(z.string()).min(1).optional(),
  /** The id of the link that picks the best answers. */
  judge: z.string().optional(),
  /** What every prompt's answers are measured by, besides its own. */
  requirements: z.array(requirementSpec).optional(),
});
export type LabStart = z.infer<typeof labStart>;
