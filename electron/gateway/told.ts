import type { Answer, ChainEvent, Receipt, TokenLogprob, ToolCallDelta } from "../contract/index.ts";
import { Follower } from "./follower.ts";
import { departed, type Trouble, troubleOf } from "./trouble.ts";

/** What a stream that can't retract tells its client. Exactly one `finished` or `failed` ends it. */
export type Told =
  | { type: "text"; text: string }
  | { type: "logprobs"; logprobs: TokenLogprob[] }
  | { type: "reasoning"; text: string }
  | { type: "tool_call"; piece: ToolCallDelta }
  | { type: "finished"; answer: Answer; receipt: Receipt }
  | { type: "failed"; trouble: Trouble; receipt: Receipt };

/**
 * Tells a chain's events to a stream that can't retract: a restarted answer is followed silently while it repeats what was sent. Where it
 * departs, `stop` ends the run, which then still gives its receipt; a cut answer never looks whole.
 */
export class Telling {
  readonly #stop: () => void;
  readonly #follower = new Follower();
  /** Something was sent that can't be followed when it comes again: a piece of a tool call, log-probabilities. */
  #unfollowable = false;
  #restarted = false;
  #hasDeparted = false;

  constructor(stop: () => void) {
    this.#stop = stop;
  }

  /** What an event is to the client, perhaps nothing. */
  *of(event: ChainEvent): Generator<Told, void, void> {
    if (this.#hasDeparted) {
      if (event.type === "finished") {
        yield { type: "failed", trouble: departed, receipt: unanswered(event.receipt) };
      }
      return;
    }
    switch (event.type) {
      case "retracted":
        if (this.#unfollowable) this.#depart();
        this.#follower.restart();
        this.#restarted = true;
        break;
      case "delta":
        yield* this.#delta(event);
        break;
      case "finished": {
        const { receipt, failure, answer } = event;
        if (failure) yield { type: "failed", trouble: troubleOf(failure), receipt };
        else if (!this.#follower.isWhole)
          yield { type: "failed", trouble: departed, receipt: unanswered(receipt) };
        else yield { type: "finished", answer, receipt };
        break;
      }
      case "attempt_started":
      case "attempt_failed":
      case "seam":
      case "notice":
        break;
      default:
        event satisfies never;
    }
  }

  *#delta(event: Extract<ChainEvent, { type: "delta" }>): Generator<Told, void, void> {
    if (event.reasoning && !this.#restarted) yield { type: "reasoning", text: event.reasoning };
    if (event.text) {
      const text = this.#follower.follow(event.text);
      if (text === null) this.#depart();
      else if (text) yield { type: "text", text };
    }
    if (event.logprobs && !this.#hasDeparted) {
      this.#unfollowable = true;
      yield { type: "logprobs", logprobs: event.logprobs };
    }
    if (event.tool_call && !this.#hasDeparted) {
      if (!this.#follower.isWhole) return this.#depart();
      this.#unfollowable = true;
      yield { type: "tool_call", piece: event.tool_call };
    }
  }

  #depart(): void {
    this.#hasDeparted = true;
    this.#stop();
  }
}

/** What the client got is no link's answer; and it was the gateway that stopped the run, not the person. */
const unanswered = (receipt: Receipt): Receipt => ({
  ...receipt,
  tier: "offline",
  link: null,
  provider: null,
  model: null,
  notices: receipt.notices.filter(({ code }) => code !== "stopped"),
});
