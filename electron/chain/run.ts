import type {
  Answer,
  Attempt,
  ChainEvent,
  ChainFailure,
  ChatRequest,
  Level,
  Notice,
  Receipt,
} from "../contract/index.ts";
import type { Delta } from "./attempt.ts";
import type { CacheFinding } from "./cache.ts";
import type { ChainParts, ChainRules, Ending } from "./chain.ts";
import { earlyMs } from "./clock.ts";
import { consequenceOf } from "./failure-table.ts";
import { Gather } from "./gather.ts";
import { Joint } from "./joint.ts";
import { levelRules, lowerLevel } from "./levels.ts";
import { type PlannedLink, plan } from "./plan.ts";
import { type Link, ProviderFailure } from "./provider.ts";
import { type PursuitEnd, type PursuitEvent, pursue } from "./pursuit.ts";
import { type Judgement, judge, unmetText } from "./quality.ts";
import { type Runner, race } from "./race.ts";
import { cacheReceipt, linkReceipt, offlineReceipt, type RunState } from "./receipt.ts";
import { requestFor } from "./translate.ts";
import { type Rejected, Trial } from "./trial.ts";
import { withoutOldestTurns } from "./trim.ts";

type Events<End = void> = AsyncGenerator<ChainEvent, End, void>;

/** How one link, or two that were hedged, did. */
type Tried = "answered" | Lost;

interface Lost {
  planned: PlannedLink;
  failure: ProviderFailure;
  /** Whether its answer failed the requirements, and may be repaired by the same link. */
  repairable?: boolean;
}

/** One request on its way along the links. */
export class Run {
  readonly #parts: ChainParts;
  readonly #rules: ChainRules;
  readonly #signal: AbortSignal;
  readonly #deadlineAt: number;
  readonly #ceiling: Level;
  readonly #state: RunState;
  readonly #queue: PlannedLink[];
  #request: ChatRequest;
  /** What is asked of the answer, and which ones failed it; null when nothing is. */
  readonly #trial: Trial | null;
  /** What the person has seen of the answer. */
  #gather = new Gather();
  /** Whose words they are. */
  #speaker: PlannedLink | null = null;
  /** A link that the conversation was too long for, while a larger one is tried. */
  #tooSmall: PlannedLink | null = null;
  readonly #may: (link: Link) => boolean;
  /** Told already, so that a notice comes once. */
  readonly #told = new Set<string>();
  /** Of the links that are being asked. */
  readonly #aborts = new Set<AbortController>();

  constructor(parts: ChainParts, request: ChatRequest, signal: AbortSignal, may: (link: Link) => boolean) {
    const rules = parts.rules();
    const { strategy, links } = rules;
    this.#parts = parts;
    this.#may = may;
    this.#rules = rules;
    this.#request = request;
    this.#signal = signal;
    this.#deadlineAt = parts.clock.monotonic() + (request.deadline_ms ?? rules.deadlineMs);
    this.#ceiling = lowerLevel(rules.level, request.level ?? "full");
    const demands = parts.demands?.(request) ?? null;
    this.#trial = demands && new Trial(demands);
    this.#queue = plan(request, links.filter(may), this.#ceiling, {
      strategy,
      gate: parts.gate,
      random: parts.random,
      localFirst: demands?.localFirst ?? false,
    });
    this.#state = {
      planned: [...this.#queue],
      attempts: [],
      trimmed: false,
      ceiling: this.#ceiling,
      checksUsd: null,
    };
  }

  async *events(): Events {
    this.#signal.addEventListener("abort", this.#stop, { once: true });
    try {
      for (let planned = this.#next(); planned; planned = this.#next()) {
        const tried = yield* this.#tryLink(planned);
        if (tried === "answered") return;
        if (tried.repairable && !this.#isOver) {
          this.#queue.unshift(tried.planned);
          continue;
        }
        const failure = this.#endsWith(tried);
        if (failure) return yield* this.#unanswered(failure);
        if (tried.failure.kind === "context_length") this.#makeRoom(tried.planned);
      }
      yield* this.#lastResort();
    } finally {
      this.#signal.removeEventListener("abort", this.#stop);
    }
  }

  /** The next link that may still be asked: what a conversation allows can change while it is answered. */
  #next(): PlannedLink | undefined {
    if (this.#queue.length === 0 && this.#tooSmall) this.#trimFor(this.#tooSmall);
    const at = this.#queue.findIndex(({ link }) => this.#may(link));
    return at < 0 ? undefined : this.#queue.splice(0, at + 1).at(-1);
  }

  /** Asks a link, perhaps hedged by a second one; what they say goes on from what was said before, or starts again. */
  async *#tryLink(planned: PlannedLink): Events<Tried> {
    if (this.#gather.begun && !this.#continues(planned)) yield* this.#retract();
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
      const tried = yield* this.#relay(runner, opening);
      ended = true;
      return tried;
    } finally {
      if (!ended) {
        runner.abort();
        await runner.events[Symbol.asyncDispose]();
      }
    }
  }

  /** Passes on what a link says, beginning with `opening`, which was taken already. */
  async *#relay(runner: Runner, opening: PursuitEvent | null): Events<Tried> {
    const { planned, events } = runner;
    const continued = this.#gather.begun;
    const joint = continued ? new Joint(this.#gather.text) : null;
    const isHeld = this.#trial !== null && this.#request.hold === true;
    const streams = !isHeld && levelRules[this.#ceiling].features.includes("streaming");
    let spoke = false;

    let event = opening;
    for (;;) {
      if (event === null) {
        const next = await events.next();
        if (next.done) {
          const rest = joint?.end() ?? "";
          if (spoke && rest) {
            this.#gather.add({ type: "delta", text: rest });
            if (streams) yield { type: "delta", text: rest };
          }
          if (next.value.outcome === "failed") return yield* this.#lost(planned, next.value, continued);
          const judgement = await this.#judge(this.#gather.answer(next.value.finishReason));
          if (judgement && judgement.failed.length > 0)
            return yield* this.#rejected(planned, next.value, judgement);
          if (!streams) yield* this.#atOnce();
          yield* this.#answered(planned, next.value, judgement?.unchecked ?? []);
          return "answered";
        }
        event = next.value;
      }
      if (event.type === "delta") {
        if (!spoke) {
          spoke = true;
          this.#speaker = planned;
          if (continued) yield { type: "seam", seam: this.#gather.seam(planned.link.id) };
          const { seams } = this.#gather;
          yield* this.#tell(linkReceipt(this.#state, planned, { model: planned.link.model, seams }), {});
        }
        const delta = joint && event.text ? { ...event, text: joint.add(event.text) } : event;
        this.#gather.add(delta);
        const { text, logprobs, ...wordless } = delta;
        if (streams) yield delta;
        else if (wordless.reasoning || wordless.tool_call) yield wordless;
      } else {
        yield event;
      }
      event = null;
    }
  }

  #start(planned: PlannedLink): Runner {
    const parts = this.#parts;
    const { link } = planned;
    const abort = new AbortController();
    this.#aborts.add(abort);
    if (this.#signal.aborted) abort.abort();
    const prefill = this.#gather.begun ? this.#gather.text.trimEnd() : null;
    const begin = this.#gather.text.length;
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
      onEnd: (attempt) => this.#note(attempt, begin),
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
    this.#parts.onAttempt(attempt, { request: this.#request, said: this.#gather.text.slice(begin) });
  }

  /** When this link's first token counts as late; null when nothing is hedged. */
  #hedgeAfterMs({ link }: PlannedLink): number | null {
    const { after } = this.#rules.hedge;
    if (after === "off" || this.#gather.begun) return null;
    return after === "p95" ? this.#parts.gate.p95Ms(link) : after;
  }

  #startHedge(): Runner | null {
    const at = this.#queue.findIndex(
      ({ link }) => this.#may(link) && (this.#rules.hedge.with === "next" || link.tier === "local"),
    );
    const [planned] = at < 0 ? [] : this.#queue.splice(at, 1);
    return planned ? this.#start(planned) : null;
  }

  /** Whether this link can go on from what was said, rather than begin again. */
  #continues({ link }: PlannedLink): boolean {
    const { recovery: asked, response_format, logprobs } = this.#request;
    // Another model's continuation has other tokens, and those of the beginning are not weighed by it.
    const isPlain =
      (response_format === undefined || response_format.type === "text") && logprobs === undefined;
    const recovery = asked ?? this.#rules.recovery;
    return recovery === "continue" && isPlain && link.capabilities.prefill && this.#gather.continuable;
  }

  /** What was said, in one piece. */
  *#atOnce(): Generator<Delta> {
    const { text, logprobs } = this.#gather.answer(null);
    if (text) yield { type: "delta", text, ...(logprobs && { logprobs }) };
  }

  async *#retract(): Events {
    const last = this.#state.attempts.findLast(({ outcome }) => outcome === "failed");
    this.#gather = new Gather();
    yield { type: "retracted", link: last?.link ?? "", kind: last?.kind ?? "truncated" };
  }

  /** A link failed for good. One that would not take the beginning of an answer is asked again without it. */
  async *#lost(
    planned: PlannedLink,
    { failure, spoke }: PursuitEnd & { outcome: "failed" },
    continued: boolean,
  ): Events<Tried> {
    if (continued && !spoke && failure.kind === "invalid_request") {
      yield* this.#retract();
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
    const window = planned.link.capabilities.contextWindow;
    const isLarger = ({ link }: PlannedLink) =>
      link.capabilities.contextWindow !== null &&
      (window === null || link.capabilities.contextWindow > window);
    const larger = this.#queue.filter(isLarger);
    if (larger.length > 0) {
      this.#queue.sort((a, b) => Number(isLarger(b)) - Number(isLarger(a)));
      this.#tooSmall ??= planned;
      return;
    }
    this.#trimFor(planned);
  }

  /** Leaves out the oldest turns and puts the link first; nothing happens when there are none to leave out. */
  #trimFor(planned: PlannedLink): void {
    this.#tooSmall = null;
    const messages = withoutOldestTurns(this.#request.messages);
    if (!messages) return;
    this.#request = { ...this.#request, messages };
    this.#state.trimmed = true;
    this.#queue.unshift(planned);
  }

  async *#answered(
    planned: PlannedLink,
    { finishReason, ...said }: PursuitEnd & { outcome: "answered" },
    unchecked: readonly string[],
  ): Events {
    const answer = this.#gather.answer(finishReason);
    const draft = linkReceipt(this.#state, planned, { ...said, seams: this.#gather.seams });
    const notices = yield* this.#tell(draft, { finishReason, unchecked });
    const receipt = { ...draft, notices };
    if (this.#request.cache !== false && unchecked.length === 0)
      await this.#parts.cache?.put(this.#request, answer, receipt);
    yield { type: "finished", receipt, answer, failure: null };
  }

  /** How an answer does by its requirements; null when there are none, or when it is no text but a call of tools. */
  async #judge(answer: Answer): Promise<Judgement | null> {
    if (!this.#trial || answer.tool_calls.length > 0) return null;
    const judgement = await judge(this.#trial.demands.requirements, answer, this.#request, {
      signal: this.#signal,
      remainingMs: Math.max(0, this.#deadlineAt - this.#parts.clock.monotonic()),
    });
    const { costUsd } = judgement;
    if (costUsd !== null) this.#state.checksUsd = (this.#state.checksUsd ?? 0) + costUsd;
    return judgement;
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
    const { seams } = this.#gather;
    trial.reject({
      planned,
      answer: this.#gather.answer(finishReason),
      attempt,
      judgement,
      model,
      seams,
      dropped,
    });
    yield { type: "attempt_failed", attempt };
    yield* this.#retract();
    const failure = new ProviderFailure("bad_output", message, { status: attempt.status });
    return { planned, failure, repairable: trial.hasTriesLeft(planned) };
  }

  /** Nothing met the requirements: the best answer there was, and the word that it does not. */
  async *#settle({ planned, answer, attempt, judgement, model, seams, dropped }: Rejected): Events {
    if (this.#gather.begun) yield* this.#retract();
    const draft = linkReceipt(this.#state, planned, { model, seams, dropped, attempt });
    const notices = yield* this.#tell(draft, {
      finishReason: answer.finish_reason,
      unmet: unmetText(judgement.failed),
      unchecked: judgement.unchecked,
    });
    yield { type: "delta", text: answer.text };
    yield { type: "finished", receipt: { ...draft, notices }, answer, failure: null };
  }

  /** The best of the answers that failed, where such a one may be given. */
  get #leftover(): Rejected | null {
    return this.#trial && !this.#trial.demands.strict ? this.#trial.best : null;
  }

  /** Whether nothing more is to be tried: the person stopped it, or its time is up. */
  get #isOver(): boolean {
    return this.#signal.aborted || this.#parts.clock.monotonic() >= this.#deadlineAt;
  }

  /** No link could answer: an earlier answer to the same question, or the honest word that there is none. */
  async *#lastResort(): Events {
    if (this.#leftover) return yield* this.#settle(this.#leftover);
    const { cache } = this.#parts;
    const asksCache = this.#request.cache !== false && levelRules[this.#ceiling].cache;
    const finding = (asksCache ? await cache?.lookup(this.#request, this.#signal) : null) ?? null;
    const hit = finding?.hit;
    const answer: Answer = { text: hit?.text ?? "", tool_calls: [], finish_reason: "stop" };
    const judgement = hit ? await this.#judge(answer) : null;
    const isUnfit = this.#trial?.demands.strict && judgement !== null && judgement.failed.length > 0;
    if (!hit || isUnfit) return yield* this.#unanswered(this.#nothingAnswered(), finding);
    if (this.#gather.begun) yield* this.#retract();
    const { link, provider, model, text } = hit;
    yield { type: "attempt_started", link, provider, model, tier: "cache", level: "cached" };
    const draft = cacheReceipt(this.#state, finding.id, hit);
    const unmet = unmetText(judgement?.failed ?? []);
    const notices = yield* this.#tell(draft, unmet ? { unmet } : {});
    yield { type: "delta", text };
    yield { type: "finished", receipt: { ...draft, notices }, answer, failure: null };
  }

  async *#unanswered(failure: ChainFailure, finding: CacheFinding | null = null): Events {
    const cancelled = failure.code === "cancelled";
    if (!cancelled && this.#leftover) return yield* this.#settle(this.#leftover);
    if (this.#gather.begun && !cancelled) yield* this.#retract();
    const { begun, seams } = this.#gather;
    const speaker = cancelled && begun ? this.#speaker : null;
    const draft = speaker
      ? linkReceipt(this.#state, speaker, { model: speaker.link.model, seams })
      : offlineReceipt(this.#state, finding);
    const receipt = { ...draft, notices: this.#parts.notices(draft, { failure }) };
    yield { type: "finished", receipt, answer: this.#gather.answer(null), failure };
  }

  /** Tells the notices that were not told yet, and gives all of them. */
  async *#tell(draft: Receipt, ending: Ending): Events<Notice[]> {
    const notices = this.#parts.notices(draft, ending);
    for (const notice of notices) {
      const key = `${notice.code} ${notice.action?.link ?? ""}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      yield { type: "notice", notice };
    }
    return notices;
  }

  /** Whether this failure ends the request here; null when the next link is to be tried. */
  #endsWith({ planned, failure }: Lost): ChainFailure | null {
    const { kind, status, message, retryAfterMs } = failure;
    const details = { kind, status, message, retry_after_ms: retryAfterMs };
    if (kind === "cancelled") return { code: "cancelled", ...details };
    const noRecovery = this.#gather.begun && (this.#request.recovery ?? this.#rules.recovery) === "error";
    const consequence = consequenceOf(kind, this.#rules.skip, planned.link.onFailure);
    if (consequence === "stop") return { code: "stopped", ...details };
    if (this.#parts.clock.monotonic() + earlyMs >= this.#deadlineAt) return { code: "deadline", ...details };
    return noRecovery ? { code: "stopped", ...details } : null;
  }

  #nothingAnswered(): ChainFailure {
    const last = this.#state.attempts.at(-1);
    const { retryAfterMs } = this.#rules.offline;
    const failed = this.#trial?.best?.judgement.failed;
    const message = failed
      ? `No answer met the requirements. The best one: ${unmetText(failed)}`
      : this.#rules.offline.message;
    return {
      code: "all_links_failed",
      kind: last?.kind ?? null,
      status: last?.status ?? null,
      message,
      retry_after_ms: retryAfterMs,
    };
  }
}
