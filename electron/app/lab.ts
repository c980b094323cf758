import type { Chain, Clock, Link } from "../chain/index.ts";
import type {
  LabBallot,
  LabPrompt,
  LabReport,
  LabRun,
  LabStart,
  RequirementSpec,
} from "../contract/index.ts";
import { ballotOf, blindOrder, type CheckTools, mayAsk, resultsOf, runLab } from "../quality/index.ts";
import { type Conversations, type KeptRun, type LabRuns, StoreError } from "../store/index.ts";
import { Watched } from "./watched.ts";

export interface LabParts {
  runs: LabRuns;
  conversations: Pick<Conversations, "get" | "history" | "isLocalOnly">;
  /** The chain alone: answers are measured, not repaired. */
  chain: Pick<Chain, "run">;
  tools: CheckTools;
  links(): readonly Link[];
  clock: Pick<Clock, "now">;
  newId(): string;
  onError(error: unknown): void;
}

/** Measures links against each other on a person's own prompts. One run of this process works at a time for each id. */
export class Lab implements AsyncDisposable {
  readonly #parts: LabParts;
  readonly #working = new Map<string, { abort: AbortController; ended: Promise<void> }>();
  readonly #list: Watched<LabRun[]>;

  constructor(parts: LabParts) {
    this.#parts = parts;
    this.#list = new Watched(() => this.list());
  }

  /** All runs, newest first. */
  list(): LabRun[] {
    return this.#parts.runs.list().map((run) => this.#asRun(run));
  }

  /** The runs now, and again whenever one has moved on. */
  watch(signal?: AbortSignal): AsyncGenerator<LabRun[], void, void> {
    return this.#list.watch(signal);
  }

  /** Begins a run. Throws a StoreError `invalid` when there is nothing to ask or a link is not known. */
  start(input: LabStart): LabRun {
    const { runs, clock, newId } = this.#parts;
    const links = this.#linksOf(input.links).map(({ id }) => id);
    if (input.judge !== undefined) this.#linksOf([input.judge]);
    const prompts = [...this.#typed(input), ...this.#asked(input)];
    if (prompts.length === 0) {
      throw new StoreError(
        "invalid",
        "There is nothing to ask: give prompts, or conversations that have questions.",
      );
    }
    const id = newId();
    runs.add(
      {
        id,
        name: input.name || `${prompts.length} ${prompts.length === 1 ? "prompt" : "prompts"}`,
        created_at: new Date(clock.now()).toISOString(),
        links,
        judge: input.judge ?? null,
      },
      prompts,
    );
    return this.resume(id);
  }

  /** Goes on with a run that was stopped or killed; what was answered is not asked again. */
  resume(id: string): LabRun {
    const run = this.#parts.runs.get(id);
    if (run.isComplete || this.#working.has(id)) return this.#asRun(run);
    const links = this.#linksOf(run.links);
    if (run.judge !== null) this.#linksOf([run.judge]);
    const abort = new AbortController();
    const ended = runLab({
      ...this.#parts,
      id,
      prompts: this.#parts.runs.prompts(id),
      links,
      judge: run.judge,
      keeper: this.#parts.runs,
      isLocalOnly: (conversation) => this.#isLocalOnly(conversation),
      signal: abort.signal,
      onProgress: () => this.#list.changed(),
    })
      .catch((error) => {
        abort.abort();
        this.#parts.onError(error);
      })
      .finally(() => {
        this.#working.delete(id);
        this.#list.changed();
      });
    this.#working.set(id, { abort, ended });
    this.#list.changed();
    return this.#asRun(run);
  }

  /** Ends the work on a run; it can be resumed. */
  async stop(id: string): Promise<LabRun> {
    const working = this.#working.get(id);
    working?.abort.abort();
    await working?.ended;
    return this.#asRun(this.#parts.runs.get(id));
  }

  /** Waits until the work on a run has ended, well or not. */
  async ended(id: string): Promise<void> {
    await this.#working.get(id)?.ended;
  }

  async remove(id: string): Promise<void> {
    await this.stop(id);
    this.#parts.runs.remove(id);
    this.#list.changed();
  }

  /** All of a run, with how each link did. */
  report(id: string): LabReport {
    const { runs } = this.#parts;
    const run = this.#asRun(runs.get(id));
    const prompts = runs.prompts(id);
    const answers = runs.answers(id);
    const picks = runs.picks(id);
    const votes = picks.filter(({ by }) => by === "person");
    return {
      run,
      results: resultsOf(run.links, prompts, answers, picks),
      votes: votes.length,
      ties: votes.filter(({ link }) => link === null).length,
      prompts,
      answers,
      picks,
    };
  }

  /** The next prompt to vote on; null when there is none left. */
  ballot(id: string): LabBallot | null {
    const { runs } = this.#parts;
    const voted = new Set(
      runs.picks(id).flatMap(({ by, prompt_id }) => (by === "person" ? [prompt_id] : [])),
    );
    const open = runs
      .prompts(id)
      .filter((prompt) => !voted.has(prompt.id))
      .map((prompt) => ({ prompt, inOrder: this.#inOrder(id, prompt.id) }))
      .filter(({ prompt, inOrder }) => this.#isWhole(id, prompt) && inOrder.length > 1);
    const [next] = open;
    return next ? ballotOf(next.prompt, next.inOrder, open.length) : null;
  }

  /** Takes the person's vote for a slot of a ballot, null for none better, and gives the next ballot. */
  vote(id: string, promptId: string, slot: number | null): LabBallot | null {
    const link = slot === null ? null : this.#inOrder(id, promptId)[slot]?.link;
    if (link === undefined) throw new StoreError("invalid", `There is no answer ${slot} to vote for.`);
    this.#parts.runs.keepPick(id, { prompt_id: promptId, by: "person", link });
    this.#list.changed();
    return this.ballot(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { abort } of this.#working.values()) abort.abort();
    await Promise.all([...this.#working.values()].map(({ ended }) => ended));
  }

  #inOrder(id: string, promptId: string) {
    return blindOrder(
      id,
      this.#parts.runs.answers(id).filter(({ prompt_id }) => prompt_id === promptId),
    );
  }

  /** Whether every link that may be asked has had its say: a ballot must not change while it is looked at. */
  #isWhole(id: string, prompt: LabPrompt): boolean {
    const { runs } = this.#parts;
    const answers = runs.answers(id).filter(({ prompt_id }) => prompt_id === prompt.id);
    return answers.length >= this.#linksFor(runs.get(id), prompt).length;
  }

  #linksOf(ids: readonly string[] | undefined): Link[] {
    const all = this.#parts.links();
    if (ids === undefined) return [...all];
    return ids.map((id) => {
      const link = all.find((one) => one.id === id);
      if (link) return link;
      const known = all.map((one) => one.id).join(", ");
      throw new StoreError("invalid", `There is no link "${id}" in the chain. There are: ${known}.`);
    });
  }

  /** The links of a run that a prompt may go to; one that is no longer in the chain counts as one that may. */
  #linksFor({ links }: Pick<KeptRun, "links">, prompt: LabPrompt): string[] {
    const all = this.#parts.links();
    return links.filter((id) => {
      const link = all.find((one) => one.id === id);
      return link === undefined || mayAsk(prompt, link);
    });
  }

  #asRun({ isComplete, ...run }: KeptRun): LabRun {
    const { runs } = this.#parts;
    const counts = runs.counts(run.id);
    const prompts = runs.prompts(run.id);
    const total = prompts.reduce((sum, prompt) => sum + this.#linksFor(run, prompt).length, 0);
    const state = isComplete ? "complete" : this.#working.has(run.id) ? "running" : "unfinished";
    return { ...run, prompts: counts.prompts, done: counts.answers, total, state };
  }

  #typed({ prompts = [], requirements }: LabStart): LabPrompt[] {
    return prompts.map((prompt) => ({
      id: this.#parts.newId(),
      messages: prompt.messages,
      requirements: both(requirements, prompt.requirements),
      local_only: prompt.local_only ?? false,
      conversation_id: null,
    }));
  }

  /** The questions of conversations, each with what was said before it. */
  #asked({ conversations: ids = [], requirements }: LabStart): LabPrompt[] {
    const { conversations, newId } = this.#parts;
    return ids.flatMap((id) => {
      const { conversation, messages } = conversations.get(id);
      return messages
        .filter(({ role }) => role === "user")
        .map((question) => ({
          id: newId(),
          messages: conversations.history(id, question.id),
          requirements: both(requirements),
          local_only: conversation.local_only,
          conversation_id: id,
        }));
    });
  }

  /** A conversation that is gone is taken for local-only: what was asked of it may have been. */
  #isLocalOnly(conversation: string): boolean {
    try {
      return this.#parts.conversations.isLocalOnly(conversation);
    } catch (error) {
      if (error instanceof StoreError && error.kind === "not_found") return true;
      throw error;
    }
  }
}

const both = (...lists: (readonly RequirementSpec[] | undefined)[]): RequirementSpec[] =>
  lists.flatMap((list) => list ?? []);
