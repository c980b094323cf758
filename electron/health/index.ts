/** Who may be tried now, and how each link has done. */
export {
  Breaker,
  type BreakerParts,
  type Circuit,
  type CircuitState,
  type Permit,
  type Refusal,
} from "./breaker.ts";
export { type BreakerSettings, breakerSettings, type WindowSettings } from "./breaker-settings.ts";
export type { BreakerState } from "./breaker-state.ts";
export { LinkHealth } from "./link-health.ts";
