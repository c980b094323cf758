import { isDefinedError, safe } from "@orpc/client";
import type { Conversation, FollowEvent, StoredMessage } from "../../electron/contract/index.ts";
import type { Client, Connection } from "../connection/index.ts";
import { createStore, type Store } from "../state/index.ts";
import { type Entry, entryAfter, entryOf, joinDeltas } from "./answer.ts";
import { frameBatch } from "./frame-batch.ts";
import { turnsOf } from "./turns.ts";

/** The open conversation. `id` is null for one that is not begun. */
export interface ThreadState {
  id: string | null;
  phase: "loading" | "ready" | "missing";
  entries: ReadonlyMap<string, Entry>;
  /** The variant that the person chose, by question. */
  chosen: ReadonlyMap<string, string>;
  /** Whether the conversation that is not begun will be local-only. */
  beginsLocalOnly: boolean;
}

interface ThreadParts {
  connection: Connection;
  /** Called with a conversation that was made or changed by what happened here. */
  onConversation: (conversation: Conversation) => void;
  /** Called when an answer has ended. */
  onFinished: () => void;
}

/** How long to wait before an answer is followed again whose events ended too early, milliseconds. */
const followAgainMs = 1_000;

const none: ThreadState = {
  id: null,
  phase: "ready",
  entries: new Map(),
  chosen: new Map(),
  beginsLocalOnly: false,
};

/**
 * The open conversation's messages, and the streams of those that are still being made. The main process makes the
 * answers; this only follows, so it can stop, reload and start again at any time.
 */
export class Thread {
  readonly store: Store<ThreadState> = createStore(none);
  readonly #parts: ThreadParts;
  #follows = new AbortController();

  constructor(parts: ThreadParts) {
    this.#parts = parts;
    parts.connection.whenever((client, signal) => {
      const { id } = this.store.get();
      this.#stopFollowing();
      signal.addEventListener("abort", () => this.#stopFollowing(), { once: true });
      if (id !== null) void this.#load(id, client);
    });
  }

  /** Shows a conversation; null shows a new one. */
  open(id: string | null): void {
    if (id === this.store.get().id) return;
    this.#stopFollowing();
    this.store.set(id === null ? none : { ...none, id, phase: "loading" });
    const connection = this.#parts.connection.state.get();
    if (id !== null && connection.phase === "ready") void this.#load(id, connection.client);
  }

  /** Whether the conversation that is about to begin is local-only from its first question on. */
  beginLocalOnly(localOnly: boolean): void {
    this.store.set((now) => (now.id === null ? { ...now, beginsLocalOnly: localOnly } : now));
  }

  /** Reads the open conversation again, where something else than this page has changed it. */
  refresh(): void {
    const { id } = this.store.get();
    const connection = this.#parts.connection.state.get();
    if (id === null || connection.phase !== "ready") return;
    this.#stopFollowing();
    void this.#load(id, connection.client);
  }

  /** Asks a question in the open conversation, and gives back the conversation's id. */
  async send(text: string): Promise<string> {
    const { id, beginsLocalOnly } = this.store.get();
    const { client } = this.#parts.connection;
    const localOnly = id === null && beginsLocalOnly ? { local_only: true } : {};
    const accepted = await client.chat.send({ conversation_id: id, text, ...localOnly });
    if (this.store.get().id === id) this.#accept(accepted, client);
    this.#parts.onConversation(accepted.conversation);
    return accepted.conversation.id;
  }

  /** Asks for another answer to a question; the earlier ones stay as variants. */
  async regenerate(question: string): Promise<void> {
    const { id } = this.store.get();
    const { client } = this.#parts.connection;
    const accepted = await client.chat.regenerate({ question_id: question });
    if (this.store.get().id === id) this.#accept(accepted, client);
    this.#parts.onConversation(accepted.conversation);
  }

  async stop(answer: string): Promise<void> {
    await this.#parts.connection.client.chat.stop({ message_id: answer });
  }

  /** Shows the variant at a place, from 0, among the answers to a question. */
  choose(question: string, at: number): void {
    this.store.set((now) => {
      const turn = turnsOf(now.entries.values()).find((one) => one.question.message.id === question);
      const answer = turn?.variants[at]?.message.id;
      return answer === undefined ? now : { ...now, chosen: new Map(now.chosen).set(question, answer) };
    });
  }

  /** Keeps one of the answers to a question in view, from now on. */
  async keep(question: string, answer: string): Promise<void> {
    await this.#parts.connection.client.chat.keep({ question_id: question, answer_id: answer });
    this.store.set((now) => ({ ...now, chosen: new Map(now.chosen).set(question, answer) }));
  }

  #accept(
    accepted: { conversation: Conversation; question: StoredMessage; answer: StoredMessage },
    client: Client,
  ): void {
    const { conversation, question, answer } = accepted;
    this.store.set((now) => {
      const entries = new Map(now.entries)
        .set(question.id, entryOf(question))
        .set(answer.id, entryOf(answer));
      const chosen = new Map(now.chosen).set(question.id, answer.id);
      // The page's address may still be that of a new conversation, which keeps its look until it has followed.
      return { ...now, id: conversation.id, phase: "ready", entries, chosen };
    });
    if (answer.state === "streaming") void this.#follow(answer.id, client, this.#follows.signal);
  }

  async #load(id: string, client: Client): Promise<void> {
    const { signal } = this.#follows;
    const [error, found] = await safe(client.conversations.get({ id }));
    if (signal.aborted || this.store.get().id !== id) return;
    if (error !== null) {
      if (isDefinedError(error) && error.code === "NOT_FOUND") {
        this.store.set((now) => ({ ...now, phase: "missing" }));
        return;
      }
      this.#again(id, client, signal);
      return;
    }
    const entries = new Map(found.messages.map((message) => [message.id, entryOf(message)]));
    this.store.set((now) => ({
      ...now,
      phase: "ready",
      entries,
      chosen: this.#chosenOf(found.messages, now.chosen),
    }));
    for (const message of found.messages) {
      if (message.state === "streaming") void this.#follow(message.id, client, signal);
    }
  }

  /** What the person chose since the conversation was opened, and before that what they kept. */
  #chosenOf(
    messages: readonly StoredMessage[],
    chosen: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, string> {
    const kept = messages.flatMap(({ id, kept }) => (kept === undefined ? [] : [[id, kept] as const]));
    return new Map([...kept, ...chosen]);
  }

  async #follow(answer: string, client: Client, signal: AbortSignal): Promise<void> {
    const batch = frameBatch<FollowEvent>((events) => this.#apply(answer, joinDeltas(events)));
    const drop = () => batch.cancel();
    signal.addEventListener("abort", drop, { once: true });
    try {
      for await (const event of await client.chat.follow({ message_id: answer }, { signal })) {
        batch.push(event);
        if (event.type === "finished" || (event.type === "snapshot" && event.message.state !== "streaming")) {
          batch.flush();
          this.#parts.onFinished();
          return;
        }
      }
    } catch (error) {
      if (!signal.aborted) console.error("The answer could not be followed:", error);
    } finally {
      signal.removeEventListener("abort", drop);
      if (!signal.aborted) batch.flush();
    }
    const { id } = this.store.get();
    if (!signal.aborted && id !== null) this.#again(id, client, signal);
  }

  /** Reads the conversation again after a while, unless something else happened meanwhile. */
  #again(id: string, client: Client, signal: AbortSignal): void {
    const timer = setTimeout(() => {
      this.#stopFollowing();
      void this.#load(id, client);
    }, followAgainMs);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }

  #apply(answer: string, events: readonly FollowEvent[]): void {
    this.store.set((now) => {
      const entry = now.entries.get(answer);
      if (entry === undefined) return now;
      return { ...now, entries: new Map(now.entries).set(answer, events.reduce(entryAfter, entry)) };
    });
  }

  #stopFollowing(): void {
    this.#follows.abort();
    this.#follows = new AbortController();
  }
}
