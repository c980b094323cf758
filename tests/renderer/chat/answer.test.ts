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

  test("asks two links at once while one is hedged, and one again when the other has lost", () => {
    const hedged = endOf([{ ...started, link: "first" }, started]);
    expect(hedged.live?.asking.map(({ link }) => link)).toEqual(["first", "second"]);
    const lost = attempt({ link: "first", outcome: "cancelled", kind: "cancelled" });
    const won = entryAfter(hedged, { type: "attempt_failed", attempt: lost });
    expect(won.live?.asking.map(({ link }) => link)).toEqual(["second"]);
  });

  test("is the same for a page that comes in the middle: retraction, seams and failures, and the text as it stands", () => {
    const steps: FollowEvent[] = [
      { ...started, link: "first" },
      { type: "attempt_failed", attempt: attempt({ link: "first", outcome: "failed", kind: "truncated" }) },
      { type: "retracted", link: "first", kind: "truncated" },
      started,
      { type: "attempt_failed", attempt: attempt({ link: "second", outcome: "failed", kind: "truncated" }) },
      { ...started, link: "third" },
      { type: "seam", seam: { offset: 4, link: "third" } },
    ];
    const early = endOf([...steps, { type: "delta", text: "All is" }]);
    const message = { ...streaming, text: "All is" };
    const late = entryAfter(entryOf(streaming), { type: "snapshot", message, steps: steps as never });
    expect(late).toEqual(early);
    expect(late.live).toMatchObject({
      retracted: { link: "first", by: "second" },
      seams: [{ link: "third" }],
      failed: [{ link: "first" }, { link: "second" }],
    });
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
