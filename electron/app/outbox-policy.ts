import type { ChainRules, Link } from "../chain/index.ts";
import {
  type ChainFailure,
  type ChatRequest,
  type FailureKind,
  type Finished,
  type LinkTier,
  linkTier,
  type Tier,
  tier,
} from "../contract/index.ts";
import type { AnswerTier, OutboxEntry } from "../store/index.ts";

/** What of a request says which tier it was for. */
export type AskedFor = Pick<ChatRequest, "local_only" | "preferred" | "level">;

/** The chain as the person set it: the links within the level that they set by hand, whatever the level is at the moment. */
export interface ChainAsSet extends Pick<ChainRules, "strategy"> {
  links: readonly Pick<Link, "tier" | "priority">[];
}

/** The first wait before asking again; it doubles with each attempt, up to the longest. */
const firstWaitMs = 60_000;
const longestWaitMs = 60 * 60_000;

/** A link that fails so has refused the request itself, and would refuse it again. */
const refusals: ReadonlySet<FailureKind> = new Set([
  "invalid_request",
  "content_policy",
  "refusal",
  "context_length",
]);

/** How long to wait after that many attempts (1, 2, …), milliseconds. */
export function waitMs(attempts: number): number {
  return Math.min(firstWaitMs * 2 ** (attempts - 1), longestWaitMs);
}

/** Whether an answer of tier `one` is better than one of tier `other`; any is better than none. */
export function isBetter(one: Tier, other: AnswerTier | null): boolean {
  if (one === "offline") return false;
  return other === null || tier.options.indexOf(one) < tier.options.indexOf(other);
}

/** The better of two tiers; null when there is no answer of either. */
export function betterOf(one: Tier, other: AnswerTier | null): AnswerTier | null {
  return one !== "offline" && isBetter(one, other) ? one : other;
}

/**
 * The tier that a request was for: what the chain begins with when all is well. A receipt's own word counts only where the
 * request named a link or a level, since a chain that went down a level by itself plans for less than was wanted.
 */
export function wantedTier(
  { local_only, preferred, level }: AskedFor,
  requested: Tier,
  { links, strategy }: ChainAsSet,
): LinkTier {
  if (local_only) return "local";
  const named = preferred !== undefined || level !== undefined;
  const asked = named ? linkTier.safeParse(requested).data : undefined;
  const byPriority = links.toSorted((a, b) => a.priority - b.priority);
  // Every other strategy leaves the models on this machine to the last.
  const first = strategy === "priority" ? undefined : byPriority.find((link) => link.tier !== "local");
  return asked ?? first?.tier ?? byPriority[0]?.tier ?? "local";
}

/**
 * Whether a better answer than one of tier `answered` is worth asking for. One of tier `backup` counts as good: asking again
 * would pay twice for much the same, so that only the person's own word makes it worth it.
 */
export function isWorthWaiting(wanted: LinkTier, answered: AnswerTier | null, asksForIt = false): boolean {
  return isBetter(wanted, answered) && (answered !== "backup" || asksForIt);
}

/** Whether the chain's end is a link's answer that is better than what the entry has. */
export function isImprovement({ failure, receipt }: Finished, entry: Pick<OutboxEntry, "answered">): boolean {
  return (
    failure === null && linkTier.safeParse(receipt.tier).success && isBetter(receipt.tier, entry.answered)
  );
}

/** Whether asking the same again is of no use. */
export function isRefusal({ code, kind }: ChainFailure): boolean {
  return code === "stopped" && kind !== null && refusals.has(kind);
}
