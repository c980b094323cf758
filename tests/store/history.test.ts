import { expect, test } from "vitest";
import type { MessageState } from "../../electron/contract/index.ts";
import type { Conversations } from "../../electron/store/index.ts";
import { openConversations, temporaryFolder } from "./support.ts";

type End = [state: Exclude<MessageState, "streaming">, text: string];

/** Asks a question in a conversation and ends one answer to it for each end given. */
function turn(conversations: Conversations, conversation: string | null, text: string, ...ends: End[]) {
  const asked = conversations.ask(conversation, text);
  const [first, ...others] = ends;
  if (first) conversations.finish(asked.answer.id, { state: first[0], text: first[1], receipt: null });
  for (const [state, answer] of others) {
    const { id } = conversations.beginAnswer(asked.question.id);
    conversations.finish(id, { state, text: answer, receipt: null });
  }
  return asked;
}

function contents(
  conversations: Conversations,
  ask: { conversation: { id: string }; question: { id: string } },
) {
  return conversations
    .history(ask.conversation.id, ask.question.id)
    .map(({ role, content }) => [role, content]);
}

test("the history is each question with its answer, and the question asked last", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { conversation } = turn(conversations, null, "q1", ["complete", "a1"]);
  turn(conversations, conversation.id, "q2", ["stopped", "a2"]);
  turn(conversations, conversation.id, "q3", ["interrupted", "a3"]);
  expect(contents(conversations, turn(conversations, conversation.id, "q4"))).toEqual([
    ["user", "q1"],
    ["assistant", "a1"],
    ["user", "q2"],
    ["assistant", "a2"],
    ["user", "q3"],
    ["assistant", "a3"],
    ["user", "q4"],
  ]);
});

test("the latest variant that says something counts", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { conversation } = turn(
    conversations,
    null,
    "q1",
    ["complete", "first"],
    ["complete", "second"],
    ["failed", "offline text"],
    ["stopped", ""],
  );
  expect(contents(conversations, turn(conversations, conversation.id, "q2"))).toEqual([
    ["user", "q1"],
    ["assistant", "second"],
    ["user", "q2"],
  ]);
});

test("an earlier question asked again is told only what stood before it", () => {
  const { conversations } = openConversations(temporaryFolder());
  const first = turn(conversations, null, "q1", ["complete", "a1"]);
  turn(conversations, first.conversation.id, "q2", ["complete", "a2"]);
  expect(contents(conversations, first)).toEqual([["user", "q1"]]);
});

test("questions without an answer are joined with the next, so that roles alternate", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { conversation } = turn(conversations, null, "Which is larger?", ["failed", "offline"]);
  turn(conversations, conversation.id, "Of Mars and Venus", ["complete", "Venus."]);
  expect(contents(conversations, turn(conversations, conversation.id, "Why?"))).toEqual([
    ["user", "Which is larger?\n\nOf Mars and Venus"],
    ["assistant", "Venus."],
    ["user", "Why?"],
  ]);
});

test("the same question asked again after a failure is told once", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { conversation } = turn(conversations, null, "q", ["failed", "offline"]);
  expect(contents(conversations, turn(conversations, conversation.id, "q"))).toEqual([["user", "q"]]);
});

test("a question of another conversation is not found", () => {
  const { conversations } = openConversations(temporaryFolder());
  const one = turn(conversations, null, "q");
  const other = turn(conversations, null, "q");
  expect(() => conversations.history(one.conversation.id, other.question.id)).toThrow(/There is no question/);
});

test("a model is told the answer that the person keeps in view, and not a later one", () => {
  const { conversations } = openConversations(temporaryFolder());
  const first = turn(
    conversations,
    null,
    "What is a seam?",
    ["complete", "A joint."],
    ["complete", "A line."],
  );
  const [, kept] = conversations.get(first.conversation.id).messages;
  conversations.keep(first.question.id, kept?.id ?? null);
  const next = turn(conversations, first.conversation.id, "Where?");
  expect(contents(conversations, next)).toEqual([
    ["user", "What is a seam?"],
    ["assistant", "A joint."],
    ["user", "Where?"],
  ]);
});
