import type { ChainParts, Link } from "../chain/index.ts";
import type { EngineStatus } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import { type Locale, noticesOf } from "../notices/index.ts";
import type { Budget } from "./budget.ts";
import type { ChainSettings } from "./chain-settings.ts";
import type { Health } from "./health.ts";
import { isStarter } from "./starter.ts";

export interface NoticesForParts {
  settings: Pick<ChainSettings, "links">;
  health: Pick<Health, "statusOf">;
  engine: Pick<EngineClient, "status">;
  /** The path of a link's model; null where it is not on this machine. */
  resolveModel(model: string): string | null;
  budget: Pick<Budget, "told">;
  locale(): Locale;
  now(): number;
  /** The drill that runs now, and whether this chain is its own. */
  drill(): { name: string; isOwn: boolean } | null;
}

/** The chain's notices, with what the app knows beside the receipt: links at rest, the engine, the budget, a drill. */
export function noticesFor(parts: NoticesForParts): ChainParts["notices"] {
  const { settings, health, engine, resolveModel, budget, locale, now } = parts;
  const linkOf = (id: string) => settings.links.find((link) => link.id === id);
  return (receipt, ending) =>
    noticesOf(receipt, {
      ...ending,
      locale: locale(),
      now: now(),
      restsUntil: (id) => msOf(health.statusOf(id).circuit.opens_until),
      isSetAside: (id) => isSetAside(engine.status, linkOf(id), resolveModel),
      gpuUnavailable: engine.status.gpu_unavailable,
      isStarter: (id) => settings.links.some((link) => link.id === id && isStarter(link)),
      budget: budget.told,
      drill: parts.drill(),
    });
}

const msOf = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));

/** Whether the model of a link is one that the engine set aside. */
function isSetAside(
  engine: EngineStatus,
  link: Link | undefined,
  resolveModel: NoticesForParts["resolveModel"],
): boolean {
  if (link?.provider !== "llama" || engine.set_aside.length === 0) return false;
  const path = resolveModel(link.model);
  return engine.set_aside.some((aside) => aside.path === path);
}
