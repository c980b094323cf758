import { describe, expect, test } from "vitest";
import type { FollowEvent, StoredMessage } from "../../../electron/contract/index.ts";
import { entryAfter, entryOf, joinDeltas } from "../../../renderer/chat/answer.ts";
import { attempt, receipt } from "../support/fixtures.ts";

const streaming: StoredMessage = {
  id: "a1",
  conversation_id: "c1",
  role: "assistant",
  text: "",
  state: "streaming",
  created_at: "2026-03-02T09:15:00.000Z",
  answers: "q1",
  receipt: null,
};

const started: FollowEvent = {
  type: "attempt_started",
  link: "second",
  provider: "anthropic",
  model: "claude-sonnet-5",
  tier: "backup",
  level: "full",
};

const finished = (
  text: string,
  failure: Extract<FollowEvent, { type: "finished" }>["failure"] = null,
): FollowEvent => ({
  type: "finished",
  receipt: receipt([attempt()]),
  answer: { text, tool_calls: [], finish_reason: null },
  failure,
});

const ended = (code: "cancelled" | "all_links_failed") =>
  ({ code, kind: null, status: null, message: "", retry_after_ms: null }) as const;

const endOf = (events: FollowEvent[]) => events.reduce(entryAfter, entryOf(streaming));

describe("an answer as its events come", () => {
  test("grows by its deltas", () => {
    const { message } = endOf([
      { type: "delta", text: "Two " },
      { type: "delta", text: "tides." },
    ]);
    expect(message.text).toBe("Two tides.");
  });

  test("is empty after a retraction, which keeps the void text and learns who starts again", () => {
    const { message, live } = endOf([
      { type: "delta", text: "Two ti" },
      { type: "retracted", link: "primary", kind: "truncated" },
      started,
    ]);
    expect(message.text).toBe("");
    expect(live?.retracted).toEqual({ text: "Two ti", link: "primary", kind: "truncated", by: "second" });
  });

  test("says that the model reasons until its first text", () => {
    const reasoning = endOf([started, { type: "delta", reasoning: "Hm." }]);
    expect(reasoning.live?.reasoning).toBe(true);
    expect(entryAfter(reasoning, { type: "delta", text: "So" }).live?.reasoning).toBe(false);
  });

  test("takes the whole text and the receipt from its end", () => {
    const { message, live } = endOf([{ type: "delta", text: "Two" }, finished("Two tides.")]);
    expect(message).toMatchObject({ text: "Two tides.", state: "complete", receipt: { link: "primary" } });
    expect(live).toBeNull();
  });

  test("keeps what had arrived when the person stopped it", () => {
    const { message } = endOf([{ type: "delta", text: "Two" }, finished("", ended("cancelled"))]);
    expect(message).toMatchObject({ text: "Two", state: "stopped" });
  });

  test("is failed when nothing could answer", () => {
    const { message } = endOf([finished("No.", ended("all_links_failed"))]);
    expect(message.state).toBe("failed");
  });

  test("changes no more after its end", () => {
    const end = endOf([finished("Two tides.")]);
    expect(entryAfter(end, { type: "delta", text: "!" })).toBe(end);
  });
});

test("neighbouring text deltas are joined, and other events keep their place", () => {
  const joined = joinDeltas([
    started,
    { type: "delta", text: "a" },
    { type: "delta", text: "b" },
    { type: "retracted", link: "primary", kind: "truncated" },
    { type: "delta", text: "c" },
  ]);
  expect(joined).toEqual([
    started,
    { type: "delta", text: "ab" },
    { type: "retracted", link: "primary", kind: "truncated" },
    { type: "delta", text: "c" },
  ]);
});
