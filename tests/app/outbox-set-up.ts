import { onTestFinished } from "vitest";
import {
  type AnswerCache,
  type Link,
  type Provider,
  type ProviderEvent,
  ProviderFailure,
  type ProviderRequest,
} from "../../electron/chain/index.ts";
import type { ChatRequest, Finished } from "../../electron/contract/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { says } from "../fixtures/scripted-provider.ts";
import { openConversations, temporaryFolder } from "../store/support.ts";
import { backup, chainOf, cloud, local, type OutboxOver, outboxOver } from "./outbox-over.ts";

export const down = new ProviderFailure("network", "There is no way to the network.");

/** What each link does when it is asked: it says a text, fails, or hangs until it is stopped. */
export type Behaviour = string | ProviderFailure | "hang";

/** Links that do as they are told, and remember who was asked. */
export class ToldProvider implements Provider {
  readonly calls: { link: string; request: ProviderRequest }[] = [];
  /** Told of each call before it has an effect. */
  onCall: (link: string) => void = () => {};
  readonly does: Record<string, Behaviour>;

  constructor(does: Record<string, Behaviour>) {
    this.does = does;
  }

  get asked(): string[] {
    return this.calls.map(({ link }) => link);
  }

  async *stream(request: ProviderRequest, link: Link): AsyncGenerator<ProviderEvent> {
    this.calls.push({ link: link.id, request });
    this.onCall(link.id);
    const behaviour = this.does[link.id] ?? down;
    if (behaviour instanceof ProviderFailure) throw behaviour;
    if (behaviour === "hang") {
      yield { type: "connected" };
      yield { type: "delta", text: "half of an " };
      await new Promise(() => {});
    }
    for (const step of says(behaviour as string)) yield step as ProviderEvent;
  }
}

type Setup = Partial<Omit<OutboxOver, "database" | "conversations" | "clock" | "chain">> & {
  does?: Record<string, Behaviour>;
  folder?: string;
  cache?: AnswerCache;
};

/** A store, a chain of three links that do as told, and an outbox that has begun its work. */
export function setUp({ does = {}, folder = temporaryFolder(), cache, ...parts }: Setup = {}) {
  const clock = new FakeClock();
  const store = openConversations(folder);
  const provider = new ToldProvider(does);
  const links = parts.links ?? [cloud, backup, local];
  const { whole, outboxChain } = chainOf(links, provider, clock, cache ?? null);
  const { entries, outbox } = outboxOver({ ...store, clock, chain: outboxChain, ...parts });
  outbox.start();
  onTestFinished(async () => {
    await outbox[Symbol.asyncDispose]();
    entries[Symbol.dispose]();
  });

  /** Asks as the person does, stores what came of it, and shows it to the outbox. */
  const ask = async (
    text = "Why is the sky blue?",
    about: { conversation?: string; leave?: boolean; request?: Partial<ChatRequest> } = {},
  ) => {
    const { question, answer } = store.conversations.ask(about.conversation ?? null, text);
    const request = {
      messages: store.conversations.history(question.conversation_id, question.id),
      ...about.request,
    };
    using _hold = outbox.hold();
    let finished: Finished | null = null;
    for await (const event of whole.run(request, new AbortController().signal)) {
      if (event.type === "finished") finished = event;
    }
    if (!finished) throw new Error("the chain did not finish");
    const { receipt, failure } = finished;
    store.conversations.finish(answer.id, {
      text: finished.answer.text,
      state: failure ? "failed" : "complete",
      receipt,
    });
    const leave = about.leave === undefined ? {} : { leave: about.leave };
    return { question, answer, entry: outbox.consider({ question, request, finished, ...leave }) };
  };
  /** The texts of all answers to a question that are whole. */
  const answersTo = (question: { id: string; conversation_id: string }) =>
    store.conversations
      .get(question.conversation_id)
      .messages.filter(({ answers, state }) => answers === question.id && state === "complete")
      .map(({ text }) => text);
  return { ...store, clock, provider, entries, outbox, ask, answersTo };
}
