import fc from "fast-check";
import { expect, test } from "vitest";
import { StoreError } from "../../electron/store/index.ts";
import { cloudReceipt, openConversations, temporaryFolder } from "./support.ts";

function kindOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error.kind;
    throw error;
  }
  return "nothing was thrown";
}

test("a conversation is listed with its title and its times, the one last written to first", () => {
  const { conversations } = openConversations(temporaryFolder());
  const older = conversations.ask(null, "Older question").conversation;
  const newer = conversations.ask(null, "Newer question").conversation;
  expect(conversations.list().map(({ title }) => title)).toEqual(["Newer question", "Older question"]);
  conversations.addQuestion(older.id, "And again");
  expect(conversations.list().map(({ id }) => id)).toEqual([older.id, newer.id]);
});

test("a renamed conversation keeps its place in the list", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { conversation } = conversations.ask(null, "One");
  conversations.ask(null, "Two");
  expect(conversations.rename(conversation.id, "First").title).toBe("First");
  expect(conversations.list().map(({ title }) => title)).toEqual(["Two", "First"]);
});

test("a question and its answer survive closing and opening", () => {
  const folder = temporaryFolder();
  const before = openConversations(folder);
  const { conversation, question, answer } = before.conversations.ask(null, "What is a seam?");
  const receipt = cloudReceipt({ seams: [{ offset: 3, link: "backup" }] });
  before.conversations.append(answer.id, "A joint");
  before.conversations.finish(answer.id, { text: "A joint.", state: "complete", receipt });
  before.close();
  const { messages } = openConversations(folder).conversations.get(conversation.id);
  expect(messages).toEqual([question, { ...answer, text: "A joint.", state: "complete", receipt }]);
});

test("a streaming answer reads as what was appended so far, split surrogate pairs and NULs included", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { answer } = conversations.ask(null, "?");
  for (const delta of ["smile \ud83d", "\ude00 ", "nul\0", " end"]) conversations.append(answer.id, delta);
  expect(conversations.message(answer.id)).toMatchObject({ state: "streaming", text: "smile 😀 nul\0 end" });
  expect(conversations.finish(answer.id, { state: "complete", receipt: null }).text).toBe(
    "smile 😀 nul\0 end",
  );
});

test("any deltas make the text that they make together", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { question } = conversations.ask(null, "?");
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (deltas) => {
      const { id } = conversations.beginAnswer(question.id);
      for (const delta of deltas) conversations.append(id, delta);
      expect(conversations.message(id).text).toBe(deltas.join(""));
      expect(conversations.finish(id, { state: "complete", receipt: null }).text).toBe(
        deltas.join("").toWellFormed(),
      );
    }),
  );
});

test("a retracted text is void and the answer goes on from nothing", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { answer } = conversations.ask(null, "?");
  conversations.append(answer.id, "wrong start");
  conversations.retract(answer.id);
  conversations.append(answer.id, "right");
  expect(conversations.message(answer.id).text).toBe("right");
});

test("finishing leaves no delta behind", () => {
  const { conversations, database } = openConversations(temporaryFolder());
  const { answer } = conversations.ask(null, "?");
  conversations.append(answer.id, "text");
  conversations.finish(answer.id, { state: "stopped", receipt: null });
  expect(database.prepare("SELECT count(*) AS n FROM answer_deltas").get()).toMatchObject({ n: 0 });
});

test("every answer to a question is kept as a variant", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { conversation, question, answer } = conversations.ask(null, "?");
  conversations.finish(answer.id, { text: "one", state: "complete", receipt: null });
  const again = conversations.beginAnswer(question.id);
  conversations.finish(again.id, { text: "two", state: "complete", receipt: null });
  const variants = conversations
    .get(conversation.id)
    .messages.filter(({ answers }) => answers === question.id);
  expect(variants.map(({ text }) => text)).toEqual(["one", "two"]);
});

test("removing a conversation removes its messages, deltas too", () => {
  const { conversations, database } = openConversations(temporaryFolder());
  const { conversation, answer } = conversations.ask(null, "?");
  conversations.append(answer.id, "x");
  conversations.remove(conversation.id);
  const left = database.prepare(
    "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM answer_deltas) AS n",
  );
  expect(left.get()).toMatchObject({ n: 0 });
  expect(kindOf(() => conversations.append(answer.id, "y"))).toBe("not_found");
});

test("an unknown id is not_found", () => {
  const { conversations } = openConversations(temporaryFolder());
  const calls = [
    () => conversations.get("none"),
    () => conversations.message("none"),
    () => conversations.rename("none", "x"),
    () => conversations.remove("none"),
    () => conversations.addQuestion("none", "x"),
    () => conversations.ask("none", "x"),
    () => conversations.beginAnswer("none"),
    () => conversations.append("none", "x"),
    () => conversations.retract("none"),
    () => conversations.finish("none", { state: "failed", receipt: null }),
    () => conversations.history("none", "none"),
  ];
  expect(calls.map(kindOf)).toEqual(calls.map(() => "not_found"));
});

test("an answer that has ended can't be changed", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { question, answer } = conversations.ask(null, "?");
  conversations.finish(answer.id, { text: "done", state: "complete", receipt: null });
  const calls = [
    () => conversations.append(answer.id, "x"),
    () => conversations.retract(answer.id),
    () => conversations.finish(answer.id, { state: "failed", receipt: null }),
    () => conversations.append(question.id, "x"),
  ];
  expect(calls.map(kindOf)).toEqual(calls.map(() => "conflict"));
  expect(conversations.message(answer.id)).toMatchObject({ text: "done", state: "complete" });
});

test("a receipt that is not one is refused, and the answer stays as it was", () => {
  const { conversations } = openConversations(temporaryFolder());
  const { answer } = conversations.ask(null, "?");
  conversations.append(answer.id, "text");
  const receipt = { ...cloudReceipt(), tier: "moon" } as never;
  expect(kindOf(() => conversations.finish(answer.id, { state: "complete", receipt }))).toBe("invalid");
  expect(conversations.message(answer.id)).toMatchObject({ text: "text", state: "streaming" });
});

test.each(["{", '{"tier":"moon"}', "null"])(
  "a stored receipt that is not understood, %s, is shown as none and kept",
  (raw) => {
    const { conversations, database } = openConversations(temporaryFolder());
    const { answer } = conversations.ask(null, "?");
    conversations.finish(answer.id, { text: "x", state: "complete", receipt: cloudReceipt() });
    database.prepare("UPDATE messages SET receipt = ? WHERE id = ?").run(raw, answer.id);
    expect(conversations.message(answer.id)).toMatchObject({ text: "x", receipt: null });
    expect(database.prepare("SELECT receipt FROM messages WHERE id = ?").get(answer.id)).toEqual({
      receipt: raw,
    });
  },
);

test("a full disk is told as such, and what was appended before stays", () => {
  const { conversations, database } = openConversations(temporaryFolder());
  const { answer } = conversations.ask(null, "?");
  conversations.append(answer.id, "kept");
  const pages = database.get("PRAGMA page_count")?.page_count;
  database.connection.exec(`PRAGMA max_page_count = ${pages}`);
  expect(() => conversations.append(answer.id, "x".repeat(100_000))).toThrow(/the disk is full: make room/);
  expect(conversations.message(answer.id).text).toBe("kept");
});

test("the answer that a person keeps in view is kept through closing, and can be any answer to that question only", () => {
  const folder = temporaryFolder();
  const before = openConversations(folder);
  const { conversation, question, answer: first } = before.conversations.ask(null, "What is a seam?");
  before.conversations.finish(first.id, { text: "A joint.", state: "complete", receipt: null });
  before.conversations.beginAnswer(question.id);
  const other = before.conversations.ask(null, "Another question");
  expect(question.kept).toBeUndefined();
  expect(before.conversations.keep(question.id, first.id).kept).toBe(first.id);
  expect(kindOf(() => before.conversations.keep(question.id, other.answer.id))).toBe("not_found");
  before.close();
  const { conversations } = openConversations(folder);
  expect(conversations.get(conversation.id).messages[0]?.kept).toBe(first.id);
  expect(conversations.keep(question.id, null).kept).toBeUndefined();
});
