import type { implement } from "@orpc/server";
import { ORPCError } from "@orpc/server";
import type { api, DrillReport, DrillStart, DrillsState } from "../../../electron/contract/index.ts";

/** Drills that no chain goes through: what a test puts in is what the page sees. */
export class FakeDrills {
  state: DrillsState = { folder: "/data/drills", drills: [], running: null, reports: [] };
  readonly reports = new Map<string, DrillReport>();
  readonly started: DrillStart[] = [];
  /** Called when the page starts or stops a drill. */
  onStart: () => void = () => {};
  stops = 0;
  #wakes: (() => void)[] = [];

  /** Tells the page that something has changed. */
  set(change: Partial<DrillsState>): void {
    this.state = { ...this.state, ...change };
    for (const wake of this.#wakes.splice(0)) wake();
  }

  /** The part of the contract that is about drills. */
  router(os: ReturnType<typeof implement<typeof api>>) {
    return {
      get: os.drills.get.handler(() => this.state),
      watch: os.drills.watch.handler(({ signal }) => this.#watch(signal)),
      start: os.drills.start.handler(({ input }) => {
        this.started.push(input);
        this.onStart();
        if (this.state.running === null) throw new ORPCError("CONFLICT", { message: "It can't be started." });
        return this.state.running;
      }),
      stop: os.drills.stop.handler(() => {
        this.stops += 1;
        this.set({ running: null });
      }),
      report: os.drills.report.handler(({ input }) => {
        const report = this.reports.get(input.id);
        if (report === undefined) throw new ORPCError("NOT_FOUND", { message: "There is no such report." });
        return report;
      }),
      page: os.drills.page.handler(() => ({ html: "<!doctype html><title>Report</title>" })),
    };
  }

  async *#watch(signal?: AbortSignal): AsyncGenerator<DrillsState, void, void> {
    while (!signal?.aborted) {
      yield this.state;
      await new Promise<void>((wake) => {
        this.#wakes.push(wake);
        signal?.addEventListener("abort", () => wake(), { once: true });
      });
    }
  }
}
