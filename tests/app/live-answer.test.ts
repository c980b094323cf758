import { describe, expect, it } from "vitest";
import { LiveAnswer } from "../../electron/app/live-answer.ts";
import type { Attempt, ChainEvent, FollowEvent, StoredMessage } from "../../electron/contract/index.ts";
import { settle } from "../fixtures/fake-clock.ts";
import { plainReceipt } from "./support.ts";

const message = (text: string): StoredMessage => ({
  id: "answer",
  conversation_id: "conversation",
  role: "assistant",
  text,
  state: "streaming",
  created_at: "2026-01-01T00:00:00.000Z",
  answers: "question",
  receipt: null,
});
const started = (link: string): ChainEvent => ({
  type: "attempt_started",
  link,
  provider: "openai",
  model: "any",
  tier: "cloud",
  level: "full",
});
const failed = { type: "attempt_failed", attempt: { link: "first" } as Attempt } as const;
const retracted: ChainEvent = { type: "retracted", link: "first", kind: "truncated" };
const delta = (text: string): ChainEvent => ({ type: "delta", text });
const finished: ChainEvent = {
  type: "finished",
  receipt: plainReceipt,
  answer: { text: "whole", tool_calls: [], finish_reason: "stop" },
  failure: null,
};

/** Everything that a follower has been given so far, and whether it has come to its end. */
function collect(events: AsyncIterable<FollowEvent>) {
  const seen = { events: [] as FollowEvent[], ended: false };
  void (async () => {
    for await (const event of events) seen.events.push(event);
    seen.ended = true;
  })();
  return seen;
}

describe("an answer that is followed", () => {
  it("gives the message as it stands, then every event, then ends", async () => {
    const live = new LiveAnswer();
    const seen = collect(live.follow(message("")));
    for (const event of [started("first"), delta("All "), finished]) {
      live.tell(event);
      await settle();
    }
    live.end();
    await settle();
    expect(seen.events).toEqual([
      { type: "snapshot", message: message(""), steps: [] },
      started("first"),
      delta("All "),
      finished,
    ]);
    expect(seen.ended).toBe(true);
  });

  it("gives a page that comes in the middle the text so far with the steps that led there, and no text twice", async () => {
    const live = new LiveAnswer();
    for (const event of [
      started("first"),
      delta("lost"),
      failed,
      retracted,
      started("second"),
      delta("All "),
    ])
      live.tell(event);
    const seen = collect(live.follow(message("All ")));
    await settle();
    live.tell(delta("is well."));
    await settle();
    expect(seen.events).toEqual([
      {
        type: "snapshot",
        message: message("All "),
        steps: [started("first"), failed, retracted, started("second")],
      },
      delta("is well."),
    ]);
  });

  it("joins the text that a slow page has not taken yet, in its order among the other events", async () => {
    const live = new LiveAnswer();
    const events = live.follow(message(""));
    for (const event of [delta("a"), delta("b"), retracted, delta("c"), delta("d"), delta("e")])
      live.tell(event);
    live.end();
    const seen = collect(events);
    await settle();
    expect(seen.events.slice(1)).toEqual([delta("ab"), retracted, delta("cde")]);
  });

  it("does not join what is more than text", async () => {
    const live = new LiveAnswer();
    const events = live.follow(message(""));
    const reasoning: ChainEvent = { type: "delta", reasoning: "Hm." };
    for (const event of [reasoning, delta("a"), reasoning, delta("b")]) live.tell(event);
    live.end();
    const seen = collect(events);
    await settle();
    expect(seen.events.slice(1)).toEqual([reasoning, delta("a"), reasoning, delta("b")]);
  });

  it("goes on without a page that has left", async () => {
    const live = new LiveAnswer();
    const leave = new AbortController();
    const gone = collect(live.follow(message(""), leave.signal));
    const stays = collect(live.follow(message("")));
    await settle();
    leave.abort();
    live.tell(delta("a"));
    await settle();
    expect(gone).toEqual({ events: [{ type: "snapshot", message: message(""), steps: [] }], ended: true });
    expect(stays.events).toContainEqual(delta("a"));
    expect(live.abort.signal.aborted).toBe(false);
  });
});
