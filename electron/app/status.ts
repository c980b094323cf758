import type { Status } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import type { Budget } from "./budget.ts";
import type { ChainSettings } from "./chain-settings.ts";
import type { Health } from "./health.ts";
import type { LevelWatch } from "./level-watch.ts";
import type { OutboxItems } from "./outbox-items.ts";

export interface StatusParts extends Pick<Status, "warnings" | "version" | "drill"> {
  levels: Pick<LevelWatch, "level">;
  health: Pick<Health, "offline" | "statusOf">;
  budget: Pick<Budget, "status">;
  outbox: Pick<OutboxItems, "count">;
  settings: Pick<ChainSettings, "rules" | "links" | "file">;
  engine: Pick<EngineClient, "status">;
}

/** How the whole app does now, as pages, gateway and metrics show it. */
export function statusOf(parts: StatusParts): Status {
  const { levels, health, budget, outbox, settings, engine, warnings, version, drill } = parts;
  return {
    level: levels.level,
    ceiling: settings.rules.level,
    offline: health.offline,
    budget: budget.status(),
    outbox: outbox.count(),
    links: settings.links.map(({ id, provider, model, tier }) => ({
      id,
      provider,
      model,
      tier,
      ...health.statusOf(id),
    })),
    engine: engine.status,
    config_file: settings.file,
    warnings,
    version,
    drill,
  };
}
