import type { Clock } from "../chain/index.ts";
import type { Attempt, FailureKind } from "../contract/index.ts";

export interface WeightsParts {
  clock: Clock;
  /** Whether a failure of this kind says that the link is ill. */
  counts(kind: FailureKind): boolean;
  /** A failure counts half as much after this time. */
  halfLifeMs?: number;
}

const defaultHalfLifeMs = 60_000;

/** What is left of the weight of links that failed lately (seed 003); the chain draws its order by it. */
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
