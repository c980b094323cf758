import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type Attempt, type EngineStatus, type Level, type Status, tier } from "../contract/index.ts";
import type { EndedRun } from "./ended-run.ts";
import type { StandingChange } from "./standing.ts";

const levels: readonly Level[] = ["full", "reduced", "minimal", "cached", "offline"];
const engineStates: readonly EngineStatus["state"][] = [
  "stopped",
  "starting",
  "idle",
  "loading",
  "generating",
  "crashed",
];
const circuitStates = ["closed", "open", "half_open"] as const;
/** Seconds: from a cached answer to a long one by a slow machine. */
const firstTokenBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const durationBuckets = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** What happened since the start, and how things stand now, in Prometheus' text format. Labels come from the config, never from a request. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#counter(
    "holdfast_requests_total",
    "Requests that ended, by the tier that was asked for and the one that answered.",
    ["requested_tier", "tier"],
  );
  readonly #fallbacks = this.#counter(
    "holdfast_fallbacks_total",
    "Requests that a lower tier answered than was asked for, or nothing (tier offline).",
    ["tier"],
  );
  readonly #attempts = this.#counter(
    "holdfast_attempts_total",
    "Attempts of links that ended, by outcome and failure kind.",
    ["link", "outcome", "kind"],
  );
  readonly #tokens = this.#counter("holdfast_tokens_total", "Tokens that providers reported.", [
    "link",
    "direction",
  ]);
  readonly #cost = this.#counter("holdfast_cost_usd_total", "US dollars that attempts cost.", ["link"]);
  readonly #notices = this.#counter("holdfast_notices_total", "Notices that people were given.", ["code"]);
  readonly #breakers = this.#counter(
    "holdfast_circuit_changes_total",
    "Changes of a link's breaker, by the state that it came to.",
    ["link", "state"],
  );
  readonly #lookups = this.#counter(
    "holdfast_cache_lookups_total",
    "Look-ups in the emergency cache: answered, a similar question was offered, or nothing.",
    ["outcome"],
  );
  readonly #reports = this.#counter(
    "holdfast_cache_reports_total",
    "What people said of cached answers: whether the question was the same. no is a false hit.",
    ["same"],
  );
  readonly #requestDuration = this.#histogram(
    "holdfast_request_duration_seconds",
    "How long requests took, by the tier that answered.",
    durationBuckets,
    ["tier"],
  );
  readonly #requestFirstToken = this.#histogram(
    "holdfast_request_first_token_seconds",
    "From a request's arrival to the first piece of its answer, by the tier that answered.",
    firstTokenBuckets,
    ["tier"],
  );
  readonly #duration = this.#histogram(
    "holdfast_attempt_duration_seconds",
    "How long attempts took that were not passed over.",
    durationBuckets,
  );
  readonly #firstToken = this.#histogram(
    "holdfast_first_token_seconds",
    "From the start of an attempt to its first token.",
    firstTokenBuckets,
  );

  /** `status`, and how many requests are under way, is asked at each reading. */
  constructor(status: () => Status, underWay: () => number) {
    // A counter that begins with its first event shows no increase for it.
    for (const one of tier.options) this.#fallbacks.inc({ tier: one }, 0);
    for (const same of ["yes", "no"]) this.#reports.inc({ same }, 0);
    for (const outcome of ["answered", "similar", "none"]) this.#lookups.inc({ outcome }, 0);
    const gauge = (name: string, help: string, labels: string[], read: (gauge: Gauge, now: Status) => void) =>
      new Gauge({
        name,
        help,
        labelNames: labels,
        registers: [this.#registry],
        collect() {
          this.reset();
          read(this, status());
        },
      });
    gauge("holdfast_level", "1 for the level in force.", ["level"], (gauge, { level }) => {
      for (const one of levels) gauge.set({ level: one }, Number(one === level));
    });
    gauge(
      "holdfast_link_up",
      "0 while the last attempt of a link failed.",
      ["link", "tier"],
      (gauge, { links }) => {
        for (const { id, tier, light } of links) gauge.set({ link: id, tier }, Number(light !== "failing"));
      },
    );
    gauge(
      "holdfast_circuit_state",
      "1 for the state of a link's breaker.",
      ["link", "state"],
      (gauge, { links }) => {
        for (const { id, circuit } of links)
          for (const state of circuitStates) gauge.set({ link: id, state }, Number(state === circuit.state));
      },
    );
    gauge(
      "holdfast_offline",
      "1 while links beyond this machine are passed over.",
      [],
      (gauge, { offline }) => gauge.set(Number(offline !== null)),
    );
    gauge("holdfast_budget_spent_usd", "US dollars spent this month.", [], (gauge, { budget }) =>
      gauge.set(budget.spent_usd),
    );
    gauge("holdfast_budget_cap_usd", "The month's budget, where there is one.", [], (gauge, { budget }) => {
      if (budget.cap_usd !== null) gauge.set(budget.cap_usd);
    });
    gauge("holdfast_outbox_waiting", "Questions that wait for a better tier.", [], (gauge, { outbox }) =>
      gauge.set(outbox.waiting),
    );
    gauge("holdfast_outbox_ready", "Better answers that wait to be seen.", [], (gauge, { outbox }) =>
      gauge.set(outbox.ready),
    );
    gauge("holdfast_engine_restarts", "Restarts of the engine after a crash.", [], (gauge, { engine }) =>
      gauge.set(engine.restarts),
    );
    gauge("holdfast_engine_state", "1 for the state of the engine.", ["state"], (gauge, { engine }) => {
      for (const state of engineStates) gauge.set({ state }, Number(state === engine.state));
    });
    gauge(
      "holdfast_engine_models_set_aside",
      "Models that are left alone, since the engine crashed with them.",
      [],
      (gauge, { engine }) => gauge.set(engine.set_aside.length),
    );
    gauge("holdfast_requests_under_way", "Requests that are being answered.", [], (gauge) =>
      gauge.set(underWay()),
    );
    gauge("holdfast_build_info", "1, with the version.", ["version"], (gauge, { version }) =>
      gauge.set({ version }, 1),
    );
    gauge("process_resident_memory_bytes", "Memory of the main process.", [], (gauge) =>
      gauge.set(process.memoryUsage.rss()),
    );
    gauge("process_start_time_seconds", "When the process began, since the epoch.", [], (gauge) =>
      gauge.set(Math.round(performance.timeOrigin / 1000)),
    );
  }

  recordAttempt(attempt: Attempt): void {
    const { link, tier, outcome, kind, first_token_ms, duration_ms, usage, cost_usd } = attempt;
    this.#attempts.inc({ link, outcome, kind: kind ?? "" });
    if (outcome !== "skipped") this.#duration.observe({ link, tier }, duration_ms / 1000);
    if (first_token_ms !== null) this.#firstToken.observe({ link, tier }, first_token_ms / 1000);
    if (usage) {
      this.#tokens.inc({ link, direction: "input" }, usage.input_tokens);
      this.#tokens.inc({ link, direction: "output" }, usage.output_tokens);
    }
    if (cost_usd !== null) this.#cost.inc({ link }, cost_usd);
  }

  /** A request that whoever asked did not wait for counts as an attempt only. */
  recordEnd({ finished, durationMs, firstTokenMs }: EndedRun): void {
    if (finished === null) return;
    const { requested_tier, tier: answered, notices } = finished.receipt;
    this.#requests.inc({ requested_tier, tier: answered });
    for (const { code } of notices) this.#notices.inc({ code });
    if (finished.failure?.code === "cancelled") return;
    if (tier.options.indexOf(answered) > tier.options.indexOf(requested_tier))
      this.#fallbacks.inc({ tier: answered });
    this.#requestDuration.observe({ tier: answered }, durationMs / 1000);
    if (firstTokenMs !== null) this.#requestFirstToken.observe({ tier: answered }, firstTokenMs / 1000);
  }

  recordStanding({ event, link, to }: StandingChange): void {
    if (event === "breaker") this.#breakers.inc({ link: String(link), state: String(to) });
  }

  recordLookup(outcome: "answered" | "similar" | "none"): void {
    this.#lookups.inc({ outcome });
  }

  /** What the person said to "Was this the same question?". */
  recordReport(same: boolean): void {
    this.#reports.inc({ same: same ? "yes" : "no" });
  }

  /** The reading, and its content type. */
  async read(): Promise<{ text: string; contentType: string }> {
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[], labelNames = ["link", "tier"]): Histogram {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] });
  }
}
