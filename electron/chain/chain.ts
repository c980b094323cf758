import type {
  Answer,
  Attempt,
  ChainEvent,
  ChainFailure,
  ChatRequest,
  FinishReason,
  Notice,
  Receipt,
  Recovery,
  SkipPreset,
} from "../contract/index.ts";
import { runAttempt } from "./attempt.ts";
import type { AnswerCache } from "./cache.ts";
import type { Clock } from "./clock.ts";
import { consequenceOf } from "./failure-table.ts";
import { Gather } from "./gather.ts";
import { type PlannedLink, plan } from "./plan.ts";
import type { Link, Provider, ProviderFailure } from "./provider.ts";
import { cacheReceipt, linkReceipt, offlineReceipt, type RunState } from "./receipt.ts";
import { requestFor } from "./translate.ts";

/** The rules of a chain; they may change between two requests, never within one. */
export interface ChainRules {
  links: readonly Link[];
  skip: SkipPreset;
  /** What happens when a stream breaks in the middle. */
  recovery: Recovery;
  /** The limit of a whole request, milliseconds. */
  deadlineMs: number;
  /** What is said when nothing can answer, and when it is worth asking again. */
  offline: { message: string; retryAfterMs: number };
}

/** How a run ended, as far as its receipt does not say so; empty while it goes on. */
export interface Ending {
  finishReason?: FinishReason | null;
  failure?: ChainFailure;
}

/** What a chain is built from. */
export interface ChainParts {
  rules(): ChainRules;
  provider(link: Link): Provider;
  clock: Clock;
  cache: AnswerCache | null;
  /** A receipt in words. */
  notices(receipt: Receipt, ending: Ending): Notice[];
  /** Told of every attempt as it ends. */
  onAttempt(attempt: Attempt): void;
}

/** One request on its way along the links. */
interface Run extends RunState {
  request: ChatRequest;
  rules: ChainRules;
  signal: AbortSignal;
  /** On the clock's monotonic time. */
  deadlineAt: number;
}

/** How one link of a run did. `broken`: it had begun to speak; `partial`: what a person had seen when they stopped it. */
type Tried =
  | { outcome: "answered" }
  | { outcome: "failed"; failure: ProviderFailure; broken: boolean; partial: Answer };

type Events<End = void> = AsyncGenerator<ChainEvent, End, void>;

/** Moves requests along the links: the only way to an answer. */
export class Chain {
  readonly #parts: ChainParts;

  constructor(parts: ChainParts) {
    this.#parts = parts;
  }

  /**
   * Answers a request: the planned links in order, then the cache, then the honest offline reply.
   * Never throws. Exactly one `finished` ends it, with the receipt, and with a failure when no link answered.
   */
  async *run(request: ChatRequest, signal: AbortSignal): Events {
    const { clock } = this.#parts;
    const rules = this.#parts.rules();
    const deadlineAt = clock.monotonic() + (request.deadline_ms ?? rules.deadlineMs);
    const run: Run = {
      request,
      rules,
      signal,
      deadlineAt,
      planned: plan(request, rules.links),
      attempts: [],
    };

    for (const planned of run.planned) {
      const tried = yield* this.#tryLink(planned, run);
      if (tried.outcome === "answered") return;
      const failure = this.#endsWith(tried, run);
      if (failure) return yield this.#unanswered(run, failure, tried.partial);
    }
    yield* this.#lastResort(run);
  }

  /** One attempt, as events: the whole answer and the end of the run, or what it takes to begin again elsewhere. */
  async *#tryLink(planned: PlannedLink, run: Run): Events<Tried> {
    const { link } = planned;
    const { clock } = this.#parts;
    const gather = new Gather();
    let told: Notice[] | null = null;

    const { provider, model, tier, level } = link;
    yield { type: "attempt_started", link: link.id, provider, model, tier, level };
    await using deltas = runAttempt({
      provider: this.#parts.provider(link),
      link,
      request: requestFor(planned, run.request),
      clock,
      signal: run.signal,
      remainingMs: run.deadlineAt - clock.monotonic(),
    });
    let next = await deltas.next();
    for (; !next.done; next = await deltas.next()) {
      if (!told) {
        told = this.#parts.notices(linkReceipt(run, planned, link.model), {});
        yield* told.map(asEvent);
      }
      gather.add(next.value);
      yield next.value;
    }
    const end = next.value;
    run.attempts.push(end.record);
    this.#parts.onAttempt(end.record);
    if (end.outcome === "answered") {
      yield* this.#answered(
        run,
        linkReceipt(run, planned, end.model),
        gather.answer(end.finishReason),
        told ?? [],
      );
      return { outcome: "answered" };
    }
    yield { type: "attempt_failed", attempt: end.record };
    const { failure } = end;
    const broken = told !== null;
    if (failure.kind === "cancelled")
      return { outcome: "failed", failure, broken, partial: gather.answer(null) };
    if (broken) yield { type: "retracted", link: link.id, kind: failure.kind };
    return { outcome: "failed", failure, broken, partial: noAnswer };
  }

  async *#answered(run: Run, draft: Receipt, answer: Answer, told: readonly Notice[]): Events {
    const notices = this.#parts.notices(draft, { finishReason: answer.finish_reason });
    for (const notice of notices) {
      if (!told.some(({ code }) => code === notice.code)) yield { type: "notice", notice };
    }
    const receipt = { ...draft, notices };
    if (run.request.cache !== false) await this.#parts.cache?.put(run.request, answer, receipt);
    yield { type: "finished", receipt, answer, failure: null };
  }

  /** No link could answer: an earlier answer to the same question, or the honest word that there is none. */
  async *#lastResort(run: Run): Events {
    const asksCache = run.request.cache !== false && run.request.level !== "offline";
    const hit = asksCache ? await this.#parts.cache?.lookup(run.request, run.signal) : null;
    if (!hit) return yield this.#unanswered(run, nothingAnswered(run), noAnswer);
    const answer: Answer = { text: hit.text, tool_calls: [], finish_reason: "stop" };
    const draft = cacheReceipt(run, hit);
    const notices = this.#parts.notices(draft, {});
    const { link, provider, model } = hit;
    yield { type: "attempt_started", link, provider, model, tier: "cache", level: "cached" };
    yield* notices.map(asEvent);
    yield { type: "delta", text: hit.text };
    yield { type: "finished", receipt: { ...draft, notices }, answer, failure: null };
  }

  #unanswered(run: Run, failure: ChainFailure, answer: Answer): ChainEvent {
    const draft = offlineReceipt(run);
    return {
      type: "finished",
      receipt: { ...draft, notices: this.#parts.notices(draft, { failure }) },
      answer,
      failure,
    };
  }

  /** Whether this failure ends the request here; null when the next link is to be tried. */
  #endsWith({ failure, broken }: Tried & { outcome: "failed" }, run: Run): ChainFailure | null {
    const { kind, status, message, retryAfterMs } = failure;
    const details = { kind, status, message, retry_after_ms: retryAfterMs };
    if (kind === "cancelled") return { code: "cancelled", ...details };
    const noRecovery = broken && (run.request.recovery ?? run.rules.recovery) === "error";
    if (noRecovery || consequenceOf(kind, run.rules.skip) === "stop") return { code: "stopped", ...details };
    if (this.#parts.clock.monotonic() >= run.deadlineAt) return { code: "deadline", ...details };
    return null;
  }
}

const noAnswer: Answer = { text: "", tool_calls: [], finish_reason: null };

const asEvent = (notice: Notice): ChainEvent => ({ type: "notice", notice });

function nothingAnswered({ attempts, rules }: Run): ChainFailure {
  const last = attempts.at(-1);
  return {
    code: "all_links_failed",
    kind: last?.kind ?? null,
    status: last?.status ?? null,
    message: rules.offline.message,
    retry_after_ms: rules.offline.retryAfterMs,
  };
}
