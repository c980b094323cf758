import type {
  Attempt,
  BudgetStatus,
  ChainFailure,
  FailureKind,
  FinishReason,
  Notice,
  NoticeCode,
  Receipt,
} from "../contract/index.ts";
import { type Facts, features, notices, reasons } from "./words.ts";

/** What a receipt does not say of itself. */
export interface NoticeContext {
  /** Whether a link runs the bundled starter model. */
  isStarter(link: string): boolean;
  /** How this month's budget stands. */
  budget: Pick<BudgetStatus, "warning" | "reached" | "cap_usd" | "spent_usd">;
  finishReason?: FinishReason | null;
  failure?: ChainFailure;
}

/** What the person is told of an answer: derived from its receipt, and from the failure when there is no answer. */
export function noticesOf(receipt: Receipt, context: NoticeContext): Notice[] {
  const failed = receipt.attempts.find((attempt) => attempt.outcome === "failed") ?? null;
  return codesOf(receipt, context).map(({ code, about }) => {
    const { severity, text, action } = notices[code];
    const facts = factsOf(receipt, about ?? failed, context);
    return {
      code,
      severity,
      text: text(facts),
      reason: about ? saidBy(about) : reasonOf(code, failed, context.failure),
      action: action?.(facts) ?? null,
    };
  });
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

function codesOf(receipt: Receipt, { failure, finishReason, isStarter, budget }: NoticeContext): Told[] {
  const told: Told[] = [];
  if (failure) {
    const code =
      failure.code === "cancelled" ? "stopped" : failure.code === "stopped" ? "request_refused" : "offline";
    const last = receipt.attempts.at(-1);
    told.push(code === "request_refused" && last ? { code, about: last } : { code });
  } else {
    if (receipt.tier === "backup" && receipt.requested_tier !== "backup") told.push({ code: "backup_used" });
    if (receipt.tier === "local") {
      const starter = receipt.link !== null && isStarter(receipt.link);
      told.push({ code: starter ? "starter_model" : "local_used" });
    }
    if (receipt.tier === "cache") told.push({ code: "cached_answer" });
    if (receipt.dropped.some((feature) => feature in features)) told.push({ code: "feature_dropped" });
    if (receipt.dropped.includes("history")) told.push({ code: "history_trimmed" });
    if (finishReason === "length") told.push({ code: "shorter_answer" });
    const broken = receipt.attempts.find((a) => a.outcome === "failed" && a.first_token_ms !== null);
    const restarted = receipt.seams.length > 0 ? "answer_continued" : "interrupted_restarted";
    if (broken) told.push({ code: restarted, about: broken });
  }
  if (failure?.code !== "stopped") told.push(...mendables(receipt.attempts));
  if (budget.reached) {
    const passedOver = ({ code, about }: Told) => code === "quota_exhausted" && about?.outcome === "skipped";
    const others = told.filter((one) => !passedOver(one));
    return others.length < told.length ? [...others, { code: "budget_reached" }] : others;
  }
  if (budget.warning && (receipt.cost_usd ?? 0) > 0) told.push({ code: "budget_warning" });
  return told;
}

function mendables(attempts: readonly Attempt[]): Told[] {
  const told: Told[] = [];
  for (const about of attempts) {
    const code = about.kind === null ? undefined : mendable[about.kind];
    if (code) told.push({ code, about });
  }
  return told;
}

function factsOf(receipt: Receipt, about: Attempt | null, { budget }: NoticeContext): Facts {
  return {
    link: receipt.link,
    model: receipt.model,
    failed: about?.link ?? null,
    said: about?.message ?? null,
    dropped: receipt.dropped.flatMap((feature) => features[feature] ?? []).join(", "),
    spent: `$${budget.spent_usd.toFixed(2)}`,
    cap: `$${budget.cap_usd ?? 0}`,
    age: inWords(receipt.age_s ?? 0),
    originalQuestion: receipt.original_question ?? "",
  };
}

/** Notices that need no reason beside their sentence. */
const selfExplaining: ReadonlySet<NoticeCode> = new Set([
  "stopped",
  "shorter_answer",
  "feature_dropped",
  "history_trimmed",
  "budget_warning",
  "budget_reached",
]);

/** Why it was not the first link that answered. */
function reasonOf(
  code: NoticeCode,
  failed: Attempt | null,
  failure: ChainFailure | undefined,
): string | null {
  if (selfExplaining.has(code)) return null;
  const said = failed && saidBy(failed);
  return said ? `${failed.link} did not answer: ${said}` : (failure?.message ?? null);
}

const saidBy = ({ kind, message }: Attempt): string | null => message ?? (kind && reasons[kind]);

/** An age in the largest unit that fits: "3 days", "1 hour". */
function inWords(seconds: number): string {
  const units = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
  ] as const;
  const [size, unit] = units.find(([unitSeconds]) => seconds >= unitSeconds) ?? [1, "second"];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
