import type { ChainParts, Requirement } from "../chain/index.ts";
import type { Config } from "../contract/index.ts";
import type { Budget } from "./budget.ts";
import type { Health } from "./health.ts";
import type { Instruments } from "./instruments.ts";
import type { LevelWatch } from "./level-watch.ts";
import { type NoticesForParts, noticesFor } from "./notices-for.ts";
import { Quality } from "./quality.ts";

export interface JoinedChainParts
  extends Pick<ChainParts, "rules" | "provider" | "clock" | "random" | "cache">,
    Omit<NoticesForParts, "now"> {
  health: Health;
  budget: Budget;
  levels: LevelWatch;
  instruments: Instruments;
  config(): Config;
  /** What code asks of every answer, besides the config and the request. */
  requirements: readonly Requirement[];
}

/** The chain joined with all that guards it and takes note of it: the app's own, and each drill's. */
export function joinedChain(parts: JoinedChainParts): Quality {
  const { rules, provider, clock, random, cache, config, requirements } = parts;
  const { health, budget, levels, instruments } = parts;
  const chain: ChainParts = {
    rules,
    provider,
    gate: health,
    clock,
    random,
    cache,
    notices: noticesFor({ ...parts, now: () => clock.now() }),
    onAttempt: (attempt, exchange) => {
      const cost = budget.record(attempt, exchange);
      levels.record(attempt);
      health.record(attempt);
      instruments.recordAttempt(attempt, exchange.request, cost !== null);
    },
  };
  return new Quality({ chain, config, requirements });
}
