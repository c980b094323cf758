import type { Answer, ChainEvent, ChainFailure, ChatRequest, Notice, Receipt } from "../contract/index.ts";
import type { CachedAnswer, CacheFinding } from "./cache.ts";
import type { ChainParts, Ending } from "./chain.ts";
import { Gather } from "./gather.ts";
import { Joint } from "./joint.ts";
import type { PlannedLink } from "./plan.ts";
import type { PursuitEnd, PursuitEvent } from "./pursuit.ts";
import { unmetText } from "./quality.ts";
import type { Runner } from "./race.ts";
import { cacheReceipt, linkReceipt, offlineReceipt, type RunState } from "./receipt.ts";
import type { Rejected } from "./trial.ts";

export type Events<End = void> = AsyncGenerator<ChainEvent, End, void>;

export interface TellerParts extends Pick<ChainParts, "notices" | "cache"> {
  state: RunState;
  /** Whether words go out as they come; else the answer comes in one piece at its end. */
  streams: boolean;
}

/** Tells the person how one request fares: the words of its links, what is taken back, the notices, and how it ends. */
export class Teller {
  readonly #parts: TellerParts;
  /** What the person has seen of the answer. */
  #gather = new Gather();
  /** Whose words they are. */
  #speaker: PlannedLink | null = null;
  /** Told already, so that a notice comes once. */
  readonly #told = new Set<string>();

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  /** What stands of the answer now. */
  get said(): Gather {
    return this.#gather;
  }

  /**
   * Passes on what a link says, beginning with `opening`, which was taken already, and gives how that ended. It goes on from what
   * stands of the answer; where it should begin anew, `retract` comes first.
   */
  async *relay({ planned, events }: Runner, opening: PursuitEvent | null): Events<PursuitEnd> {
    const { streams } = this.#parts;
    const continued = this.#gather.begun;
    const joint = continued ? new Joint(this.#gather.text) : null;
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
          return next.value;
        }
        event = next.value;
      }
      if (event.type === "delta") {
        if (!spoke) {
          spoke = true;
          yield* this.#begins(planned, continued);
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

  /** Takes back what was said. */
  async *retract(): Events {
    const last = this.#parts.state.attempts.findLast(({ outcome }) => outcome === "failed");
    this.#gather = new Gather();
    yield { type: "retracted", link: last?.link ?? "", kind: last?.kind ?? "truncated" };
  }

  /** The answer is whole. */
  async *answered(
    planned: PlannedLink,
    { finishReason, ...by }: PursuitEnd & { outcome: "answered" },
    unchecked: readonly string[],
    request: ChatRequest,
  ): Events {
    const { state, cache, streams } = this.#parts;
    const answer = this.#gather.answer(finishReason);
    const { text, logprobs } = answer;
    if (!streams && text) yield { type: "delta", text, ...(logprobs && { logprobs }) };
    const draft = linkReceipt(state, planned, { ...by, seams: this.#gather.seams });
    const notices = yield* this.#tell(draft, { finishReason, unchecked });
    const receipt = { ...draft, notices };
    if (request.cache !== false && unchecked.length === 0) await cache?.put(request, answer, receipt);
    yield { type: "finished", receipt, answer, failure: null };
  }

  /** Nothing met the requirements: the best answer there was, and the word that it does not. */
  async *settled({ planned, answer, attempt, judgement, model, seams, dropped }: Rejected): Events {
    if (this.#gather.begun) yield* this.retract();
    const draft = linkReceipt(this.#parts.state, planned, { model, seams, dropped, attempt });
    const notices = yield* this.#tell(draft, {
      finishReason: answer.finish_reason,
      unmet: unmetText(judgement.failed),
      unchecked: judgement.unchecked,
    });
    yield { type: "delta", text: answer.text };
    yield { type: "finished", receipt: { ...draft, notices }, answer, failure: null };
  }

  /** An earlier answer to the same question; `unmet` says what it fails of the requirements, or is empty. */
  async *cached(lookup: string, hit: CachedAnswer, unmet: string): Events {
    if (this.#gather.begun) yield* this.retract();
    const { link, provider, model, text } = hit;
    yield { type: "attempt_started", link, provider, model, tier: "cache", level: "cached" };
    const draft = cacheReceipt(this.#parts.state, lookup, hit);
    const notices = yield* this.#tell(draft, unmet ? { unmet } : {});
    yield { type: "delta", text };
    yield { type: "finished", receipt: { ...draft, notices }, answer: asAnswer(hit), failure: null };
  }

  /** There is no answer. What was said before the person stopped it stands, and nothing else does. */
  async *unanswered(failure: ChainFailure, finding: CacheFinding | null): Events {
    const { state, notices } = this.#parts;
    const cancelled = failure.code === "cancelled";
    if (this.#gather.begun && !cancelled) yield* this.retract();
    const { begun, seams } = this.#gather;
    const speaker = cancelled && begun ? this.#speaker : null;
    const draft = speaker
      ? linkReceipt(state, speaker, { model: speaker.link.model, seams })
      : offlineReceipt(state, finding);
    const receipt = { ...draft, notices: notices(draft, { failure }) };
    yield { type: "finished", receipt, answer: this.#gather.answer(null), failure };
  }

  /** A link's first word comes: where another broke off that is a seam, and what is known of the answer is told. */
  async *#begins(planned: PlannedLink, continued: boolean): Events {
    this.#speaker = planned;
    const { id, model } = planned.link;
    if (continued) yield { type: "seam", seam: this.#gather.seam(id) };
    const { seams } = this.#gather;
    yield* this.#tell(linkReceipt(this.#parts.state, planned, { model, seams }), {});
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
}

/** A cached answer as a link would have given it. */
export const asAnswer = ({ text }: CachedAnswer): Answer => ({
  text,
  tool_calls: [],
  finish_reason: "stop",
});
