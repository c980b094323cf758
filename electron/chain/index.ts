/** The product: plan, attempt, recover, receipt. Pure: no Electron, no HTTP, no disk; the clock is passed in. */
export { type AttemptEnd, type AttemptInput, runAttempt } from "./attempt.ts";
export type { AnswerCache, CacheHit } from "./cache.ts";
export { Chain, type ChainParts, type ChainRules, type Ending } from "./chain.ts";
export { type Clock, systemClock } from "./clock.ts";
export { AllLinksFailed, collect } from "./collect.ts";
export { type Consequence, consequenceOf } from "./failure-table.ts";
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
