import type { Clock, Link } from "../chain/index.ts";
import type { Attempt, FailureKind } from "../contract/index.ts";
import { whereabouts } from "./network.ts";

/** Why links beyond this machine are passed over: no network at all, its sign-in page, or nothing that can be reached through it. */
export type OfflineReason = "no_network" | "sign_in_page" | "unreachable";

type Address = Pick<Link, "provider" | "baseUrl">;

export interface ConnectivityParts {
  clock: Clock;
  /** The network as the system tells it: some text that changes with it, null when there is none (`networkOf`). */
  network(): string | null;
  /** Told when the reason has changed; a verdict that lapses with time is not told. */
  onChange?(): void;
}

/** The system is asked no more often than this. */
const networkFreshMs = 1_000;
/** After this a verdict from requests lapses, so that the next request may find out; its first failure renews it. */
const verdictMs = 15_000;
/** One or two failures in a row are a link's own affair. */
const failuresNeeded = 3;

/** No connection came about. */
const unreached = new Set<FailureKind>(["network", "timeout_connect"]);
/** A connection may have come about, or died under way: these say nothing of the network. */
const unclear = new Set<FailureKind>([
  "timeout_first_token",
  "timeout_idle",
  "timeout_total",
  "truncated",
  "malformed",
  "cancelled",
]);

/**
 * Whether it is known that links beyond this machine can't be reached, so that no request has to find out again. Two
 * sources: the system's interfaces, which settle it, and requests: when every host of the internet that the chain has
 * failed in a row without a connection, it is not the hosts. One answer of any of them, or another network, ends that at once.
 */
export class Connectivity {
  readonly #clock: Clock;
  readonly #parts: ConnectivityParts;
  #hosts = new Set<string>();
  /** Failures since the last sign of life, and the hosts that they came from. */
  #failures = 0;
  #failedHosts = new Set<string>();
  #verdict: { reason: OfflineReason; until: number } | null = null;
  #network: { is: string | null; freshUntil: number };
  #told: OfflineReason | null;

  constructor(parts: ConnectivityParts) {
    this.#clock = parts.clock;
    this.#parts = parts;
    this.#network = this.#look();
    this.#told = this.reason;
  }

  /** The links of the chain, so that it is known which hosts there are. */
  configure(links: readonly Address[]): void {
    const places = links.map(whereabouts).filter(({ reach }) => reach === "internet");
    this.#hosts = new Set(places.map(({ host }) => host));
    this.#forgetFailures();
  }

  /** Why the link can't be reached, as far as is known; null when it may be tried. Never for a link on this machine. */
  reasonFor(link: Address): OfflineReason | null {
    const { reach } = whereabouts(link);
    if (reach === "loopback") return null;
    const reason = this.reason;
    return reach === "internet" || reason === "no_network" ? reason : null;
  }

  /** The same for the internet at large. */
  get reason(): OfflineReason | null {
    this.#refresh();
    if (this.#network.is === null) return "no_network";
    return this.#verdict && this.#clock.monotonic() < this.#verdict.until ? this.#verdict.reason : null;
  }

  /** Takes note of an attempt, or a probe, that ended. */
  record(link: Address, { outcome, kind, status }: Pick<Attempt, "outcome" | "kind" | "status">): void {
    const { host, reach } = whereabouts(link);
    if (reach !== "internet" || outcome === "skipped" || outcome === "cancelled") return;
    if (kind !== null && unclear.has(kind)) return;
    if (kind !== null && unreached.has(kind)) this.#failed(host, status);
    else this.#forgetFailures();
    this.#tell();
  }

  /** The system told of another network, or of the same one again. */
  networkChanged(): void {
    this.#forgetFailures();
    this.#network = this.#look();
    this.#tell();
  }

  /** Asks the system again, for who would know of a change though nobody asks for a link. */
  look(): void {
    this.#refresh();
  }

  #failed(host: string, status: number | null): void {
    this.#failures += 1;
    if (this.#hosts.has(host)) this.#failedHosts.add(host);
    const allFailed = this.#hosts.size > 0 && this.#failedHosts.size === this.#hosts.size;
    if (!allFailed || this.#failures < failuresNeeded) return;
    // `network` with an HTTP status: something on the way answered in the host's place.
    const reason = status === null ? "unreachable" : "sign_in_page";
    this.#verdict = { reason, until: this.#clock.monotonic() + verdictMs };
  }

  #forgetFailures(): void {
    this.#failures = 0;
    this.#failedHosts.clear();
    this.#verdict = null;
  }

  #refresh(): void {
    if (this.#clock.monotonic() < this.#network.freshUntil) return;
    const before = this.#network.is;
    this.#network = this.#look();
    if (this.#network.is === before) return;
    this.#forgetFailures();
    this.#tell();
  }

  #look() {
    return { is: this.#parts.network(), freshUntil: this.#clock.monotonic() + networkFreshMs };
  }

  #tell(): void {
    const reason = this.reason;
    if (reason === this.#told) return;
    this.#told = reason;
    this.#parts.onChange?.();
  }
}
