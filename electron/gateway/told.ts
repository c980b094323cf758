import type { Answer, ChainEvent, Receipt, TokenLogprob, ToolCallDelta } from "../contract/index.ts";
import { Follower } from "./follower.ts";
import type { Speakers } from "./speakers.ts";
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
 * A chain's events for a stream that can't retract: a restarted answer is followed silently while it repeats what was sent. Where it
 * departs, `stop` ends the run, which then still gives its receipt; a cut answer never looks whole.
 */
export async function* told(
  events: AsyncIterable<ChainEvent>,
  speakers: Speakers,
  stop: () => void,
): AsyncGenerator<Told, void, void> {
  const follower = new Follower();
  /** Something was sent that can't be followed when it comes again: a piece of a tool call, log-probabilities. */
  let unfollowable = false;
  let restarted = false;
  let hasDeparted = false;
  const depart = () => {
    hasDeparted = true;
    stop();
  };

  for await (const event of events) {
    speakers.see(event);
    if (hasDeparted) {
      if (event.type === "finished") {
        yield { type: "failed", trouble: departed, receipt: unanswered(event.receipt) };
      }
      continue;
    }
    switch (event.type) {
      case "retracted":
        if (unfollowable) depart();
        follower.restart();
        restarted = true;
        break;
      case "delta": {
        if (event.reasoning && !restarted) yield { type: "reasoning", text: event.reasoning };
        if (event.text) {
          const text = follower.follow(event.text);
          if (text === null) depart();
          else if (text) yield { type: "text", text };
        }
        if (event.logprobs && !hasDeparted) {
          unfollowable = true;
          yield { type: "logprobs", logprobs: event.logprobs };
        }
        if (event.tool_call && !hasDeparted) {
          if (!follower.isWhole) {
            depart();
            break;
          }
          unfollowable = true;
          yield { type: "tool_call", piece: event.tool_call };
        }
        break;
      }
      case "finished": {
        const { receipt, failure, answer } = event;
        if (failure) yield { type: "failed", trouble: troubleOf(failure), receipt };
        else if (!follower.isWhole) yield { type: "failed", trouble: departed, receipt: unanswered(receipt) };
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
