import { type Clock, systemClock } from "../chain/index.ts";
import type { Attempt, ChatRequest, Status } from "../contract/index.ts";
import type { BudgetState } from "./budget.ts";
import type { EndedRun } from "./ended-run.ts";
import { Journal } from "./journal.ts";
import { type Log, silentLog } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { Runs } from "./runs.ts";
import { Standing, type StandingNow } from "./standing.ts";
import { Telemetry, type TelemetryParts } from "./telemetry.ts";

export interface InstrumentsParts {
  /** None, and nothing is logged. */
  log: Log | undefined;
  clock?: Clock;
  newId(): string;
  /** Whether questions and answers may stand in the log. */
  content(): boolean;
  status(): Status;
  standing(): StandingNow;
  budget(): BudgetState;
  /** Told of each request of a person or a program as it ends. */
  onEnd(run: EndedRun): void;
}

/** What an operator sees of the app: log, metrics and traces, each told once of the same events. */
export class Instruments implements AsyncDisposable {
  readonly metrics: Metrics;
  readonly runs: Runs;
  readonly journal: Journal;
  readonly standing: Standing;
  readonly #parts: InstrumentsParts;
  readonly #log: Log;
  #telemetry: Telemetry | null = null;

  constructor(parts: InstrumentsParts) {
    const { log = silentLog, clock = systemClock, newId, content, onEnd } = parts;
    this.#parts = parts;
    this.#log = log;
    this.journal = new Journal({ log, content });
    this.standing = new Standing(parts.standing, (change) => {
      this.journal.standing(change);
      this.metrics.recordStanding(change);
    });
    this.runs = new Runs({
      clock,
      newId,
      traces: () => this.#telemetry !== null,
      onEnd: (run) => {
        if (run.purpose === "answer") {
          this.metrics.recordEnd(run);
          onEnd(run);
        }
        this.journal.request(run);
        this.#telemetry?.record(run);
      },
    });
    this.metrics = new Metrics(parts.status, () => this.runs.underWay);
  }

  /** Begins to send traces and metrics, where a collector is named. Trouble with it is told to the log. */
  startTelemetry(parts: Omit<TelemetryParts, "onTrouble">): void {
    this.#telemetry = Telemetry.start({ ...parts, onTrouble: (text) => this.journal.warning(text) });
  }

  /** An attempt ended; `hasCost` when it may have cost money. */
  recordAttempt(attempt: Attempt, request: ChatRequest, hasCost: boolean): void {
    this.metrics.recordAttempt(attempt);
    this.runs.noteAttempt(attempt, request.request_id);
    this.journal.attempt(attempt, { request, trace: this.runs.traceOf(request.request_id) });
    if (hasCost) this.journal.budget(this.#parts.budget());
  }

  /** The same secret, which from now on stands in no line of the log. */
  hidden<T extends string | null>(secret: T): T {
    if (secret !== null) this.#log.hide(secret);
    return secret;
  }

  /** Sends what is not sent yet. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#telemetry?.[Symbol.asyncDispose]();
  }
}
