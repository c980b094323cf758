import type { ChainEvent, FollowEvent, StoredMessage } from "../contract/index.ts";

/** Events that a page which comes later has to hear too: how the answer came about, not its text. */
type Step = Exclude<ChainEvent, { type: "delta" } | { type: "finished" }>;

/** An answer that is being made, and the pages that follow it. */
export class LiveAnswer {
  readonly abort = new AbortController();
  readonly #followers = new Set<Follower>();
  readonly #steps: Step[] = [];

  /** Tells every follower. */
  tell(event: ChainEvent): void {
    if (event.type !== "delta" && event.type !== "finished") this.#steps.push(event);
    for (const follower of this.#followers) follower.push(event);
  }

  /** No more events will come. */
  end(): void {
    for (const follower of this.#followers) follower.end();
    this.#followers.clear();
  }

  /**
   * The message as it stands with the steps that led there, and every event from now on. Nothing may happen between the
   * reading of `message` and this call: both belong in one turn.
   */
  follow(message: StoredMessage, signal?: AbortSignal): AsyncGenerator<FollowEvent, void, void> {
    const follower = new Follower();
    follower.push({ type: "snapshot", message, steps: [...this.#steps] });
    this.#followers.add(follower);
    const leave = () => {
      this.#followers.delete(follower);
      follower.end();
    };
    signal?.addEventListener("abort", leave, { once: true });
    return follower.events(leave);
  }
}

/** The events that one page has not taken yet. Text that waits is joined, so that a slow page costs no memory. */
class Follower {
  readonly #waiting: FollowEvent[] = [];
  #ended = false;
  #wake: (() => void) | null = null;

  push(event: FollowEvent): void {
    const last = this.#waiting.at(-1);
    if (isText(last) && isText(event)) {
      this.#waiting[this.#waiting.length - 1] = { type: "delta", text: last.text + event.text };
    } else {
      this.#waiting.push(event);
    }
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *events(leave: () => void): AsyncGenerator<FollowEvent, void, void> {
    try {
      for (;;) {
        const event = this.#waiting.shift();
        if (event) yield event;
        else if (this.#ended) return;
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      leave();
    }
  }
}

function isText(event: FollowEvent | undefined): event is { type: "delta"; text: string } {
  return event?.type === "delta" && event.text !== undefined && !event.reasoning && !event.tool_call;
}
