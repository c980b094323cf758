import type { Attempt, NoticeCode, Receipt } from "../../electron/contract/index.ts";
import { usedTokens } from "../fixtures/unruly/index.ts";
import { type AnyFault, prices } from "./chain-config.ts";
import type { Expected, Owed } from "./expected.ts";
import type { Place } from "./positions.ts";
import type { Seen } from "./seen.ts";
import type { Arrival } from "./server.ts";

const tiers: Record<string, Receipt["tier"]> = {
  alpha: "cloud",
  beta: "backup",
  gamma: "backup",
  engine: "local",
  local: "local",
};

/** What a receipt is held against. */
export interface Facts {
  fault: AnyFault;
  places: readonly Place[];
  expected: Expected;
  /** What the servers were asked for this request. */
  arrivals: readonly Arrival[];
}

/** Every untruth in a receipt. A stream that departed was stopped by the gateway: the link that spoke then was cut off, and the rest unasked. */
export function* untruths(
  receipt: Receipt,
  seen: Seen,
  facts: Facts,
  hasDeparted: boolean,
): Generator<string> {
  const { places, expected, fault } = facts;
  const [first] = places;
  const answered = receipt.attempts.filter(({ outcome }) => outcome === "answered");
  if (receipt.requested_tier !== tiers[first?.link ?? ""]) yield `requested tier ${receipt.requested_tier}`;
  if (seen.told === "whole") {
    if (receipt.tier !== tiers[receipt.link ?? ""]) yield `${receipt.link} given as tier ${receipt.tier}`;
    if (answered.length !== 1 || answered[0]?.link !== receipt.link)
      yield `answered attempts: ${answered.map(({ link }) => link).join(", ") || "none"}; link ${receipt.link}`;
    if (!expected.byChance && receipt.link !== expected.answers)
      yield `answered by ${receipt.link} instead of ${expected.answers}`;
  } else if (answered.length > 0 || receipt.link !== null || receipt.tier !== "offline") {
    yield "a failure's receipt that names an answer";
  }
  const reason = seen.told === "whole" && receipt.link === first?.link ? null : firstFailure(receipt);
  if (receipt.reason !== reason) yield `reason ${receipt.reason} instead of ${reason}`;
  yield* untrueCosts(receipt);
  for (const attempt of receipt.attempts) yield* untrueAttempt(attempt, facts);
  if (hasDeparted) {
    const last = receipt.attempts.at(-1)?.outcome;
    if (last !== "cancelled" && last !== "answered") yield `a departed stream whose last attempt ${last}`;
    return;
  }
  for (const owed of expected.owed) yield* untrueAttempts(owed, receipt, expected);
  for (const code of owedNotices(receipt, seen, fault, expected)) {
    if (!receipt.notices.some((notice) => notice.code === code)) yield `no notice ${code}`;
  }
}

/** Why the first link did not answer. One that a hedge overtook was late. */
function firstFailure({ attempts }: Receipt): string | null {
  const failed = attempts.find(({ kind, outcome }) => kind !== null && outcome !== "cancelled");
  const isOvertaken = attempts[0]?.outcome === "cancelled" && attempts.at(-1)?.outcome === "answered";
  return failed?.kind ?? (isOvertaken ? "timeout_first_token" : null);
}

function* untrueCosts({ attempts, cost_usd }: Receipt): Generator<string> {
  let sum = 0;
  for (const { link, outcome, usage, cost_usd: cost } of attempts) {
    const price = prices[link as keyof typeof prices];
    if (outcome !== "answered" || price === undefined) {
      sum += cost ?? 0;
      continue;
    }
    if (usage?.input_tokens !== usedTokens.input || usage.output_tokens !== usedTokens.output)
      yield `${link} used ${JSON.stringify(usage)}`;
    const due = (usedTokens.input * price.input + usedTokens.output * price.output) / 1e6;
    if (Math.abs((cost ?? 0) - due) > 1e-12) yield `${link} cost ${cost} instead of ${due}`;
    sum += due;
  }
  if (Math.abs((cost_usd ?? 0) - sum) > 1e-12) yield `cost ${cost_usd} instead of ${sum}`;
}

function* untrueAttempt(attempt: Attempt, { fault, places, arrivals }: Facts): Generator<string> {
  const { link, tier, outcome, status, request_id, kind } = attempt;
  const role = places.find((place) => place.link === link)?.role;
  if (role === undefined) return yield `an attempt of ${link}, which is not in the chain`;
  if (tier !== tiers[link]) yield `an attempt of ${link} as tier ${tier}`;
  if (request_id !== null && !arrivals.some((one) => one.link === link && one.requestId === request_id))
    yield `${link} has the request id of another request`;
  if (outcome !== "failed" || kind === "invalid_request") return;
  const due = role === "down" ? 503 : "status" in fault ? fault.status : undefined;
  if (due !== undefined && status !== due) yield `${link} failed with status ${status} instead of ${due}`;
}

/** A link's attempts, in order, against those that it owes. One that was refused leave may owe fewer. */
function* untrueAttempts(owed: Owed, { attempts }: Receipt, { byChance }: Expected): Generator<string> {
  const own = attempts.filter(({ link }) => link === owed.link);
  const made = own.filter(({ outcome }) => outcome !== "skipped");
  const before = attempts.slice(0, made[0] ? attempts.indexOf(made[0]) : 0);
  // Whoever refuses to continue begins anew, so that there is nothing to continue for the links behind it.
  const isContinued = before.findLast(({ outcome }) => outcome !== "skipped")?.first_token_ms != null;
  const due = owed.continuesFirst && !isContinued ? owed.attempts.slice(1) : owed.attempts;
  for (const [nth, { outcome, kind }] of made.entries()) {
    const one = due[nth];
    if (one === undefined) return yield `${owed.link} was asked ${made.length} times, not ${due.length}`;
    if (
      outcome === "answered"
        ? !one.mayAnswer
        : outcome === "cancelled"
          ? !byChance
          : !(kind && one.kinds.includes(kind))
    )
      yield `${owed.link} ${outcome} as ${kind} instead of ${one.mustAnswer ? "answering" : one.kinds.join(" or ")}`;
  }
  if (made.length < due.length && !byChance && made.length === own.length)
    yield `${owed.link} was asked ${made.length} times, not ${due.length}`;
}

/** The notices without which the person would not know what happened. */
function* owedNotices(
  receipt: Receipt,
  seen: Seen,
  fault: AnyFault,
  { stops }: Expected,
): Generator<NoticeCode> {
  const torn = receipt.attempts.some((one) => one.outcome === "failed" && one.first_token_ms !== null);
  if (seen.told === "failure") yield stops ? "request_refused" : "offline";
  else {
    if (receipt.tier === "backup") yield "backup_used";
    if (receipt.tier === "local" && receipt.requested_tier !== "local") yield "local_used";
    if (torn) yield receipt.seams.length > 0 ? "answer_continued" : "interrupted_restarted";
  }
  const met = receipt.attempts.some(
    ({ outcome, kind }) => outcome === "failed" && kind && fault.kinds.includes(kind),
  );
  if (fault.notice && met && !stops) yield fault.notice;
}
