import { z } from "zod";
import { message, responseFormat, tool, toolCall, toolChoice } from "./message.ts";
import { attempt, notice, receipt, seam } from "./receipt.ts";
import { mirrorConfig, qualityConfig, requirementSpec } from "./requirement.ts";
import { failureKind, level, providerName, recovery, tier } from "./words.ts";

/** A request to the chain. Everything but `messages` is optional; limits are tokens, times milliseconds. */
export const chatRequest = z.object({
  messages: z.array(message).min(1),
  max_tokens: z.int().positive().optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  stop: z.array(z.string()).optional(),
  seed: z.int().optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  /** `false`: the model may call one tool at a time at most. */
  parallel_tool_calls: z.boolean().optional(),
  response_format: responseFormat.optional(),
  /** Log-probabilities are wanted of the answer's tokens, and of so many of the likeliest tokens in each place. */
  logprobs: z.int().min(0).max(20).optional(),
  /** The id of a link to try first. */
  preferred: z.string().optional(),
  /** The best level that this request may use. */
  level: level.optional(),
  /** Never leaves this machine, whatever else the request says. */
  local_only: z.boolean().optional(),
  recovery: recovery.optional(),
  deadline_ms: z.int().positive().optional(),
  /** Whether the emergency cache may answer this request, and learn from its answer. */
  cache: z.boolean().optional(),
  /** What the answer must pass, besides what the config asks of every answer. */
  requirements: z.array(requirementSpec).optional(),
  /** What follows when it fails them, above the config. */
  quality: qualityConfig.optional(),
  /** Asks several links at once, above the config. */
  mirror: mirrorConfig.optional(),
  /** Whether text is given only when it has passed its requirements: for those who can't be told to retract it. */
  hold: z.boolean().optional(),
  /** The id of the conversation that the question belongs to, where there is one. */
  conversation: z.string().optional(),
  /** What receipt, log and trace call this request; made up unless it is given. */
  request_id: z.string().optional(),
  /** The trace that this request is part of, as W3C's `traceparent` says it. */
  traceparent: z.string().optional(),
});
export type ChatRequest = z.infer<typeof chatRequest>;

export const finishReason = z.enum(["stop", "length", "tool_calls"]);
export type FinishReason = z.infer<typeof finishReason>;

/** A piece of a tool call as it streams: the first piece of an index carries id and name. */
export const toolCallDelta = z.object({
  index: z.int().nonnegative(),
  id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
});
export type ToolCallDelta = z.infer<typeof toolCallDelta>;

const tokenChance = z.object({
  token: z.string(),
  /** Natural logarithm of the probability; -9999 for one that is next to impossible. */
  logprob: z.number(),
  /** Its UTF-8; null where a token is only a part of a character. */
  bytes: z.array(z.int()).nullable(),
});
/** How likely a token of the answer was, in the shape of OpenAI's API. */
export const tokenLogprob = tokenChance.extend({ top_logprobs: z.array(tokenChance) });
export type TokenLogprob = z.infer<typeof tokenLogprob>;

/** Why a request ended without an answer. */
export const chainFailure = z.object({
  /** `all_links_failed`: nothing could answer; `stopped`: a failure that no other link can mend; `deadline`; `cancelled`. */
  code: z.enum(["all_links_failed", "stopped", "deadline", "cancelled"]),
  kind: failureKind.nullable(),
  status: z.int().nullable(),
  message: z.string(),
  retry_after_ms: z.number().nullable(),
});
export type ChainFailure = z.infer<typeof chainFailure>;

export const answer = z.object({
  text: z.string(),
  tool_calls: z.array(toolCall),
  finish_reason: finishReason.nullable(),
  /** Where they were asked for, and the link that answered can tell them. */
  logprobs: z.array(tokenLogprob).optional(),
});
export type Answer = z.infer<typeof answer>;

/** What the chain tells while it works. Exactly one `finished` ends every run. */
export const chainEvent = z.discriminatedUnion("type", [
  /** A link begins to try, or (tier `cache`) an earlier answer of that link is about to be given again. */
  z.object({
    type: z.literal("attempt_started"),
    link: z.string(),
    provider: providerName,
    model: z.string(),
    tier: tier.exclude(["offline"]),
    level,
  }),
  z.object({
    type: z.literal("delta"),
    text: z.string().optional(),
    reasoning: z.string().optional(),
    tool_call: toolCallDelta.optional(),
    logprobs: z.array(tokenLogprob).optional(),
  }),
  z.object({ type: z.literal("attempt_failed"), attempt }),
  /** All deltas so far are void: the answer starts again from the next link. */
  z.object({ type: z.literal("retracted"), link: z.string(), kind: failureKind }),
  z.object({ type: z.literal("seam"), seam }),
  z.object({ type: z.literal("notice"), notice }),
  z.object({
    type: z.literal("finished"),
    receipt,
    answer,
    /** Null when a link or the cache answered. */
    failure: chainFailure.nullable(),
  }),
]);
export type ChainEvent = z.infer<typeof chainEvent>;
export type AttemptStarted = Extract<ChainEvent, { type: "attempt_started" }>;
export type Finished = Extract<ChainEvent, { type: "finished" }>;
