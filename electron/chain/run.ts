import type { Answer, Attempt, ChainFailure, ChatRequest, FailureKind, Level } from "../contract/index.ts";
import type { ChainParts, ChainRules } from "./chain.ts";
import { endedBy, nothingAnswered } from "./chain-failure.ts";
import { earlyMs } from "./clock.ts";
import { consequenceOf } from "./failure-table.ts";
import { levelRules, lowerLevel } from "./levels.ts";
import { type PlannedLink, plan } from "./plan.ts";
import { type Link, ProviderFailure } from "./provider.ts";
import { type PursuitEnd, type PursuitEvent, pursue } from "./pursuit.ts";
import { type Judgement, unmetText } from "./quality.ts";
import { Queue } from "./queue.ts";
import { type Runner, race } from "./race.ts";
import type { RunState } from "./receipt.ts";
import { asAnswer, type Events, Teller } from "./teller.ts";
import { requestFor } from "./translate.ts";
import { Trial } from "./trial.ts";
import { withoutOldestTurns } from "./trim.ts";

/** How one link, or two that were hedged, did. */
type Tried = "answered" | Lost;

interface Lost {
  planned: PlannedLink;
  failure: ProviderFailure;
  /** Whether its answer failed the requirements, and may be repaired by the same link. */
  repairable?: boolean;
}

/** Failures by what was said, not by the way it came: nobody is to go on from there. */
const spoilt: ReadonlySet<FailureKind> = new Set(["loop", "refusal", "content_policy", "bad_output"]);

/** One request on its way along the links. */
export class Run {
  readonly #parts: ChainParts;
  readonly #rules: ChainRules;
  readonly #signal: AbortSignal;
  readonly #deadlineAt: number;
  readonly #ceiling: Level;
  readonly #state: RunState;
  readonly #queue: Queue;
  readonly #teller: Teller;
  #request: ChatRequest;
  /** What is asked of the answer, and which ones failed it; null when nothing is. */
  readonly #trial: Trial | null;
  /** Of the links that are being asked. */
  readonly #aborts = new Set<AbortController>();

  constructor(parts: ChainParts, request: ChatRequest, signal: AbortSignal, may: (link: Link) => boolean) {
    const rules = parts.rules();
    const { strategy, links } = rules;
    this.#parts = parts;
    this.#rules = rules;
    this.#request = request;
    this.#signal = signal;
    this.#deadlineAt = parts.clock.monotonic() + (request.deadline_ms ?? rules.deadlineMs);
    this.#ceiling = lowerLevel(rules.level, request.level ?? "full");
    const demands = parts.demands?.(request) ?? null;
    this.#trial = demands && new Trial(demands);
    const planned = plan(request, links.filter(may), this.#ceiling, {
      strategy,
      gate: parts.gate,
      random: parts.random,
      localFirst: demands?.localFirst ?? false,
    });
    this.#queue = new Queue(planned, may);
    this.#state = { planned, attempts: [], trimmed: false, ceiling: this.#ceiling, checksUsd: null };
    const isHeld = demands !== null && request.hold === true;
    this.#teller = new Teller({
      notices: parts.notices,
      cache: parts.cache,
      state: this.#state,
      streams: !isHeld && levelRules[this.#ceiling].features.includes("streaming"),
    });
  }

  async *events(): Events {
    this.#signal.addEventListener("abort", this.#stop, { once: true });
    try {
      for (let planned = this.#next(); planned; planned = this.#next()) {
        const tried = yield* this.#tryLink(planned);
        if (tried === "answered") return;
        if (tried.repairable && !this.#isOver) {
          this.#queue.again(tried.planned);
          continue;
        }
        const failure = this.#endsWith(tried);
        if (failure) return yield* this.#fail(failure);
        if (tried.failure.kind === "context_length") this.#makeRoom(tried.planned);
      }
      yield* this.#lastResort();
    } finally {
      this.#signal.removeEventListener("abort", this.#stop);
    }
  }

  #next(): PlannedLink | undefined {
    const tooSmall = this.#queue.takeTooSmall();
    if (tooSmall) this.#trimFor(tooSmall);
    return this.#queue.next();
  }

  /** Asks a link, perhaps hedged by a second one; what they say goes on from what was said before, or starts again. */
  async *#tryLink(planned: PlannedLink): Events<Tried> {
    if (this.#teller.said.begun && !this.#continues(planned)) yield* this.#teller.retract();
    const continued = this.#teller.said.begun;
    let runner = this.#start(planned);
    let ended = false;
    try {
      let opening: PursuitEvent | null = null;
      const afterMs = this.#hedgeAfterMs(planned);
      if (afterMs !== null) {
        await using contest = race({
          clock: this.#parts.clock,
          first: runner,
          afterMs,
          second: () => this.#startHedge(),
          mayReplace: ({ planned: hedge }, end) =>
            end.outcome === "failed" && this.#endsWith({ planned: hedge, failure: end.failure }) === null,
        });
        let move = await contest.next();
        for (; !move.done; move = await contest.next()) {
          if (move.value.event.type !== "delta") yield move.value.event;
        }
        ended = "failed" in move.value;
        if ("failed" in move.value) return this.#lostBy(move.value.failed);
        runner = move.value.winner;
        opening = move.value.first;
      }
      const end = yield* this.#teller.relay(runner, opening);
      ended = true;
      if (end.outcome === "failed") return yield* this.#lost(runner.planned, end, continued);
      return yield* this.#judged(runner.planned, end);
    } finally {
      if (!ended) {
        runner.abort();
        await runner.events[Symbol.asyncDispose]();
      }
    }
  }

  #start(planned: PlannedLink): Runner {
    const parts = this.#parts;
    const { link } = planned;
    const abort = new AbortController();
    this.#aborts.add(abort);
    if (this.#signal.aborted) abort.abort();
    const { begun, text } = this.#teller.said;
    const prefill = begun ? text.trimEnd() : null;
    const events = pursue({
      link,
      provider: parts.provider(link),
      request: requestFor(
        planned,
        this.#trial?.requestFor(planned, this.#request) ?? this.#request,
        this.#ceiling,
        prefill,
      ),
      gate: parts.gate,
      clock: parts.clock,
      random: parts.random,
      signal: abort.signal,
      deadlineAt: this.#deadlineAt,
      watchLoops: consequenceOf("loop", this.#rules.skip, link.onFailure) === "next",
      onEnd: (attempt) => this.#note(attempt, text.length),
    });
    return { planned, events, abort: () => abort.abort() };
  }

  // One listener a run, taken back at its end: AbortSignal.any would leave some kilobytes a run with a caller's lasting signal.
  readonly #stop = (): void => {
    for (const abort of this.#aborts) abort.abort();
  };

  /** `begin`: where in the answer the link began to speak. */
  #note(attempt: Attempt, begin: number): void {
    this.#state.attempts.push(attempt);
    this.#parts.onAttempt(attempt, { request: this.#request, said: this.#teller.said.text.slice(begin) });
  }

  /** When this link's first token counts as late; null when nothing is hedged. */
  #hedgeAfterMs({ link }: PlannedLink): number | null {
    const { after } = this.#rules.hedge;
    if (after === "off" || this.#teller.said.begun) return null;
    return after === "p95" ? this.#parts.gate.p95Ms(link) : after;
  }

  #startHedge(): Runner | null {
    const isWanted = ({ tier }: Link) => this.#rules.hedge.with === "next" || tier === "local";
    const planned = this.#queue.nextOf(isWanted);
    return planned ? this.#start(planned) : null;
  }

  /** Whether this link can go on from what was said, rather than begin again. */
  #continues({ link }: PlannedLink): boolean {
    const { recovery: asked, response_format, logprobs } = this.#request;
    // Another model's continuation has other tokens, and those of the beginning are not weighed by it.
    const isPlain =
      (response_format === undefined || response_format.type === "text") && logprobs === undefined;
    const recovery = asked ?? this.#rules.recovery;
    const broken = this.#state.attempts.findLast(({ outcome }) => outcome === "failed")?.kind ?? null;
    return (
      recovery === "continue" &&
      isPlain &&
      !(broken !== null && spoilt.has(broken)) &&
      link.capabilities.prefill &&
      this.#teller.said.continuable
    );
  }

  /** A link failed for good. One that would not take the beginning of an answer is asked again without it. */
  async *#lost(
    planned: PlannedLink,
    { failure, spoke }: PursuitEnd & { outcome: "failed" },
    continued: boolean,
  ): Events<Tried> {
    if (continued && !spoke && failure.kind === "invalid_request") {
      yield* this.#teller.retract();
      return yield* this.#tryLink(planned);
    }
    return { planned, failure };
  }

  /** Of several failures the one that ends the request, or else the last. */
  #lostBy(failed: readonly { runner: Runner; end: PursuitEnd }[]): Tried {
    const lost = failed.flatMap(({ runner: { planned }, end }) =>
      end.outcome === "failed" ? [{ planned, failure: end.failure }] : [],
    );
    const decisive = lost.find((tried) => this.#endsWith(tried)) ?? lost.at(-1);
    if (!decisive) throw new Error("A race ended without a winner and without a failure.");
    return decisive;
  }

  /** After `context_length`: links with a larger window first; without one, the oldest turns go, and the link is asked again. */
  #makeRoom(planned: PlannedLink): void {
    if (!this.#queue.preferLarger(planned)) this.#trimFor(planned);
  }

  /** Leaves out the oldest turns and puts the link first; nothing happens when there are none to leave out. */
  #trimFor(planned: PlannedLink): void {
    const messages = withoutOldestTurns(this.#request.messages);
    if (!messages) return;
    this.#request = { ...this.#request, messages };
    this.#state.trimmed = true;
    this.#queue.again(planned);
  }

  /** A link has given a whole answer: is it one that may be given? */
  async *#judged(planned: PlannedLink, end: PursuitEnd & { outcome: "answered" }): Events<Tried> {
    const judgement = await this.#judge(this.#teller.said.answer(end.finishReason));
    if (judgement && judgement.failed.length > 0) return yield* this.#rejected(planned, end, judgement);
    yield* this.#teller.answered(planned, end, judgement?.unchecked ?? [], this.#request);
    return "answered";
  }

  async #judge(answer: Answer): Promise<Judgement | null> {
    const judgement = await this.#trial?.judge(answer, this.#request, {
      signal: this.#signal,
      remainingMs: Math.max(0, this.#deadlineAt - this.#parts.clock.monotonic()),
    });
    const costUsd = judgement?.costUsd ?? null;
    if (costUsd !== null) this.#state.checksUsd = (this.#state.checksUsd ?? 0) + costUsd;
    return judgement ?? null;
  }

  /** The answer fails its requirements: its attempt has failed after all, and nobody is to keep what it said. */
  async *#rejected(
    planned: PlannedLink,
    { finishReason, model, dropped }: PursuitEnd & { outcome: "answered" },
    judgement: Judgement,
  ): Events<Tried> {
    const trial = this.#trial as Trial;
    const message = unmetText(judgement.failed);
    const { attempts } = this.#state;
    const at = attempts.findLastIndex(({ link }) => link === planned.link.id);
    const attempt: Attempt = { ...(attempts[at] as Attempt), outcome: "failed", kind: "bad_output", message };
    attempts[at] = attempt;
    const { said } = this.#teller;
    const answer = said.answer(finishReason);
    trial.reject({ planned, answer, attempt, judgement, model, seams: said.seams, dropped });
    yield { type: "attempt_failed", attempt };
    yield* this.#teller.retract();
    const failure = new ProviderFailure("bad_output", message, { status: attempt.status });
    return { planned, failure, repairable: trial.hasTriesLeft(planned) };
  }

  /** Whether nothing more is to be tried: the person stopped it, or its time is up. */
  get #isOver(): boolean {
    return this.#signal.aborted || this.#parts.clock.monotonic() >= this.#deadlineAt;
  }

  /** No link could answer: an earlier answer to the same question, or the honest word that there is none. */
  async *#lastResort(): Events {
    const leftover = this.#trial?.leftover;
    if (leftover) return yield* this.#teller.settled(leftover);
    const { cache } = this.#parts;
    const asksCache = this.#request.cache !== false && levelRules[this.#ceiling].cache;
    const finding = (asksCache ? await cache?.lookup(this.#request, this.#signal) : null) ?? null;
    const hit = finding?.hit;
    const judgement = hit ? await this.#judge(asAnswer(hit)) : null;
    const isUnfit = this.#trial?.demands.strict && judgement !== null && judgement.failed.length > 0;
    if (hit && !isUnfit)
      return yield* this.#teller.cached(finding.id, hit, unmetText(judgement?.failed ?? []));
    const failed = this.#trial?.best?.judgement.failed ?? null;
    const failure = nothingAnswered(this.#state.attempts, this.#rules.offline, failed);
    yield* this.#teller.unanswered(failure, finding);
  }

  /** The request ends with a failure; an answer that only fails its requirements is better than none. */
  async *#fail(failure: ChainFailure): Events {
    const leftover = failure.code === "cancelled" ? null : this.#trial?.leftover;
    yield* leftover ? this.#teller.settled(leftover) : this.#teller.unanswered(failure, null);
  }

  /** Whether this failure ends the request here; null when the next link is to be tried. */
  #endsWith({ planned, failure }: Lost): ChainFailure | null {
    const { kind } = failure;
    if (kind === "cancelled") return endedBy("cancelled", failure);
    const consequence = consequenceOf(kind, this.#rules.skip, planned.link.onFailure);
    if (consequence === "stop") return endedBy("stopped", failure);
    if (this.#parts.clock.monotonic() + earlyMs >= this.#deadlineAt) return endedBy("deadline", failure);
    const { recovery = this.#rules.recovery } = this.#request;
    const isUnrecoverable = this.#teller.said.begun && recovery === "error";
    return isUnrecoverable ? endedBy("stopped", failure) : null;
  }
}
