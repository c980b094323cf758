import type {
  Attempt,
  BudgetStatus,
  ChainFailure,
  FailureKind,
  FinishReason,
  Notice,
  NoticeCode,
  OutboxItem,
  Receipt,
} from "../contract/index.ts";
import type { Locale, Values } from "./locale.ts";
import { rows } from "./rows.ts";

/** What a receipt does not say of itself. */
export interface NoticeContext {
  locale: Locale;
  /** Milliseconds since the epoch. */
  now: number;
  /** Whether a link runs the bundled starter model. */
  isStarter(link: string): boolean;
  /** Until when a link is left alone, milliseconds since the epoch; null when it is not, or nobody knows. */
  restsUntil(link: string): number | null;
  /** How this month's budget stands. */
  budget: Pick<BudgetStatus, "warning" | "reached" | "cap_usd" | "spent_usd">;
  /** Whether a link's model was set aside, because the engine crashed with it again and again. Default: none is. */
  isSetAside?(link: string): boolean;
  /** Whether a GPU was asked for and the engine runs on the CPU. */
  gpuUnavailable?: boolean;
  finishReason?: FinishReason | null;
  failure?: ChainFailure;
  /** What the answer fails of its requirements; requirements that could not be checked; what other links say against it. */
  unmet?: string;
  unchecked?: readonly string[];
  disagreement?: { alone: boolean; others: string };
  /** The drill that runs now, and whether the answer is its own; null while none does. */
  drill?: { name: string; isOwn: boolean } | null;
}

/** An answer whose first word took longer than this, from the first attempt on, was slow. Milliseconds. */
const slowMs = 15_000;

/** What the person is told of an answer: derived from its receipt, and from the failure when there is no answer. */
export function noticesOf(receipt: Receipt, context: NoticeContext): Notice[] {
  const { locale, failure } = context;
  const failed =
    receipt.attempts.find(({ outcome }) => outcome === "failed") ??
    receipt.attempts.find(({ outcome }) => outcome === "skipped") ??
    null;
  const told = [...codesOf(receipt, context), ...(context.drill ? [{ code: "drill" } as Told] : [])];
  return told.map(({ code, about }) => {
    const reason = about ? saidBy(about, locale) : whyNotTheFirst(failed, failure, locale);
    return noticeOf(code, valuesOf(receipt, about ?? failed, context), {
      locale,
      reason: rows[code].selfExplaining ? null : reason,
      link: (about ?? failed)?.link ?? null,
    });
  });
}

/** How the outbox stands with a question. */
export function outboxNotice(entry: Pick<OutboxItem, "state" | "answered">, locale: Locale): Notice {
  const codes = {
    waiting: "queued",
    asking: "asking_again",
    answered: "better_answer",
    dropped: "outbox_gave_up",
  } as const;
  const values = { answered: entry.answered ?? "none" };
  return noticeOf(codes[entry.state], values, { locale, reason: null, link: null });
}

function noticeOf(
  code: NoticeCode,
  values: Values,
  { locale, reason, link }: { locale: Locale; reason: string | null; link: string | null },
): Notice {
  const { severity, target } = rows[code];
  const { text, action: label } = locale.notice(code, values);
  const action =
    target === undefined || label === null
      ? null
      : { label, target, ...(target === "settings" && link !== null ? { link } : {}) };
  return { code, severity, text, reason, action };
}

interface Told {
  code: NoticeCode;
  /** The attempt that the notice is about, where it is not the first failure. */
  about?: Attempt;
}

/** Failures that a person can mend, and the notice that says so. */
const mendable: Partial<Record<FailureKind, NoticeCode>> = {
  auth: "key_rejected",
  not_found: "model_missing",
  quota_exhausted: "quota_exhausted",
};

function codesOf(receipt: Receipt, context: NoticeContext): Told[] {
  const { failure, finishReason, isStarter, budget } = context;
  const told: Told[] = [];
  if (failure) {
    const code =
      failure.code === "cancelled" ? "stopped" : failure.code === "stopped" ? "request_refused" : "offline";
    const last = receipt.attempts.at(-1);
    told.push(code === "request_refused" && last ? { code, about: last } : { code });
    if (receipt.cache?.similar) told.push({ code: "similar_answer" });
  } else {
    // A backup that was asked for by its name is none, but one that stands in for it is.
    const standsIn = receipt.requested_tier !== "backup" || receipt.reason !== null;
    if (receipt.tier === "backup" && standsIn) told.push({ code: "backup_used" });
    if (receipt.tier === "local") {
      const starter = receipt.link !== null && isStarter(receipt.link);
      told.push({ code: starter ? "starter_model" : "local_used" });
    }
    if (receipt.provider === "llama" && context.gpuUnavailable) told.push({ code: "gpu_unavailable" });
    if (receipt.tier === "cache") told.push({ code: "cached_answer" });
    if (receipt.cache?.time_bound) told.push({ code: "cached_time_bound" });
    if (lostFeatures(receipt)) told.push({ code: "feature_dropped" });
    if (receipt.dropped.includes("history")) told.push({ code: "history_trimmed" });
    if (finishReason === "length") told.push({ code: "shorter_answer" });
    if (firstWordMs(receipt) > slowMs) told.push({ code: "slow" });
    told.push(...qualityCodes(receipt, context));
    const broken = receipt.attempts.find(
      (a) => a.outcome === "failed" && a.first_token_ms !== null && a.kind !== "bad_output",
    );
    const restarted = receipt.seams.length > 0 ? "answer_continued" : "interrupted_restarted";
    if (broken) told.push({ code: restarted, about: broken });
  }
  if (failure?.code !== "stopped") told.push(...mendables(receipt.attempts, context));
  if (budget.reached) {
    const passedOver = ({ code, about }: Told) => code === "quota_exhausted" && about?.outcome === "skipped";
    const others = told.filter((one) => !passedOver(one));
    return others.length < told.length ? [...others, { code: "budget_reached" }] : others;
  }
  if (budget.warning && (receipt.cost_usd ?? 0) > 0) told.push({ code: "budget_warning" });
  return told;
}

/**
 * Whether the level, the link or both did without features. Below `full` the length is limited, at `minimal` nothing is
 * streamed, and the receipt says both; the features that `reduced` keeps were lost by the link.
 */
function lostBy({ dropped }: Receipt): "level" | "link" | "both" {
  if (!dropped.includes("length")) return "link";
  const isKept = (feature: string) => feature === "json_schema" || feature === "logprobs";
  if (dropped.includes("streaming") || !dropped.some(isKept)) return "level";
  return dropped.includes("tools") || dropped.includes("vision") ? "both" : "link";
}

/** Features, and not history or length, which have notices of their own. */
const lostFeatures = ({ dropped }: Receipt) =>
  dropped.some(
    (feature) =>
      feature === "vision" || feature === "tools" || feature === "json_schema" || feature === "logprobs",
  );

/** From the start of the first attempt to the answer's first word; 0 where no link answered. Milliseconds. */
function firstWordMs({ attempts }: Receipt): number {
  const answered = attempts.find(({ outcome }) => outcome === "answered");
  const [first] = attempts;
  if (!answered || !first) return 0;
  return Date.parse(answered.started_at) - Date.parse(first.started_at) + (answered.first_token_ms ?? 0);
}

/** What is to be said of the requirements, and of links that answered side by side. */
function qualityCodes(receipt: Receipt, { unmet, unchecked = [], disagreement }: NoticeContext): Told[] {
  const told: Told[] = [];
  const rejected = receipt.attempts.findLast(
    ({ outcome, kind, link }) => outcome === "failed" && kind === "bad_output" && link !== receipt.link,
  );
  if (unmet) told.push({ code: "requirements_unmet" });
  else if (rejected && receipt.tier !== "cache") told.push({ code: "escalated", about: rejected });
  if (unchecked.length > 0) told.push({ code: "requirements_unchecked" });
  if (disagreement) told.push({ code: "answers_differ" });
  return told;
}

function mendables(attempts: readonly Attempt[], { isSetAside }: NoticeContext): Told[] {
  const told: Told[] = [];
  for (const about of attempts) {
    const code =
      about.provider === "llama" && about.kind !== null && isSetAside?.(about.link)
        ? "model_set_aside"
        : about.kind === "out_of_memory" && about.tier === "local"
          ? "model_too_large"
          : about.kind === "not_found" && about.provider === "ollama" && about.tier === "local"
            ? "model_to_pull"
            : about.kind && mendable[about.kind];
    if (code && !told.some((one) => one.code === code && one.about?.link === about.link))
      told.push({ code, about });
  }
  return told;
}

function valuesOf(receipt: Receipt, about: Attempt | null, context: NoticeContext): Values {
  const { locale, budget, now } = context;
  const until = about && context.restsUntil(about.link);
  return {
    link: receipt.link ?? "",
    failed: about?.link ?? "",
    missing: about?.model ?? "",
    dropped: locale.features(receipt.dropped),
    lostBy: lostBy(receipt),
    wait: locale.span(firstWordMs(receipt) / 1000),
    until: until === null ? "unknown" : locale.moment(until, now),
    spent: locale.usd(budget.spent_usd),
    cap: locale.usd(budget.cap_usd ?? 0, { whole: true }),
    age: locale.span(receipt.age_s ?? receipt.cache?.similar?.age_s ?? 0),
    question: receipt.original_question ?? receipt.cache?.similar?.question ?? "",
    unmet: context.unmet ?? "",
    unchecked: (context.unchecked ?? []).join(", "),
    alone: String(context.disagreement?.alone ?? false),
    others: context.disagreement?.others ?? "",
    drill: context.drill?.name ?? "",
    own: String(context.drill?.isOwn ?? false),
  };
}

/** Why it was not the first link that answered. */
function whyNotTheFirst(
  failed: Attempt | null,
  failure: ChainFailure | undefined,
  locale: Locale,
): string | null {
  const said = failed && saidBy(failed, locale);
  return said ? locale.didNotAnswer(failed.link, said) : (failure?.message ?? null);
}

const saidBy = ({ kind, message }: Attempt, locale: Locale): string | null =>
  message ?? (kind && locale.kind(kind));
