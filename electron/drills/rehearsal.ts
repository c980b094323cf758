import type { Clock } from "../chain/index.ts";
import {
  type ChainEvent,
  type ChatRequest,
  type Drill,
  type DrillAnswer,
  type DrillFaultSeen,
  type DrillFinding,
  type DrillMoment,
  type DrillProgress,
  type DrillReport,
  durationMs,
} from "../contract/index.ts";
import { type AlertsSeen, type DrillLine, findingOf } from "./findings.ts";
import type { Injector } from "./injector.ts";
import { type Sample, seriesOf } from "./metrics-text.ts";
import { send } from "./requests.ts";
import { faultText } from "./words.ts";

export interface RehearsalParts {
  drill: Drill;
  clock: Clock;
  injector: Injector;
  run(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChainEvent>;
  /** The text of `/metrics`. */
  metrics(): Promise<string>;
  /** Which alerts the samples would have fired. */
  alerts(samples: readonly Sample[]): Promise<AlertsSeen>;
  /** Aborts when the person stops the drill, or the app ends. */
  signal: AbortSignal;
  /** Something that `progress` tells has changed. */
  onChange(): void;
}

/** What a rehearsal has to say at its end. */
export type Outcome = Pick<
  DrillReport,
  "end" | "duration_ms" | "passed" | "findings" | "faults" | "moments" | "answers" | "cost_usd"
>;

/** Answers in the timeline of a drill that runs. */
const shownPoints = 400;

/** One run of a drill: sends its requests under its faults, and looks at what becomes of them. */
export class Rehearsal {
  readonly #parts: RehearsalParts;
  readonly #faults: Omit<DrillFaultSeen, "hits">[];
  readonly #answers: DrillAnswer[] = [];
  readonly #moments: DrillMoment[] = [];
  readonly #lines: DrillLine[] = [];
  readonly #samples: Sample[] = [];
  #startedAt: number;
  #alerts: AlertsSeen | null = null;

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.monotonic();
    this.#faults = parts.drill.faults.map((fault) => {
      const from_ms = durationMs(fault.from ?? "0s");
      return { text: faultText(fault), from_ms, to_ms: fault.for ? from_ms + durationMs(fault.for) : null };
    });
  }

  /** Takes note of a line of the log; what stands otherwise than before is shown in the timeline as well. */
  note(fields: DrillLine, text: string): void {
    this.#lines.push(fields);
    const what = momentsOf[String(fields.event)];
    if (what) this.#tell(what, text);
  }

  /** How it goes now. */
  progress(): Pick<
    DrillProgress,
    "elapsed_ms" | "done" | "total" | "tiers" | "points" | "faults" | "moments" | "findings"
  > {
    const counts = new Map<DrillAnswer["tier"], number>();
    for (const { tier } of this.#answers) counts.set(tier, (counts.get(tier) ?? 0) + 1);
    return {
      elapsed_ms: this.#elapsedMs,
      done: this.#answers.length,
      total: this.#parts.drill.requests.reduce((sum, { count }) => sum + count, 0),
      tiers: [...counts].map(([tier, count]) => ({ tier, count })),
      points: this.#answers
        .slice(-shownPoints)
        .map(({ n, at_ms, tier, link, first_token_ms, duration_ms }) => ({
          n,
          at_ms,
          tier,
          link,
          first_token_ms,
          duration_ms,
        })),
      faults: this.#faultsSeen(),
      moments: [...this.#moments],
      findings: this.#findings(false),
    };
  }

  /** Runs it to its end: its requests', its maximum duration's, or the signal's. */
  async run(): Promise<Outcome> {
    const { drill, clock, injector, signal } = this.#parts;
    const timeUp = new AbortController();
    const over = AbortSignal.any([signal, timeUp.signal]);
    await this.#sample();
    // From here on faults, requests and expectations count by the same clock.
    this.#startedAt = clock.monotonic();
    injector.begin();
    const cancels = [clock.after(durationMs(drill.max_duration), () => timeUp.abort())];
    for (const { text, from_ms, to_ms } of this.#faults) {
      cancels.push(clock.after(from_ms, () => this.#tell("fault", `Begins: ${text}`)));
      if (to_ms !== null) cancels.push(clock.after(to_ms, () => this.#tell("fault", `Ends: ${text}`)));
    }
    const stopSampling = this.#sampleEvery(durationMs(drill.alerts?.sample ?? "1s"));
    try {
      await Promise.all(drill.requests.map((group) => this.#send(group, over)));
    } catch (error) {
      if (!over.aborted) {
        // Nothing may go on without its faults.
        timeUp.abort();
        throw error;
      }
    } finally {
      injector.end();
      stopSampling();
      for (const cancel of cancels) cancel();
    }
    const end = signal.aborted ? "stopped" : timeUp.signal.aborted ? "time_up" : "finished";
    const ends = { finished: "All requests have ended", time_up: "The time is up", stopped: "Stopped" };
    this.#tell("end", ends[end]);
    const duration_ms = this.#elapsedMs;
    await this.#sample();
    this.#alerts =
      end === "finished"
        ? await this.#parts.alerts(this.#samples)
        : { unchecked: "The drill did not come to its end." };
    const findings = this.#findings(true);
    const costs = this.#answers.flatMap(({ cost_usd }) => cost_usd ?? []);
    return {
      end,
      duration_ms,
      passed: end === "finished" && findings.every(({ outcome }) => outcome !== "failed"),
      findings,
      faults: this.#faultsSeen(),
      moments: this.#moments,
      answers: this.#answers,
      cost_usd: costs.length > 0 ? costs.reduce((sum, cost) => sum + cost, 0) : null,
    };
  }

  async #send(group: Drill["requests"][number], signal: AbortSignal): Promise<void> {
    const { clock, run, drill } = this.#parts;
    const cancel = clock.after(durationMs(group.from ?? "0s"), () =>
      this.#tell("requests", `${group.count} requests begin${group.name ? `: ${group.name}` : ""}`),
    );
    try {
      await send(group, {
        clock,
        run,
        startedAt: this.#startedAt,
        signal,
        onAnswer: (answer) => {
          // What was under way when the drill ended says nothing of the chain.
          if (signal.aborted) return;
          this.#answers.push({ ...answer, n: this.#answers.length + 1 });
          this.#parts.onChange();
        },
      });
    } finally {
      cancel();
    }
    if (drill.requests.length > 1 && group.name) this.#tell("requests", `All answered: ${group.name}`);
  }

  /** Reads metrics again and again; the function given back ends that. */
  #sampleEvery(ms: number): () => void {
    let cancel = () => {};
    const next = () => {
      cancel = this.#parts.clock.after(ms, () => {
        void this.#sample();
        next();
      });
    };
    next();
    return () => cancel();
  }

  async #sample(): Promise<void> {
    const atMs = this.#elapsedMs;
    this.#samples.push({ atMs, series: seriesOf(await this.#parts.metrics()) });
  }

  #tell(what: DrillMoment["what"], text: string): void {
    this.#moments.push({ at_ms: this.#elapsedMs, what, text });
    this.#parts.onChange();
  }

  #findings(isOver: boolean): DrillFinding[] {
    const seen = {
      answers: this.#answers,
      samples: this.#samples,
      lines: this.#lines,
      alerts: this.#alerts,
    };
    return this.#parts.drill.expect.map((expectation) => findingOf(expectation, seen, isOver));
  }

  #faultsSeen(): DrillFaultSeen[] {
    const { hits } = this.#parts.injector;
    return this.#faults.map((fault, index) => ({ ...fault, hits: hits[index] ?? 0 }));
  }

  get #elapsedMs(): number {
    return this.#parts.clock.monotonic() - this.#startedAt;
  }
}

/** The events of the log that are shown in the timeline. */
const momentsOf: Readonly<Record<string, DrillMoment["what"]>> = {
  breaker: "circuit",
  level: "level",
  connectivity: "level",
  engine: "engine",
};
