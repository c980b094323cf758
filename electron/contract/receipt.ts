import { z } from "zod";
import { cacheUse } from "./cache.ts";
import { failureKind, level, linkTier, providerName, tier } from "./words.ts";

/** Tokens as the provider counted them. */
export const usage = z.object({ input_tokens: z.int().nonnegative(), output_tokens: z.int().nonnegative() });
export type Usage = z.infer<typeof usage>;

/** One try of one link. Times are milliseconds; `started_at` is ISO 8601; null where the attempt did not get so far. */
export const attempt = z.object({
  link: z.string(),
  provider: providerName,
  model: z.string(),
  tier: linkTier,
  outcome: z.enum(["answered", "failed", "skipped", "cancelled"]),
  kind: failureKind.nullable(),
  message: z.string().nullable(),
  status: z.int().nullable(),
  request_id: z.string().nullable(),
  started_at: z.iso.datetime(),
  connect_ms: z.number().nullable(),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number(),
  usage: usage.nullable(),
  cost_usd: z.number().nullable(),
});
export type Attempt = z.infer<typeof attempt>;

/** The offset in the answer, in UTF-16 code units, where `link` took over. */
export const seam = z.object({ offset: z.int().nonnegative(), link: z.string() });
export type Seam = z.infer<typeof seam>;

export const noticeCode = z.enum([
  "backup_used",
  "local_used",
  "starter_model",
  "cached_answer",
  "cached_time_bound",
  "similar_answer",
  "shorter_answer",
  "feature_dropped",
  "slow",
  "key_rejected",
  "model_missing",
  "model_to_pull",
  "model_too_large",
  "model_set_aside",
  "gpu_unavailable",
  "quota_exhausted",
  "budget_warning",
  "budget_reached",
  "history_trimmed",
  "answer_continued",
  "interrupted_restarted",
  "escalated",
  "requirements_unmet",
  "requirements_unchecked",
  "answers_differ",
  "offline",
  "queued",
  "asking_again",
  "better_answer",
  "outbox_gave_up",
  "stopped",
  "request_refused",
  "drill",
]);
export type NoticeCode = z.infer<typeof noticeCode>;

/** What a notice offers the person to do; the page knows how to do each. */
export const noticeAction = z.object({
  label: z.string(),
  target: z.enum(["settings", "models", "retry"]),
  link: z.string().optional(),
});
export type NoticeAction = z.infer<typeof noticeAction>;

/** What the person is told. `text` is the message, `reason` the cause in plain words. Derived from a receipt only. */
export const notice = z.object({
  code: noticeCode,
  severity: z.enum(["info", "warning", "error"]),
  text: z.string(),
  reason: z.string().nullable(),
  action: noticeAction.nullable(),
});
export type Notice = z.infer<typeof notice>;

/** What is stored with every answer: who answered, why not a better tier, what was tried, what is lost by it. */
export const receipt = z.object({
  /** What log lines and traces call this request; absent in receipts of before they did. */
  request_id: z.string().optional(),
  requested_tier: tier,
  tier,
  link: z.string().nullable(),
  provider: providerName.nullable(),
  model: z.string().nullable(),
  level,
  /** Why the requested tier did not answer: the kind of its last failure; null when it did. */
  reason: failureKind.nullable(),
  attempts: z.array(attempt),
  seams: z.array(seam),
  notices: z.array(notice),
  /** Features of the request that the answering link could not honour, such as `vision` or `tools`. */
  dropped: z.array(z.string()),
  usage: usage.nullable(),
  cost_usd: z.number().nullable(),
  /** Cosine of the cached question to this one (-1 to 1); null unless the tier is `cache`. */
  similarity: z.number().nullable(),
  /** Age of a cached answer in seconds. */
  age_s: z.number().nullable(),
  original_question: z.string().nullable(),
  /** What the cache did; absent unless it had an answer, or a similar one. */
  cache: cacheUse.optional(),
});
export type Receipt = z.infer<typeof receipt>;
