import type { Clock, Link } from "../chain/index.ts";
import type { BreakerRefusal, Permit } from "./breaker.ts";
import { type Probed, type ProbeResult, runProbe } from "./probe-run.ts";

/** What the scheduler needs to know of a link. */
export type ProbedLink = Pick<Link, "id" | "tier">;

export interface ProbeSettings {
  /** False: nothing is sent that no request asked for. */
  enabled: boolean;
  intervalMs: number;
  timeoutMs: number;
  /** Without a request for this long, nobody is there to profit from a probe. */
  idleAfterMs: number;
}

/** What tells whether a probe may be sent now. Asked before every probe. */
export interface Surroundings<L> {
  onBattery(): boolean;
  isMetered(): boolean;
  /** The setup keeps everything on this machine: links of another tier than `local` get no probe. */
  isLocalOnly(): boolean;
  /** The link is known to be out of reach. */
  isOffline(link: L): boolean;
}

/** What the scheduler needs of the breakers. */
export interface ProbedBreakers {
  tryAcquire(link: string): Permit | null;
  refusal(link: string): BreakerRefusal | null;
  of(link: string): { state: "closed" | "open" | "half_open" } | null;
}

export interface ProbesParts<L> {
  clock: Clock;
  /** 0 up to but not including 1. */
  random(): number;
  settings: ProbeSettings;
  /** The cheapest honest request of the link's provider; rejects with a ProviderFailure and obeys the signal. */
  probe(link: L, signal: AbortSignal): Promise<Probed>;
  breakers: ProbedBreakers;
  surroundings: Surroundings<L>;
  /** Told how each probe ended; one that was stopped is not told. Must not throw. */
  onResult(result: ProbeResult, link: L): void;
}

interface Watch<L> {
  link: L;
  cancelTimer: (() => void) | null;
  /** Aborts the probe under way; null when there is none. */
  running: AbortController | null;
}

/** Between the trials of a half-open breaker, so that a recovery shows within seconds. */
const trialIntervalMs = 2_000;
/** After the network or the power came back, links are probed within this time, not all at once. */
const wakeSpreadMs = 1_000;

/**
 * Asks links from time to time whether they are healthy, so that an outage, and its end, shows before a person's request meets it
 * (seeds 002 and 003). A link that requests use is not asked as well. Sends nothing and sets no timer while idle.
 */
export class Probes<L extends ProbedLink> implements Disposable {
  readonly #parts: ProbesParts<L>;
  #settings: ProbeSettings;
  #watches = new Map<string, Watch<L>>();
  /** Monotonic time of the last request; null before the first. */
  #lastRequest: number | null = null;

  constructor(parts: ProbesParts<L>) {
    this.#parts = parts;
    this.#settings = parts.settings;
  }

  /** Takes up the links, and settings where they are new. Links that changed or are gone lose the probe under way. */
  configure(links: readonly L[], settings: ProbeSettings = this.#settings): void {
    this.#settings = settings;
    const before = this.#watches;
    this.#watches = new Map(
      links.map((link) => {
        const watch = before.get(link.id);
        if (watch && JSON.stringify(watch.link) === JSON.stringify(link)) {
          before.delete(link.id);
          return [link.id, watch];
        }
        return [link.id, { link, cancelTimer: null, running: null }];
      }),
    );
    for (const watch of before.values()) stop(watch);
    for (const watch of this.#watches.values()) {
      if (!this.#isAllowed(watch.link)) stop(watch);
      this.#schedule(watch);
    }
  }

  /** A person's request, or one at the gateway, began: somebody is there. */
  noteRequest(): void {
    const wasIdle = this.#isIdle();
    this.#lastRequest = this.#parts.clock.monotonic();
    if (!wasIdle) return;
    for (const watch of this.#watches.values()) this.#schedule(watch);
  }

  /** A request has just shown how this link is: its next probe can wait a whole interval, or less where a trial is due. */
  noteAttempt(link: string): void {
    const watch = this.#watches.get(link);
    if (watch && !watch.running) this.#schedule(watch);
  }

  /**
   * The network, the power or the person's choice has changed: what was held back is made up for soon, and what may not be
   * sent any more is stopped.
   */
  wake(): void {
    for (const watch of this.#watches.values()) {
      if (!this.#isAllowed(watch.link)) stop(watch);
      if (!watch.running) this.#schedule(watch, this.#parts.random() * wakeSpreadMs);
    }
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches.values()) stop(watch);
    this.#watches.clear();
  }

  #schedule(watch: Watch<L>, inMs = this.#intervalOf(watch.link)): void {
    watch.cancelTimer?.();
    watch.cancelTimer = null;
    if (!this.#settings.enabled || this.#isIdle()) return;
    watch.cancelTimer = this.#parts.clock.after(inMs, () => {
      watch.cancelTimer = null;
      void this.#due(watch);
    });
  }

  /** The interval, a quarter more or less; sooner where a breaker lets trials through before. */
  #intervalOf({ id }: L): number {
    const { breakers, clock, random } = this.#parts;
    const interval = this.#settings.intervalMs * (0.75 + 0.5 * random());
    const refusal = breakers.refusal(id);
    if (refusal?.until)
      return Math.min(interval, Math.max(refusal.until - clock.now(), 0) + random() * 1_000);
    return breakers.of(id)?.state === "half_open" ? Math.min(interval, trialIntervalMs) : interval;
  }

  async #due(watch: Watch<L>): Promise<void> {
    const call = !watch.running && this.mayAsk(watch.link) ? this.#call(watch.link) : null;
    if (!call) {
      this.#schedule(watch);
      return;
    }
    const { clock, probe } = this.#parts;
    const running = new AbortController();
    watch.running = running;
    const { result, settled } = runProbe({
      clock,
      link: watch.link,
      timeoutMs: this.#settings.timeoutMs,
      probe,
      signal: running.signal,
    });
    const ended = await result;
    call.end(ended);
    if (ended) this.#parts.onResult(ended, watch.link);
    await settled;
    watch.running = null;
    if (this.#watches.get(watch.link.id) === watch) this.#schedule(watch);
  }

  /** Whether something may be sent to a link now that no request asked for. */
  mayAsk(link: L): boolean {
    const { surroundings } = this.#parts;
    if (this.#isIdle() || !this.#isAllowed(link)) return false;
    return !surroundings.onBattery() && !surroundings.isMetered() && !surroundings.isOffline(link);
  }

  #isAllowed(link: L): boolean {
    return this.#settings.enabled && (link.tier === "local" || !this.#parts.surroundings.isLocalOnly());
  }

  /** What the breaker is told of a probe, or null when it lets none through. */
  #call({ id }: L): { end(result: ProbeResult | null): void } | null {
    const { breakers } = this.#parts;
    const isTrial = breakers.of(id)?.state === "half_open";
    const permit = breakers.tryAcquire(id);
    if (!permit) return null;
    return {
      end(result) {
        if (result?.ok === false) permit.failure(result.kind);
        // While closed, a cheap request that succeeds must not wipe out the failures of real ones.
        else if (result?.ok && isTrial) permit.success();
        else permit.cancel();
      },
    };
  }

  /** Nobody has asked anything for a while, or yet. */
  #isIdle(): boolean {
    if (this.#lastRequest === null) return true;
    return this.#parts.clock.monotonic() - this.#lastRequest >= this.#settings.idleAfterMs;
  }
}

function stop(watch: Watch<unknown>): void {
  watch.cancelTimer?.();
  watch.cancelTimer = null;
  watch.running?.abort();
}
