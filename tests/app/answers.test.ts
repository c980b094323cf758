import { describe, expect, it, onTestFinished } from "vitest";
import { Answers } from "../../electron/app/answers.ts";
import { Chain, openGate, ProviderFailure, systemClock } from "../../electron/chain/index.ts";
import type { ChainEvent, Finished, FollowEvent } from "../../electron/contract/index.ts";
import type { Conversations } from "../../electron/store/index.ts";
import { settle } from "../fixtures/fake-clock.ts";
import { linkOf, ScriptedProvider, type Step, says } from "../fixtures/scripted-provider.ts";
import { openConversations } from "./support.ts";

const begins = (...texts: string[]): Step[] => [
  { type: "connected" },
  ...texts.map((text) => ({ type: "delta", text }) as const),
];
const broken = new ProviderFailure("truncated", "It was cut off.");

/** Answers over a real chain and a real database, with providers that play scripts. */
function setUp(
  scripts: Record<string, Step[][]>,
  change: (real: Conversations) => Conversations = (real) => real,
) {
  const provider = new ScriptedProvider(systemClock, scripts);
  const chain = new Chain({
    rules: () => ({
      links: Object.keys(scripts).map((id) => linkOf({ id })),
      strategy: "priority",
      skip: { preset: "always_answer", next: [], stop: [] },
      recovery: "restart",
      hedge: { after: "off", with: "next" },
      level: "full",
      deadlineMs: 60_000,
      offline: { message: "Nothing can answer.", retryAfterMs: 1_000 },
    }),
    provider: () => provider,
    gate: openGate,
    clock: systemClock,
    random: () => 0,
    cache: null,
    notices: () => [],
    onAttempt: () => {},
  });
  const conversations = openConversations();
  const errors: unknown[] = [];
  const considered: Finished[] = [];
  const answers = new Answers({
    run: (request, signal, may) => chain.run(request, signal, may),
    outbox: {
      hold: () => ({ [Symbol.dispose]: () => {} }),
      consider: ({ finished }) => {
        considered.push(finished);
        return null;
      },
    },
    conversations: change(conversations),
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => answers[Symbol.asyncDispose]());
  return { answers, conversations, provider, errors, considered };
}

async function all(events: AsyncIterable<FollowEvent>): Promise<FollowEvent[]> {
  const collected: FollowEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}
const textOf = (events: readonly (FollowEvent | ChainEvent)[]) =>
  events.map((event) => (event.type === "delta" ? (event.text ?? "") : "")).join("");

describe("an answer", () => {
  it("is shown to the outbox when it has ended, with what its request was", async () => {
    const { answers, considered } = setUp({ first: [[broken]] });
    await all(answers.follow(answers.send(null, "How?").answer.id));
    expect(considered).toMatchObject([{ failure: { code: "all_links_failed" } }]);
  });

  it("of a local-only conversation is asked for as local-only, from its first question on", async () => {
    const { answers, conversations, provider } = setUp({ first: [says("Here.")] });
    const { conversation, answer } = answers.send(null, "How?", true);
    expect(conversation.local_only).toBe(true);
    const events = await all(answers.follow(answer.id));
    expect(provider.calls).toEqual([]);
    expect(events.at(-1)).toMatchObject({ failure: { code: "all_links_failed" } });
    expect(conversations.setLocalOnly(conversation.id, false).local_only).toBe(false);
    await all(answers.follow(answers.send(conversation.id, "And now?").answer.id));
    expect(provider.calls).toHaveLength(1);
  });

  it("is stored with its question before anything is asked, and whole with its receipt at the end", async () => {
    const { answers, conversations, provider } = setUp({ first: [says("All ", "is well.")] });
    const { question, answer } = answers.send(null, "How?");
    expect(conversations.message(question.id).text).toBe("How?");
    expect(conversations.message(answer.id)).toMatchObject({
      state: "streaming",
      text: "",
      answers: question.id,
    });

    const events = await all(answers.follow(answer.id));
    expect(textOf(events)).toBe("All is well.");
    expect(provider.calls[0]?.request.messages).toEqual([{ role: "user", content: "How?" }]);
    expect(conversations.message(answer.id)).toMatchObject({
      state: "complete",
      text: "All is well.",
      receipt: { link: "first", tier: "cloud" },
    });
  });

  it("shows nothing that could not be stored: with a full disk it ends, and the fault is told", async () => {
    const full = new Error("disk full");
    const { answers, conversations, errors } = setUp({ first: [says("kept ", "lost ", "never")] }, (real) => {
      return new Proxy(real, {
        get(target, name) {
          if (name === "append") {
            return (id: string, text: string) => {
              if (text.includes("lost")) throw full;
              target.append(id, text);
            };
          }
          const value = Reflect.get(target, name);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    });
    const { answer } = answers.send(null, "How?");
    const events = await all(answers.follow(answer.id));
    expect(textOf(events)).toBe("kept ");
    expect(errors).toEqual([full]);
    expect(conversations.message(answer.id)).toMatchObject({ state: "interrupted", text: "kept " });
  });

  it("keeps nothing of a text that was taken back", async () => {
    const { answers, conversations } = setUp({
      first: [[...begins("wrong ", "words"), broken]],
      second: [says("All is well.")],
    });
    const { answer } = answers.send(null, "How?");
    const events = await all(answers.follow(answer.id));
    expect(events.map(({ type }) => type)).toContain("retracted");
    expect(conversations.message(answer.id)).toMatchObject({ state: "complete", text: "All is well." });
  });

  it("is failed when nothing could answer", async () => {
    const { answers, conversations } = setUp({ first: [[new ProviderFailure("network", "No way.")]] });
    const { answer } = answers.send(null, "How?");
    await all(answers.follow(answer.id));
    expect(conversations.message(answer.id)).toMatchObject({
      state: "failed",
      receipt: { tier: "offline", attempts: [{ kind: "network" }] },
    });
  });

  it("is stopped by the person, down to the provider, and what there is of it stays", async () => {
    const { answers, conversations, provider } = setUp({ first: [[...begins("All "), "hang"]] });
    const { answer } = answers.send(null, "How?");
    const following = all(answers.follow(answer.id));
    await expect.poll(() => conversations.message(answer.id).text).toBe("All ");
    answers.stop(answer.id);
    await following;
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    expect(conversations.message(answer.id)).toMatchObject({ state: "stopped", text: "All " });
  });

  it("is interrupted, not stopped, when the app closes in the middle of it", async () => {
    const { answers, conversations } = setUp({ first: [[...begins("All "), "hang"]] });
    const { answer } = answers.send(null, "How?");
    await expect.poll(() => conversations.message(answer.id).text).toBe("All ");
    await answers[Symbol.asyncDispose]();
    expect(conversations.message(answer.id)).toMatchObject({ state: "interrupted", text: "All " });
  });

  it("ends, and leaves nothing behind, when its conversation is removed", async () => {
    const { answers, conversations, provider } = setUp({ first: [[...begins("All "), "hang"]] });
    const { answer, conversation } = answers.send(null, "How?");
    const following = all(answers.follow(answer.id));
    await expect.poll(() => conversations.message(answer.id).text).toBe("All ");
    answers.stopAll(conversation.id);
    conversations.remove(conversation.id);
    await following;
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    expect(conversations.list()).toEqual([]);
  });
});

describe("asking again", () => {
  it("makes a variant from what was said before the question, and keeps the earlier answer", async () => {
    const { answers, conversations, provider } = setUp({
      first: [says("Yes."), says("one"), says("two")],
    });
    const opening = answers.send(null, "Ready?");
    await all(answers.follow(opening.answer.id));
    const { conversation, question, answer } = answers.send(opening.conversation.id, "Count.");
    await all(answers.follow(answer.id));
    const again = answers.regenerate(question.id);
    await all(answers.follow(again.answer.id));

    expect(provider.calls[2]?.request.messages).toEqual(provider.calls[1]?.request.messages);
    expect(provider.calls[2]?.request.messages.map(({ content }) => content)).toEqual([
      "Ready?",
      "Yes.",
      "Count.",
    ]);
    const { messages } = conversations.get(conversation.id);
    expect(messages.filter(({ answers: of }) => of === question.id).map(({ text }) => text)).toEqual([
      "one",
      "two",
    ]);
  });

  it("shows the new answer, also where the person had kept an earlier one", async () => {
    const { answers, conversations } = setUp({ first: [says("one"), says("two")] });
    const { conversation, question, answer } = answers.send(null, "Count.");
    await all(answers.follow(answer.id));
    conversations.keep(question.id, answer.id);
    await all(answers.follow(answers.regenerate(question.id).answer.id));
    expect(conversations.get(conversation.id).messages[0]?.kept).toBeUndefined();
  });
});

describe("following", () => {
  it("an answer that has ended gives it as it is stored, and ends", async () => {
    const { answers } = setUp({ first: [says("All is well.")] });
    const { answer } = answers.send(null, "How?");
    await all(answers.follow(answer.id));
    await settle();
    expect(await all(answers.follow(answer.id))).toMatchObject([
      { type: "snapshot", message: { text: "All is well.", state: "complete" }, steps: [] },
    ]);
  });

  it("from the middle gives every word once: what is stored, then what still comes", async () => {
    const { answers } = setUp({
      first: [[...begins("one "), { waitMs: 30 }, ...says("two ", "three").slice(1)]],
    });
    const { answer } = answers.send(null, "Count.");
    for await (const event of answers.follow(answer.id)) if (event.type === "delta") break;
    const events = await all(answers.follow(answer.id));
    expect(events[0]).toMatchObject({ type: "snapshot", message: { text: "one " } });
    expect(textOf(events)).toBe("two three");
  });

  it("an answer that is not there is refused as not found", async () => {
    const { answers } = setUp({ first: [] });
    await expect(all(answers.follow("nowhere"))).rejects.toMatchObject({ kind: "not_found" });
  });
});
