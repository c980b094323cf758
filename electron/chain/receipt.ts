import type { Attempt, CacheUse, FailureKind, Level, Receipt, Seam, Tier } from "../contract/index.ts";
import type { CachedAnswer, CacheFinding } from "./cache.ts";
import { totalCostUsd } from "./cost.ts";
import { levelRules, lowerLevel } from "./levels.ts";
import type { PlannedLink } from "./plan.ts";

/** What a run has seen so far; a receipt is derived from it at any time. */
export interface RunState {
  planned: readonly PlannedLink[];
  attempts: Attempt[];
  /** Whether the oldest turns of the conversation were left out to make room. */
  trimmed: boolean;
  /** The best level that the run may use. */
  ceiling: Level;
  /** What it cost to check answers, USD; null while nothing did. */
  checksUsd: number | null;
}

/** What is known of an answer by a link. `dropped` is what its provider could not be told of the request. */
export interface LinkAnswer {
  model: string;
  seams: readonly Seam[];
  dropped?: readonly string[];
  /** The attempt that gave the answer, where it is not the last one. */
  attempt?: Attempt;
}

/** The receipt of an answer by a link, whole or still on its way. */
export function linkReceipt(
  state: RunState,
  by: PlannedLink,
  { model, seams, dropped = [], attempt }: LinkAnswer,
): Receipt {
  const last = state.attempts.at(-1);
  return {
    ...base(state),
    tier: by.link.tier,
    link: by.link.id,
    provider: by.link.provider,
    model,
    level: lowerLevel(by.link.level, state.ceiling),
    reason: by === state.planned[0] ? null : firstFailure(state.attempts),
    dropped: [...droppedOf(state, by), ...dropped],
    seams: [...seams],
    usage: attempt ? attempt.usage : last?.outcome === "answered" ? last.usage : null,
  };
}

/** What the request asked for and did not get, `history` and `length` included. */
function droppedOf({ trimmed, ceiling }: RunState, by: PlannedLink): string[] {
  const { features, maxTokens } = levelRules[ceiling];
  return [
    ...by.dropped,
    ...(features.includes("streaming") ? [] : ["streaming"]),
    ...(maxTokens === null ? [] : ["length"]),
    ...(trimmed ? ["history"] : []),
  ];
}

/** The receipt of a cached answer. */
export function cacheReceipt(state: RunState, lookup: string, hit: CachedAnswer): Receipt {
  return {
    ...base(state),
    tier: "cache",
    link: hit.link,
    provider: hit.provider,
    model: hit.model,
    level: "cached",
    similarity: hit.similarity,
    age_s: hit.age_s,
    original_question: hit.original_question,
    cache: { lookup, time_bound: hit.time_bound, similar: null },
  };
}

/** The receipt of a request that nothing answered, with a similar earlier answer where the cache had one. */
export function offlineReceipt(state: RunState, finding: CacheFinding | null): Receipt {
  if (!finding?.similar) return base(state);
  return { ...base(state), cache: similarUse(finding.id, finding.similar) };
}

function similarUse(lookup: string, { text, original_question, ...similar }: CachedAnswer): CacheUse {
  const { time_bound } = similar;
  return { lookup, time_bound, similar: { ...similar, question: original_question, answer: text } };
}

function base({ planned, attempts, checksUsd }: RunState): Receipt {
  return {
    requested_tier: requestedTier(planned),
    tier: "offline",
    link: null,
    provider: null,
    model: null,
    level: "offline",
    reason: firstFailure(attempts),
    attempts: [...attempts],
    seams: [],
    notices: [],
    dropped: [],
    usage: null,
    cost_usd: totalCostUsd([...attempts.map((attempt) => attempt.cost_usd), checksUsd]),
    similarity: null,
    age_s: null,
    original_question: null,
  };
}

function requestedTier(planned: readonly PlannedLink[]): Tier {
  return planned[0]?.link.tier ?? "offline";
}

function firstFailure(attempts: readonly Attempt[]): FailureKind | null {
  const failed = attempts.find(({ kind, outcome }) => kind !== null && outcome !== "cancelled");
  if (failed) return failed.kind;
  // A link that a hedge overtook was late; a deadline keeps its own kind.
  const [first] = attempts;
  if (first?.kind === "cancelled")
    return attempts.at(-1)?.outcome === "answered" ? "timeout_first_token" : "cancelled";
  return first?.kind ?? null;
}
