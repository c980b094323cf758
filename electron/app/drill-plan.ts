import type { Link } from "../chain/index.ts";
import {
  type Config,
  type Drill,
  type DrillStart,
  type Level,
  linkRole,
  type Preset,
} from "../contract/index.ts";
import { reachable, unknownLinks, without } from "../drills/index.ts";
import { StoreError } from "../store/index.ts";
import { mayCost } from "./budget.ts";
import { linksOf } from "./links.ts";
import { starterLink } from "./starter.ts";

/** How a drill is run. */
export type DrillMode = Pick<DrillStart, "own_chain" | "without">;

/** A drill as it will be run: its chain, and which links of it are real. */
export interface DrillPlan {
  drill: Drill;
  mode: DrillMode;
  config: Config;
  links: readonly Link[];
  /** Whether every link has a stand-in. */
  isSealed: boolean;
  level: Level;
}

/** What is in force outside of the drill. */
export interface InForce {
  config: Config;
  level: Level;
  presets: readonly Preset[];
}

/**
 * Lays a drill's rules over those in force. One with a chain of its own takes nothing else of them, so that it goes the same way
 * everywhere; on the person's own chain a drill brings nothing. Throws a StoreError `invalid` when a fault names a link that
 * this chain does not have.
 */
export function planOf(drill: Drill, mode: DrillMode, { config: own, level, presets }: InForce): DrillPlan {
  const brought = mode.own_chain ? {} : (drill.config ?? {});
  const base = brought.fallback_chain ? {} : { fallback_chain: [starterLink], ...own };
  // Nothing is sent that the drill does not list, unless it asks for probes itself.
  const whole: Config = { ...base, health: { probes: false }, ...brought };
  const tiers = new Map(linksOf(whole, presets).map(({ id, tier }) => [id, tier]));
  const { config, requests } = mode.without
    ? without(mode.without, { config: whole, requests: drill.requests }, ({ id }) => tiers.get(id) ?? null)
    : { config: whole, requests: drill.requests };
  const links = linksOf(config, presets).map((link) => ({ ...link, tier: tiers.get(link.id) ?? link.tier }));
  const standIns = mode.own_chain ? {} : (drill.stand_ins ?? {});
  for (const { links: named = [] } of mode.without ? [] : drill.faults) {
    const [unknown] = unknownLinks(named, links).filter((name) => !linkRole.safeParse(name).success);
    if (unknown === undefined) continue;
    const known = [...links.map(({ id }) => id), ...linkRole.options].join(", ");
    throw new StoreError(
      "invalid",
      `The drill "${drill.name}" has a fault on "${unknown}", and this chain has no such link. There are: ${known}.`,
    );
  }
  return {
    drill: { ...drill, requests, stand_ins: standIns },
    mode,
    config,
    links,
    isSealed: links.every(({ id }) => standIns[id] !== undefined),
    level: mode.own_chain ? level : "full",
  };
}

/** What a run may spend, as a sentence for the person; null when it can't cost anything. */
export function costText({ drill, links }: DrillPlan): string | null {
  const asked = reachable(drill.faults, links).filter(({ id }) => drill.stand_ins?.[id] === undefined);
  const dear = asked.filter(mayCost);
  if (dear.length === 0) return null;
  const count = drill.requests
    .filter(({ local_only }) => !local_only)
    .reduce((sum, request) => sum + request.count, 0);
  if (count === 0) return null;
  const names = dear.map(({ id, model }) => `${id} (${model})`).join(", ");
  return `Up to ${count} ${count === 1 ? "request" : "requests"} may reach links that cost money: ${names}. Retries and hedging may add to that. What they cost counts in this month's budget.`;
}
