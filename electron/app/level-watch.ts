import { type Clock, countsAgainstLink, type Link } from "../chain/index.ts";
import { type Attempt, type Finished, type Level, level } from "../contract/index.ts";
import {
  initialLevel,
  type LevelObservation,
  levelDefaults,
  levelOf,
  observeLevel,
} from "../health/index.ts";

export interface LevelWatchParts {
  clock: Clock;
  links(): readonly Link[];
}

/**
 * How much of the product works now, as answers, attempts and probes show it (seed 001). It is what the person is told; which
 * links are left alone meanwhile is the breakers' and the connectivity's affair, and theirs alone.
 */
export class LevelWatch {
  readonly #parts: LevelWatchParts;
  #state: ReturnType<typeof initialLevel>;

  constructor(parts: LevelWatchParts) {
    this.#parts = parts;
    this.#state = initialLevel(parts.clock.monotonic());
  }

  get level(): Level {
    this.#observe({ type: "tick" });
    return levelOf(this.#state);
  }

  /** The person allows this level at best. */
  set(ceiling: Level): void {
    this.#observe({ type: "set", level: ceiling });
  }

  /** An attempt, or a probe, of a link ended. */
  record({ link, outcome, kind }: Pick<Attempt, "link" | "outcome" | "kind">): void {
    if (outcome === "skipped" || outcome === "cancelled" || (kind && !countsAgainstLink(kind))) return;
    const known = this.#parts.links().find(({ id }) => id === link);
    if (!known) return;
    this.#observe(
      kind === null ? { type: "link_ok", link, level: known.level } : { type: "link_failed", link },
    );
  }

  /** A request ended: what it was answered at is what works. */
  recordEnd({ failure, receipt }: Finished): void {
    if (failure?.code !== "cancelled") this.#observe({ type: "answered", level: receipt.level });
  }

  #observe(observation: LevelObservation): void {
    const levels = this.#parts.links().map((link) => level.options.indexOf(link.level));
    const best = level.options[Math.min(...levels)] ?? "full";
    const now = this.#parts.clock.monotonic();
    this.#state = observeLevel(this.#state, observation, now, { ...levelDefaults, best });
  }
}
