import type { Clock } from "../chain/index.ts";

/** Times to the first token of a link, milliseconds. */
export interface Latency {
  p50: number;
  p95: number;
  /** How many observations these rest on. */
  samples: number;
}

interface Ring {
  samples: { ms: number; at: number }[];
  /** Where the next one goes once the ring is full. */
  next: number;
  summary: { of: Latency | null; until: number } | null;
}

export interface LatenciesParts {
  clock: Clock;
  /** How many observations of a link are kept. */
  capacity?: number;
  /** Older ones say nothing: a link that was slow this morning must be able to become the fastest again. */
  maxAgeMs?: number;
}

/** How soon links begin to answer, from requests and from probes. */
export class Latencies {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #maxAgeMs: number;
  readonly #rings = new Map<string, Ring>();

  constructor({ clock, capacity = 128, maxAgeMs = 30 * 60_000 }: LatenciesParts) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Takes note of a time to the first token; null, for an attempt that did not get so far, says nothing. */
  record(link: string, firstTokenMs: number | null): void {
    if (firstTokenMs === null) return;
    let ring = this.#rings.get(link);
    if (!ring) {
      ring = { samples: [], next: 0, summary: null };
      this.#rings.set(link, ring);
    }
    ring.samples[ring.next] = { ms: firstTokenMs, at: this.#clock.monotonic() };
    ring.next = (ring.next + 1) % this.#capacity;
    ring.summary = null;
  }

  /** A link's percentiles, or null when nothing was observed lately. */
  of(link: string): Latency | null {
    const ring = this.#rings.get(link);
    if (!ring) return null;
    const now = this.#clock.monotonic();
    if (!ring.summary || now >= ring.summary.until) {
      const young = ring.samples.filter(({ at }) => now - at < this.#maxAgeMs);
      const oldest = young.reduce((first, { at }) => Math.min(first, at), now);
      ring.summary = { of: summaryOf(young.map(({ ms }) => ms)), until: oldest + this.#maxAgeMs };
    }
    return ring.summary.of;
  }

  /** Forgets the links that are not among these. */
  configure(links: readonly { id: string }[]): void {
    const ids = new Set(links.map(({ id }) => id));
    for (const id of this.#rings.keys()) if (!ids.has(id)) this.#rings.delete(id);
  }
}

function summaryOf(times: number[]): Latency | null {
  if (times.length === 0) return null;
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p95: percentile(sorted, 0.95), samples: sorted.length };
}

/** Nearest rank: the smallest value that at least this share of all does not exceed. `sorted` is not empty. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] as number;
}
