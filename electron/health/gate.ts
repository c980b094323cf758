import type { Clock, Gate, Link, Permit, Refusal } from "../chain/index.ts";
import type { Attempt, BreakerConfig } from "../contract/index.ts";
import type { BreakerRefusal } from "./breaker.ts";
import type { Breakers } from "./breakers.ts";
import type { Connectivity, OfflineReason } from "./connectivity.ts";
import type { Latencies } from "./latency.ts";
import type { ProbeResult } from "./probe-run.ts";
import type { Weights } from "./weights.ts";

/** What the gate goes by of a link. */
export type HealthLink = Pick<Link, "id" | "provider" | "model" | "baseUrl">;

export interface HealthGateParts {
  clock: Clock;
  breakers: Breakers;
  connectivity: Connectivity;
  weights: Weights;
  latencies: Latencies;
}

/** With fewer observations the 95th percentile is just the slowest of them. */
const samplesForP95 = 10;

const offlineText: Record<OfflineReason, string> = {
  no_network: "This machine has no network.",
  sign_in_page: "This network asks for a sign-in first: open a browser and sign in.",
  unreachable: "Nothing on the internet can be reached from here now.",
};

/** The chain's gate, as far as health decides: connectivity and breakers say who may be tried, attempts and probes who does best. */
export class HealthGate implements Gate {
  readonly #parts: HealthGateParts;
  #links = new Map<string, HealthLink>();

  constructor(parts: HealthGateParts) {
    this.#parts = parts;
  }

  /** Takes up the links of a config, each with its breaker's settings. */
  configure(links: readonly (HealthLink & { breaker?: BreakerConfig | undefined })[]): void {
    const { breakers, connectivity, weights, latencies } = this.#parts;
    this.#links = new Map(links.map((link) => [link.id, link]));
    breakers.configure(links);
    connectivity.configure(links);
    weights.configure(links);
    latencies.configure(links);
  }

  tryAcquire(link: HealthLink): Permit | Refusal {
    const { breakers, connectivity } = this.#parts;
    const offline = connectivity.reasonFor(link);
    if (offline) return { refused: true, kind: "network", message: offlineText[offline] };
    const permit = breakers.tryAcquire(link.id);
    if (!permit) return this.#refusal(link.id, breakers.refusal(link.id));
    return permit;
  }

  confidence({ id }: Pick<Link, "id">): number {
    return this.#parts.weights.penalty(id);
  }

  latencyMs({ id }: Pick<Link, "id">): number | null {
    return this.#parts.latencies.of(id)?.p50 ?? null;
  }

  p95Ms({ id }: Pick<Link, "id">): number | null {
    const latency = this.#parts.latencies.of(id);
    return latency && latency.samples >= samplesForP95 ? latency.p95 : null;
  }

  /** Takes note of an attempt that ended. */
  record(attempt: Pick<Attempt, "link" | "outcome" | "kind" | "status" | "first_token_ms">): void {
    const link = this.#links.get(attempt.link);
    if (!link) return;
    this.#parts.weights.record(attempt);
    this.#parts.latencies.record(attempt.link, attempt.first_token_ms);
    this.#parts.connectivity.record(link, attempt);
  }

  /** Takes note of a probe that ended. */
  recordProbe(probe: ProbeResult): void {
    this.record(
      probe.ok
        ? {
            link: probe.link,
            outcome: "answered",
            kind: null,
            status: null,
            first_token_ms: probe.firstTokenMs,
          }
        : {
            link: probe.link,
            outcome: "failed",
            kind: probe.kind,
            status: probe.status,
            first_token_ms: null,
          },
    );
  }

  #refusal(link: string, why: BreakerRefusal | null): Refusal {
    return {
      refused: true,
      // Without a failure of its own, a breaker opens only for calls that took too long.
      kind: why?.kind ?? "timeout_total",
      message: this.#sentence(link, why),
    };
  }

  #sentence(link: string, why: BreakerRefusal | null): string {
    if (!why || why.until === null)
      return `Link "${link}" failed, and other requests are trying it just now.`;
    const wait = roughly(why.until - this.#parts.clock.now());
    return why.reason === "open"
      ? `Link "${link}" kept failing and is left alone for another ${wait}.`
      : `The provider of link "${link}" asks to be left alone for another ${wait}.`;
  }
}

/** A time to wait in its largest fitting unit, rounded up. */
function roughly(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.ceil(hours / 24)} days`;
}
