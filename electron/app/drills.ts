import { join } from "node:path";
import {
  type Drill,
  type DrillInfo,
  type DrillProgress,
  type DrillReport,
  type DrillStart,
  type DrillsState,
  durationMs,
  type Status,
} from "../contract/index.ts";
import { expectationText, faultText, type Outcome, Rehearsal } from "../drills/index.ts";
import { ConfigError, StoreError } from "../store/index.ts";
import { alertsSeen } from "./drill-alerts.ts";
import { createDrillChain, type DrillChainParts } from "./drill-chain.ts";
import { type DrillFile, DrillFiles } from "./drill-files.ts";
import { costText, type DrillMode, type DrillPlan, type InForce, planOf } from "./drill-plan.ts";
import { DrillReports } from "./drill-reports.ts";
import type { Log, LogFields } from "./log.ts";
import { Watched } from "./watched.ts";

export interface DrillsParts extends DrillChainParts {
  resources: string;
  dataDir: string;
  inForce(): InForce;
  /** The person's own log, which is told that a drill began and ended, and nothing of what happened in it. */
  log: Log;
  /** A drill has begun or ended. */
  onChange(): void;
}

interface Running {
  plan: DrillPlan;
  file: DrillFile;
  id: string;
  startedAt: number;
  rehearsal: Rehearsal;
  abort: AbortController;
  ended: Promise<DrillReport>;
}

/** The state is told no more often than this, milliseconds. */
const tellEveryMs = 200;

/**
 * Drills: which there are, the one that runs, and the reports of those that ran. One runs at a time, only when a person starts it, and
 * ends with the app. Nothing of a run outlives it but its report, which is written at its end.
 */
export class Drills implements AsyncDisposable {
  readonly reports: DrillReports;
  readonly #parts: DrillsParts;
  readonly #files: DrillFiles;
  readonly #folder: string;
  readonly #state: Watched<DrillsState>;
  #running: Running | null = null;
  #isTelling = false;

  constructor(parts: DrillsParts) {
    this.#parts = parts;
    this.#folder = join(parts.dataDir, "drills");
    this.#files = new DrillFiles(join(parts.resources, "drills"), this.#folder);
    this.reports = new DrillReports(join(this.#folder, "reports"));
    this.#state = new Watched(() => this.state());
  }

  state(): DrillsState {
    return {
      folder: this.#folder,
      drills: this.list(),
      running: this.#running && progressOf(this.#running),
      reports: this.reports.list(),
    };
  }

  /** The state now, and again whenever it has changed, a few times a second while a drill runs. */
  watch(signal?: AbortSignal): AsyncGenerator<DrillsState, void, void> {
    return this.#state.watch(signal);
  }

  /** What the app's status says of the drill that runs. */
  get running(): Status["drill"] {
    return this.#running && { name: this.#running.plan.drill.name, ends_at: endOf(this.#running) };
  }

  list(): DrillInfo[] {
    return this.#files.list().map((file) => this.#infoOf(file));
  }

  /** A drill by id or path, and how it would run. Throws a StoreError, or a ConfigError that says what is wrong with its file. */
  plan(reference: string, mode: DrillMode = {}): { file: DrillFile; plan: DrillPlan; cost: string | null } {
    const file = this.#files.find(reference);
    const plan = planOf(this.#files.load(file), mode, this.#parts.inForce());
    return { file, plan, cost: costText(plan) };
  }

  /** Starts a drill. Throws a StoreError `conflict` while one runs, or when it may cost money and nobody agreed to that. */
  start({ drill: reference, may_cost, ...mode }: DrillStart): DrillProgress {
    const { clock, log, onError, onChange, resources, version } = this.#parts;
    if (this.#running)
      throw new StoreError(
        "conflict",
        `The drill "${this.#running.plan.drill.name}" is running: wait for its end, or stop it.`,
      );
    const { file, plan, cost } = this.plan(reference, mode);
    if (cost !== null && !may_cost) throw new StoreError("conflict", cost);
    const abort = new AbortController();
    let rehearsal: Rehearsal | null = null;
    const note = (fields: LogFields, text: string) => rehearsal?.note(fields, text);
    const chain = createDrillChain(plan, this.#parts, {
      debug: note,
      info: note,
      warn: note,
      error: note,
      hide: () => {},
    });
    rehearsal = new Rehearsal({
      drill: plan.drill,
      clock,
      injector: chain.injector,
      run: chain.run,
      metrics: chain.metrics,
      alerts: (samples) =>
        this.#alerts(plan.drill, join(resources, "observability/alerts.yml"), samples, abort.signal),
      signal: abort.signal,
      onChange: () => this.#tellSoon(),
    });
    const startedAt = clock.now();
    const run = { plan, file, id: `${stampOf(startedAt)}-${file.id}`, startedAt };
    const ended = rehearsal
      .run()
      .finally(() => chain[Symbol.asyncDispose]())
      .then((outcome) => reportOf(run, outcome, version))
      .then((report) => {
        this.reports.keep(report);
        const { end, passed } = report;
        log.info(
          { event: "drill", drill: file.id, state: "ended", end, passed },
          `The drill "${report.name}" has ended.`,
        );
        return report;
      })
      .finally(() => {
        this.#running = null;
        onChange();
        this.#state.changed();
      });
    ended.catch(onError);
    const running = { ...run, rehearsal, abort, ended };
    this.#running = running;
    log.info({ event: "drill", drill: file.id, state: "started" }, `The drill "${plan.drill.name}" begins.`);
    onChange();
    this.#state.changed();
    return progressOf(running);
  }

  /** Ends the drill that runs; its report says that it was stopped. */
  async stop(): Promise<void> {
    const running = this.#running;
    running?.abort.abort();
    await running?.ended.catch(() => {});
  }

  /** The report of the drill that runs now, once it has ended. Throws a StoreError `not_found` while none runs. */
  async ended(): Promise<DrillReport> {
    if (!this.#running) throw new StoreError("not_found", "No drill is running.");
    return this.#running.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #alerts(drill: Drill, rules: string, samples: Parameters<typeof alertsSeen>[2], signal: AbortSignal) {
    const isAsked = drill.expect.some(({ check }) => check === "alert");
    return isAsked
      ? alertsSeen(rules, drill, samples, signal)
      : { unchecked: "No expectation asks for alerts." };
  }

  #tellSoon(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#parts.clock.after(tellEveryMs, () => {
      this.#isTelling = false;
      this.#state.changed();
    });
  }

  #infoOf(file: DrillFile): DrillInfo {
    const unknown = {
      ...file,
      name: file.id,
      description: "",
      max_duration_ms: 0,
      requests: 0,
      faults: [],
      expectations: [],
      rehearses: [],
      has_stand_ins: false,
      cost: null,
      own_chain_cost: null,
    };
    try {
      const drill = this.#files.load(file);
      return {
        ...file,
        name: drill.name,
        description: drill.description ?? "",
        problem: null,
        max_duration_ms: durationMs(drill.max_duration),
        requests: drill.requests.reduce((sum, { count }) => sum + count, 0),
        faults: drill.faults.map(faultText),
        expectations: drill.expect.map(expectationText),
        rehearses: drill.rehearses ?? [],
        has_stand_ins: Object.keys(drill.stand_ins ?? {}).length > 0,
        cost: costText(planOf(drill, {}, this.#parts.inForce())),
        own_chain_cost: this.#ownChainCost(drill),
      };
    } catch (error) {
      if (error instanceof ConfigError || error instanceof StoreError)
        return { ...unknown, problem: error.message };
      throw error;
    }
  }

  /** On the person's own chain; null also where the drill names links that it does not have, which starting it says. */
  #ownChainCost(drill: Drill): string | null {
    try {
      return costText(planOf(drill, { own_chain: true }, this.#parts.inForce()));
    } catch (error) {
      if (error instanceof StoreError) return null;
      throw error;
    }
  }
}

type Run = Pick<Running, "plan" | "file" | "id" | "startedAt">;

const headOf = ({ plan, file, id, startedAt }: Run) => ({
  id,
  drill: file.id,
  name: plan.drill.name,
  chain: plan.mode.own_chain || !plan.isSealed ? ("own" as const) : ("stand_ins" as const),
  without: plan.mode.without ?? null,
  started_at: new Date(startedAt).toISOString(),
});

const endOf = ({ plan, startedAt }: Run): string =>
  new Date(startedAt + durationMs(plan.drill.max_duration)).toISOString();

function progressOf(running: Running): DrillProgress {
  return {
    ...headOf(running),
    ends_at: endOf(running),
    max_duration_ms: durationMs(running.plan.drill.max_duration),
    ...running.rehearsal.progress(),
  };
}

function reportOf(run: Run, outcome: Outcome, version: string): DrillReport {
  const { drill, links } = run.plan;
  return {
    ...headOf(run),
    description: drill.description ?? "",
    seed: drill.seed ?? 1,
    ...outcome,
    links: links.map(({ id, provider, model, tier }) => ({
      id,
      provider,
      model,
      tier,
      stand_in: drill.stand_ins?.[id] !== undefined,
    })),
    version,
  };
}

/** `20261121-161500-123`, in universal time. */
const stampOf = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace(/[-:]|Z/g, "")
    .replace(/[T.]/g, "-");
