import type { Link } from "../chain/index.ts";
import type {
  ChainEvent,
  ChatRequest,
  Finished,
  FollowEvent,
  MessageState,
  StoredMessage,
} from "../contract/index.ts";
import type { Asked, Conversations } from "../store/index.ts";
import { LiveAnswer } from "./live-answer.ts";
import type { Outbox } from "./outbox.ts";

/** How one question may have its own way along the links. */
export interface Wishes extends Pick<ChatRequest, "level" | "preferred"> {
  /** Leaves links out. */
  may?(link: Link): boolean;
}

export interface AnswersParts {
  /** Asks the chain. */
  run(request: ChatRequest, signal: AbortSignal, may: (link: Link) => boolean): AsyncIterable<ChainEvent>;
  /** Gives way to the person's own requests, and takes up what they left unanswered. */
  outbox: Pick<Outbox, "hold" | "consider">;
  conversations: Conversations;
  /** Told of faults that no chain event can tell of, such as a disk that is full. */
  onError(error: unknown): void;
}

/**
 * Makes answers to stored questions. An answer lives here and not in a page: it goes on while pages come and go, and every
 * piece of it is stored before any page sees it.
 */
export class Answers implements AsyncDisposable {
  readonly #parts: AnswersParts;
  readonly #live = new Map<string, LiveAnswer>();
  readonly #running = new Set<Promise<void>>();
  #closing = false;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** Stores a question and begins to answer it. A null conversation begins a new one, local-only if so asked. */
  send(conversationId: string | null, text: string, localOnly = false, wishes: Wishes = {}): Asked {
    const asked = this.#parts.conversations.ask(conversationId, text, localOnly);
    this.#begin(asked, wishes);
    return asked;
  }

  /** Answers a question once more; the earlier answers stay, and the new one is the one in view. */
  regenerate(questionId: string): Asked {
    const { conversations } = this.#parts;
    const answer = conversations.beginAnswer(questionId);
    conversations.keep(questionId, null);
    const { conversation, messages } = conversations.get(answer.conversation_id);
    const question = messages.find(({ id }) => id === questionId) as StoredMessage;
    this.#begin({ conversation, question, answer });
    return { conversation, question, answer };
  }

  /** The answer as stored, and what still comes of it. */
  async *follow(messageId: string, signal?: AbortSignal): AsyncGenerator<FollowEvent, void, void> {
    const message = this.#parts.conversations.message(messageId);
    const live = this.#live.get(messageId);
    if (live) yield* live.follow(message, signal);
    else yield { type: "snapshot", message, steps: [] };
  }

  /** Ends an answer that is being made; what there is of it stays. */
  stop(messageId: string): void {
    this.#live.get(messageId)?.abort.abort();
  }

  /** Ends the answers of a conversation that is to be removed. */
  stopAll(conversationId: string): void {
    for (const { id } of this.#parts.conversations.get(conversationId).messages) this.stop(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    for (const live of this.#live.values()) live.abort.abort();
    await Promise.all(this.#running);
  }

  #begin({ question, answer }: Asked, wishes: Wishes = {}): void {
    const live = new LiveAnswer();
    this.#live.set(answer.id, live);
    const run = this.#run(question, answer.id, live, wishes)
      .catch((error) => this.#fail(answer.id, error))
      .finally(() => {
        this.#live.delete(answer.id);
        live.end();
        this.#running.delete(run);
      });
    this.#running.add(run);
  }

  async #run(
    question: StoredMessage,
    id: string,
    live: LiveAnswer,
    { may: mayAsk = () => true, ...routing }: Wishes,
  ): Promise<void> {
    const { run, conversations, outbox } = this.#parts;
    using _hold = outbox.hold();
    const request: ChatRequest = {
      messages: conversations.history(question.conversation_id, question.id),
      conversation: question.conversation_id,
      ...(conversations.isLocalOnly(question.conversation_id) && { local_only: true }),
      ...routing,
    };
    // The mark can be set while the answer is made: from then on no link beyond this machine is asked.
    const may = (link: Link) =>
      mayAsk(link) && (link.tier === "local" || !conversations.isLocalOnly(question.conversation_id));
    for await (const event of run(request, live.abort.signal, may)) {
      this.#keep(id, event);
      live.tell(event);
      if (event.type === "finished") outbox.consider({ question, request, finished: event });
    }
  }

  #keep(id: string, event: ChainEvent): void {
    const { conversations } = this.#parts;
    if (event.type === "delta" && event.text) conversations.append(id, event.text);
    if (event.type === "retracted") conversations.retract(id);
    if (event.type === "finished") {
      const { answer, receipt } = event;
      conversations.finish(id, { text: answer.text, state: this.#stateOf(event), receipt });
    }
  }

  #stateOf({ failure }: Finished): MessageState & Exclude<MessageState, "streaming"> {
    if (!failure) return "complete";
    if (failure.code !== "cancelled") return "failed";
    return this.#closing ? "interrupted" : "stopped";
  }

  /** The store itself failed, or the conversation was removed meanwhile: nothing more can be kept of this answer. */
  #fail(id: string, error: unknown): void {
    this.#parts.onError(error);
    this.#live.get(id)?.abort.abort();
    try {
      this.#parts.conversations.finish(id, { state: "interrupted", receipt: null });
    } catch {
      // The message is gone, or the disk takes nothing more; the first error has been reported.
    }
  }
}
