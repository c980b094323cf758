import { networkInterfaces } from "node:os";
import {
  type Clock,
  countsAgainstLink,
  type Gate,
  type Link,
  type Permit,
  type Refusal,
} from "../chain/index.ts";
import type { Attempt, BreakerConfig, FailureKind, LinkStatus, Status } from "../contract/index.ts";
import {
  type BreakerStore,
  Breakers,
  Connectivity,
  type FoundElsewhere,
  HealthGate,
  Latencies,
  LinkHealth,
  networkOf,
  type Probed,
  type ProbeSettings,
  Probes,
  Weights,
} from "../health/index.ts";
import type { Budget } from "./budget.ts";

export interface HealthParts {
  clock: Clock;
  /** Where the breakers' state outlives the process. */
  store: BreakerStore;
  budget: Pick<Budget, "allows" | "state">;
  random: () => number;
  /** The cheapest honest request to a link; rejects with a ProviderFailure. */
  probe(link: Link, signal: AbortSignal): Promise<Probed>;
  /** The network as the system tells it, null when there is none; the machine's own unless given. */
  network?(): string | null;
  /** What the machine says of its power; probes pause on battery. */
  onBattery(): boolean;
  /** Whether what goes through the connection is paid for; probes pause then as well. */
  isMetered(): boolean;
  /** Something that the status shows has changed. */
  onChange(): void;
  /** Told of what was found out about a link, for others that ask the same place. */
  onFound?(link: string, target: string, found: FoundElsewhere): void;
  /** Told, in words for the person, when state could not be read or kept. */
  onWarning(text: string): void;
  /** Told how each probe ended. */
  onProbe(probe: { link: string; outcome: "answered" | "failed"; kind: FailureKind | null }): void;
  /** A link answers that had failed, or the network is back: what waits for a better tier may be asked. */
  onRecovery(): void;
  /** A probe failed, or the network is gone: links beyond this machine may not answer. */
  onBadSign(): void;
}

/** How often the network is looked at while nobody asks anything. */
const networkLookMs = 5_000;

type HealthyLink = Link & { breaker?: BreakerConfig | undefined };

/** Who may be tried now, and how each link does: breakers, connectivity and the budget as one gate for the chain. */
export class Health implements Gate, Disposable {
  readonly #parts: HealthParts;
  readonly #breakers: Breakers;
  readonly #connectivity: Connectivity;
  readonly #gate: HealthGate;
  readonly #probes: Probes<HealthyLink>;
  readonly #lights = new LinkHealth();
  #links: readonly HealthyLink[] = [];
  #cancelLook: (() => void) | null = null;

  constructor(parts: HealthParts) {
    const { clock, store, onChange, onFound, onWarning } = parts;
    this.#parts = parts;
    this.#breakers = new Breakers({
      clock,
      counts: countsAgainstLink,
      store,
      onChange,
      onWarning,
      ...(onFound && { onFound }),
    });
    this.#connectivity = new Connectivity({
      clock,
      network: parts.network ?? (() => networkOf(networkInterfaces())),
      onChange: () => {
        onChange();
        this.#probes.wake();
        if (this.#connectivity.reason === null) parts.onRecovery();
        else parts.onBadSign();
      },
    });
    this.#gate = new HealthGate({
      clock,
      breakers: this.#breakers,
      connectivity: this.#connectivity,
      weights: new Weights({ clock, counts: countsAgainstLink }),
      latencies: new Latencies({ clock }),
    });
    this.#probes = new Probes<HealthyLink>({
      clock,
      random: parts.random,
      settings: { enabled: false, intervalMs: 30_000, timeoutMs: 10_000, idleAfterMs: 0 },
      probe: parts.probe,
      breakers: this.#breakers,
      surroundings: {
        onBattery: parts.onBattery,
        isMetered: parts.isMetered,
        isLocalOnly: () => this.#links.every(({ tier }) => tier === "local"),
        isOffline: (link) => this.#connectivity.reasonFor(link) !== null,
      },
      onResult: (result, { id }) => {
        const wasFailing = this.#lights.of(id).light === "failing";
        this.#gate.recordProbe(result);
        this.#lights.recordProbe(result);
        parts.onProbe(
          result.ok
            ? { link: id, outcome: "answered", kind: null }
            : { link: id, outcome: "failed", kind: result.kind },
        );
        if (wasFailing && result.ok) parts.onRecovery();
        if (!result.ok) parts.onBadSign();
        onChange();
      },
    });
  }

  /** Takes up the links of a config, and how they are probed. */
  configure(links: readonly HealthyLink[], probes: ProbeSettings): void {
    this.#links = links;
    this.#gate.configure(links);
    // Models on this machine are not probed: asking one keeps the processor busy, and it does not go down by itself.
    this.#probes.configure(
      links.filter(({ tier }) => tier !== "local"),
      probes,
    );
  }

  /** A person has asked something: from now on probes are worth their cost. */
  noteRequest(): void {
    this.#probes.noteRequest();
  }

  /** Whether something may be sent to a link now that no request asked for. */
  mayAsk(link: Link): boolean {
    return (
      this.#probes.mayAsk(link) && this.#breakers.refusal(link.id) === null && this.#parts.budget.allows(link)
    );
  }

  /**
   * Looks at the network every few seconds, so that its return shows although nobody asks anything: what waits in the outbox
   * is asked then, and not only when its own wait is over. For hosts that stay.
   */
  watchNetwork(): void {
    this.#cancelLook ??= this.#parts.clock.after(networkLookMs, () => {
      this.#cancelLook = null;
      this.#connectivity.look();
      this.watchNetwork();
    });
  }

  /** The system told of another network, or woke up: what was known of the old one counts no more. */
  networkChanged(): void {
    this.#connectivity.networkChanged();
    this.#probes.wake();
  }

  /** A link's key has changed: what its breaker holds against it no longer counts. */
  forget(link: string): void {
    this.#breakers.reset(link);
    this.#lights.forget(link);
    this.#parts.onChange();
  }

  /** Takes up what another gateway of the team found out about a link. */
  adopt(link: string, target: string, found: FoundElsewhere): void {
    this.#breakers.adopt(link, target, found);
  }

  /** Tells again of every link that is left alone now. */
  tellAll(): void {
    this.#breakers.tellAll();
  }

  tryAcquire(link: Link): Permit | Refusal {
    const { budget } = this.#parts;
    if (!budget.allows(link)) {
      const cap = budget.state().cap_usd ?? 0;
      const message = `This month's budget of $${cap} is spent, so links that cost money are passed over.`;
      return { refused: true, kind: "quota_exhausted", message };
    }
    return this.#gate.tryAcquire(link);
  }

  confidence(link: Link): number {
    return this.#gate.confidence(link);
  }

  latencyMs(link: Link): number | null {
    return this.#gate.latencyMs(link);
  }

  p95Ms(link: Link): number | null {
    return this.#gate.p95Ms(link);
  }

  /** Takes note of an attempt that ended. */
  record(attempt: Attempt): void {
    const wasFailing = this.#lights.of(attempt.link).light === "failing";
    this.#gate.record(attempt);
    this.#probes.noteAttempt(attempt.link);
    this.#lights.record(attempt);
    if (wasFailing && attempt.outcome === "answered") this.#parts.onRecovery();
    this.#parts.onChange();
  }

  /** Why links beyond this machine are passed over; null while they are not. */
  get offline(): Status["offline"] {
    return this.#connectivity.reason;
  }

  /** A link's light and circuit. */
  statusOf(link: string): Omit<LinkStatus, "id" | "provider" | "model" | "tier"> {
    return { ...this.#lights.of(link), circuit: this.#breakers.of(link) ?? closed };
  }

  [Symbol.dispose](): void {
    this.#cancelLook?.();
    this.#probes[Symbol.dispose]();
    this.#breakers[Symbol.dispose]();
  }
}

const closed: LinkStatus["circuit"] = {
  state: "closed",
  failure_count: 0,
  last_failure: null,
  opens_until: null,
};
