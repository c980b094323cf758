/** Who may be tried now, and how each link has done. */
export {
  Breaker,
  type BreakerParts,
  type BreakerRefusal,
  type Circuit,
  type CircuitState,
  type FoundElsewhere,
  ofOwnWay,
  type Permit,
} from "./breaker.ts";
export { type BreakerSettings, breakerSettings, type WindowSettings } from "./breaker-settings.ts";
export type { BreakerState } from "./breaker-state.ts";
export { type BreakerLink, type BreakerStore, Breakers, type BreakersParts } from "./breakers.ts";
export { Connectivity, type ConnectivityParts, type OfflineReason } from "./connectivity.ts";
export { HealthGate, type HealthGateParts, type HealthLink } from "./gate.ts";
export { Latencies, type LatenciesParts, type Latency } from "./latency.ts";
export {
  initialLevel,
  type LevelObservation,
  type LevelSettings,
  type LevelState,
  levelDefaults,
  levelOf,
  observeLevel,
} from "./levels.ts";
export { LinkHealth } from "./link-health.ts";
export { networkOf, type Reach, type Whereabouts, whereabouts } from "./network.ts";
export type { Probed, ProbeResult } from "./probe-run.ts";
export {
  type ProbedBreakers,
  type ProbedLink,
  type ProbeSettings,
  Probes,
  type ProbesParts,
  type Surroundings,
} from "./probes.ts";
export { Weights, type WeightsParts } from "./weights.ts";
