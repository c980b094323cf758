/** The product: plan, attempt, recover, receipt. Pure: no Electron, no HTTP, no disk; the clock is passed in. */
export { type AttemptEnd, type AttemptInput, runAttempt } from "./attempt.ts";
export type { AnswerCache, CachedAnswer, CacheFinding } from "./cache.ts";
export { Chain, type ChainParts, type ChainRules, type Ending, type HedgeRule } from "./chain.ts";
export { type Clock, systemClock } from "./clock.ts";
export { AllLinksFailed, collect } from "./collect.ts";
export { costUsd, priceOf } from "./cost.ts";
export { countsAgainstLink, type SkipOverrides, type SkipRule } from "./failure-table.ts";
export { type Gate, openGate, type Permit, type Refusal } from "./gate.ts";
export { plan } from "./plan.ts";
export {
  type Link,
  type LinkCapabilities,
  type Provider,
  type ProviderEvent,
  ProviderFailure,
  type ProviderFailureDetails,
  type ProviderRequest,
  type Timeouts,
} from "./provider.ts";
export {
  type Demands,
  type Judgement,
  judge,
  type Requirement,
  type RequirementContext,
  type Unmet,
  type Verdict,
} from "./quality.ts";
export type { RetryPolicy } from "./retry.ts";
export { estimatedTokens, estimatedTokensOf } from "./tokens.ts";
