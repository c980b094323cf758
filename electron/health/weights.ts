import type { Clock } from "../chain/index.ts";
import type { Attempt, FailureKind } from "../contract/index.ts";

export interface WeightsParts {
  clock: Clock;
  /** 0 up to but not including 1. */
  random(): number;
  /** Whether a failure of this kind says that the link is ill. */
  counts(kind: FailureKind): boolean;
  /** A failure counts half as much after this time. */
  halfLifeMs?: number;
}

const defaultHalfLifeMs = 60_000;

/** The order of links by chance, with less for those that failed lately (seed 003). */
export class Weights {
  readonly #parts: Required<WeightsParts>;
  /** Recent failures as they stood at a monotonic time; they decay from there. */
  readonly #failures = new Map<string, { count: number; at: number }>();

  constructor(parts: WeightsParts) {
    this.#parts = { halfLifeMs: defaultHalfLifeMs, ...parts };
  }

  /** Takes note of an attempt that ended: a success clears the link's failures, as in seed 003. */
  record({ link, outcome, kind }: Pick<Attempt, "link" | "outcome" | "kind">): void {
    if (outcome === "answered") this.#failures.delete(link);
    else if (outcome === "failed" && kind && this.#parts.counts(kind))
      this.#failures.set(link, { count: this.#recent(link) + 1, at: this.#parts.clock.monotonic() });
  }

  /** What a link's weight is multiplied by: 0.5 for each recent failure, 1 without any. */
  penalty(link: string): number {
    return 0.5 ** this.#recent(link);
  }

  /** All links, each drawn by its weight times its penalty from those that are left. */
  order<L extends { id: string; weight: number }>(links: readonly L[]): L[] {
    return weightedOrder(links, ({ id, weight }) => weight * this.penalty(id), this.#parts.random);
  }

  /** Forgets the links that are not among these. */
  configure(links: readonly { id: string }[]): void {
    const ids = new Set(links.map(({ id }) => id));
    for (const id of this.#failures.keys()) if (!ids.has(id)) this.#failures.delete(id);
  }

  #recent(link: string): number {
    const failures = this.#failures.get(link);
    if (!failures) return 0;
    const { clock, halfLifeMs } = this.#parts;
    return failures.count * 0.5 ** ((clock.monotonic() - failures.at) / halfLifeMs);
  }
}

/**
 * Weighted sampling without replacement: each item gets an exponential variate at the rate of its weight, and the
 * smallest goes first (Efraimidis and Spirakis 2006, in its numerically safe form). Items of weight 0 come last, in the given order.
 */
export function weightedOrder<T>(
  items: readonly T[],
  weightOf: (item: T) => number,
  random: () => number,
): T[] {
  return items
    .map((item) => {
      const weight = weightOf(item);
      return { item, due: weight > 0 ? -Math.log(1 - random()) / weight : Number.POSITIVE_INFINITY };
    })
    .sort((a, b) => (a.due === b.due ? 0 : a.due - b.due))
    .map(({ item }) => item);
}
