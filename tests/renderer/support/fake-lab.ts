import type { implement } from "@orpc/server";
import type { api, LabBallot, LabReport, LabRun, LabStart } from "../../../electron/contract/index.ts";

/** A lab without links: what a test puts in is what the page sees. */
export class FakeLab {
  /** Newest first. */
  readonly reports: LabReport[] = [];
  /** What waits for a vote, in this order, whichever run is asked for. */
  readonly ballots: LabBallot[] = [];
  readonly started: LabStart[] = [];
  readonly votes: { prompt_id: string; slot: number | null }[] = [];
  #wakes: (() => void)[] = [];

  /** Tells the page that something has changed. */
  changed(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  /** The lab's part of the contract. */
  router(os: ReturnType<typeof implement<typeof api>>) {
    const runs = () => this.reports.map(({ run }) => run);
    const report = (id: string) => {
      const found = this.reports.find(({ run }) => run.id === id);
      if (found === undefined) throw new Error(`no run ${id}`);
      return found;
    };
    const set = (id: string, state: LabRun["state"]) => {
      const of = report(id);
      of.run = { ...of.run, state };
      this.changed();
      return of.run;
    };
    return {
      list: os.lab.list.handler(runs),
      watch: os.lab.watch.handler(({ signal }) => this.#watch(runs, signal)),
      report: os.lab.report.handler(({ input }) => report(input.id)),
      start: os.lab.start.handler(({ input }) => this.#start(input)),
      resume: os.lab.resume.handler(({ input }) => set(input.id, "running")),
      stop: os.lab.stop.handler(({ input }) => set(input.id, "unfinished")),
      remove: os.lab.remove.handler(({ input }) => {
        this.reports.splice(this.reports.indexOf(report(input.id)), 1);
        this.changed();
      }),
      ballot: os.lab.ballot.handler(() => this.ballots[0] ?? null),
      vote: os.lab.vote.handler(({ input: { prompt_id, slot } }) => {
        this.votes.push({ prompt_id, slot });
        this.ballots.shift();
        return this.ballots[0] ?? null;
      }),
    };
  }

  #start(input: LabStart): LabRun {
    this.started.push(input);
    const prompts = (input.prompts ?? []).length + (input.conversations ?? []).length;
    const links = input.links ?? ["primary"];
    const run: LabRun = {
      id: `run-${this.reports.length + 1}`,
      name: input.name ?? "Run",
      created_at: "2026-03-01T10:00:00.000Z",
      links,
      judge: input.judge ?? null,
      prompts,
      done: 0,
      total: prompts * links.length,
      state: "running",
    };
    this.reports.unshift({ run, results: [], votes: 0, ties: 0, prompts: [], answers: [], picks: [] });
    this.changed();
    return run;
  }

  async *#watch(runs: () => LabRun[], signal?: AbortSignal): AsyncGenerator<LabRun[], void, void> {
    while (!signal?.aborted) {
      const changed = new Promise<void>((wake) => {
        this.#wakes.push(wake);
        signal?.addEventListener("abort", () => wake(), { once: true });
      });
      yield runs();
      await changed;
    }
  }
}
