import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Attempt, Finished, Level, Status } from "../contract/index.ts";

const levels: readonly Level[] = ["full", "reduced", "minimal", "cached", "offline"];
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

  /** `status` is asked at each reading. */
  constructor(status: () => Status) {
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
    gauge("holdfast_engine_restarts", "Restarts of the engine after a crash.", [], (gauge, { engine }) =>
      gauge.set(engine.restarts),
    );
  }

  recordAttempt({ link, outcome, kind, first_token_ms, duration_ms, usage, cost_usd }: Attempt): void {
    this.#attempts.inc({ link, outcome, kind: kind ?? "" });
    if (outcome !== "skipped") this.#duration.observe({ link }, duration_ms / 1000);
    if (first_token_ms !== null) this.#firstToken.observe({ link }, first_token_ms / 1000);
    if (usage) {
      this.#tokens.inc({ link, direction: "input" }, usage.input_tokens);
      this.#tokens.inc({ link, direction: "output" }, usage.output_tokens);
    }
    if (cost_usd !== null) this.#cost.inc({ link }, cost_usd);
  }

  recordEnd({ receipt: { requested_tier, tier, notices } }: Finished): void {
    this.#requests.inc({ requested_tier, tier });
    for (const { code } of notices) this.#notices.inc({ code });
  }

  /** The reading, and its content type. */
  async read(): Promise<{ text: string; contentType: string }> {
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, labelNames: ["link"], buckets, registers: [this.#registry] });
  }
}
