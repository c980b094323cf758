import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { type NewOutboxEntry, OutboxEntries } from "../../electron/store/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { openConversations, temporaryFolder } from "./support.ts";

/** An outbox on that folder, and questions to put into it. */
function openOutbox(folder = temporaryFolder(), clock = new FakeClock(), max = 100) {
  const opened = openConversations(folder);
  const { conversations, database } = opened;
  const entries = new OutboxEntries({ database, clock, newId: randomUUID, max });
  const close = () => {
    entries[Symbol.dispose]();
    opened.close();
  };
  onTestFinished(close);
  const put = (change: Partial<NewOutboxEntry> = {}) => {
    const { question } = conversations.ask(null, "Are you there?");
    return entries.put({
      conversation_id: question.conversation_id,
      question_id: question.id,
      wanted: "cloud",
      answered: null,
      local_only: false,
      leave: "setting",
      nextAt: clock.now(),
      ...change,
    });
  };
  return {
    ...opened,
    entries,
    clock,
    put,
    close,
    claim: () => entries.claim("any", () => clock.now() + 1_000),
  };
}

test("an entry survives a restart as it was put", () => {
  const folder = temporaryFolder();
  const before = openOutbox(folder);
  const entry = before.put({ answered: "local", local_only: true, wanted: "local", leave: "person" });
  before.close();
  expect(entry).toMatchObject({ state: "waiting", attempts: 0, answer_id: null, local_only: true });
  expect(openOutbox(folder).entries.list()).toEqual([entry]);
});

test("a question has one entry, which keeps its turn and stays local-only when it is put again", () => {
  const { entries, put } = openOutbox();
  const first = put({ local_only: true });
  const again = put({ ...first, nextAt: 0, answered: "cache", local_only: false });
  expect(again).toEqual({ ...first, answered: "cache" });
  expect(entries.list()).toHaveLength(1);
});

test("the entry that has been due longest is claimed first, and nothing that is not due", () => {
  const { put, claim, entries, clock } = openOutbox();
  const later = put({ nextAt: clock.now() - 1 });
  const sooner = put({ nextAt: clock.now() - 2 });
  put({ nextAt: clock.now() + 1 });
  const first = claim();
  expect(first).toMatchObject({ id: sooner.id, state: "asking", attempts: 1 });
  entries.postpone(sooner.id);
  expect(claim()?.id).toBe(later.id);
  entries.postpone(later.id);
  expect(claim()).toBeNull();
});

test("without leave for all, only what the person allowed is claimed", () => {
  const { put, entries, clock } = openOutbox();
  put({ nextAt: 0 });
  const allowed = put({ leave: "person" });
  expect(entries.dueAt("person")).toBe(clock.now());
  expect(entries.claim("person", () => 0)?.id).toBe(allowed.id);
});

test("while one process asks no other claims anything", () => {
  const folder = temporaryFolder();
  const one = openOutbox(folder);
  const other = openOutbox(folder);
  one.put();
  const second = one.put();
  const held = one.claim();
  expect(other.claim()).toBeNull();
  one.entries.settle(
    held?.id ?? "",
    "cloud",
    () => one.conversations.beginAnswer(held?.question_id ?? "").id,
  );
  expect(other.claim()?.id).toBe(second.id);
});

test("what a process held when it closed waits again, its attempt counted and its next time kept", () => {
  const folder = temporaryFolder();
  const one = openOutbox(folder);
  one.put();
  const held = one.claim();
  one.close();
  const other = openOutbox(folder);
  expect(other.entries.list()).toEqual([{ ...held, state: "waiting" }]);
  expect(other.claim()).toBeNull();
});

test("a claim whose end could not be written is given up by the next claim of the same process", () => {
  const { put, claim, entries, clock } = openOutbox();
  const entry = put();
  entries.claim("any", () => clock.now());
  expect(claim()).toMatchObject({ id: entry.id, attempts: 2 });
});

test("a claim that is given back is due at once, and its attempt does not count", () => {
  const { put, claim, entries, clock } = openOutbox();
  const entry = put();
  claim();
  entries.release(entry.id);
  expect(entries.get(entry.id)).toMatchObject({
    state: "waiting",
    attempts: 0,
    next_at: new Date(clock.now()).toISOString(),
  });
});

test("an answer that can't be stored leaves the entry asking and nothing behind", () => {
  const { put, claim, entries, conversations } = openOutbox();
  const entry = put();
  claim();
  const failing = () => {
    conversations.beginAnswer(entry.question_id);
    throw new Error("the disk is full");
  };
  expect(() => entries.settle(entry.id, "cloud", failing)).toThrow("the disk is full");
  expect(entries.get(entry.id).state).toBe("asking");
  const answers = conversations
    .get(entry.conversation_id)
    .messages.filter(({ role }) => role === "assistant");
  expect(answers).toHaveLength(1);
});

test("a removed conversation takes its entries along, and what was being asked for it is not stored", () => {
  const { put, claim, entries, conversations } = openOutbox();
  const entry = put();
  claim();
  conversations.remove(entry.conversation_id);
  expect(entries.list()).toEqual([]);
  expect(
    entries.settle(entry.id, "cloud", () => {
      throw new Error("nothing may be stored");
    }),
  ).toBe(false);
});

test("of more entries than may wait the oldest are dropped, and say so", () => {
  const { put, entries } = openOutbox(temporaryFolder(), new FakeClock(), 2);
  const ids = [put(), put(), put()].map(({ id }) => id);
  expect(entries.list().map(({ id, state, dropped_because }) => [id, state, dropped_because])).toEqual([
    [ids[0], "dropped", "full"],
    [ids[1], "waiting", null],
    [ids[2], "waiting", null],
  ]);
});

test("what ended long ago and nobody looked at is forgotten", () => {
  const { put, entries } = openOutbox(temporaryFolder(), new FakeClock(), 2);
  for (let n = 0; n < 10; n += 1) put();
  expect(entries.list().map(({ state }) => state)).toEqual(["dropped", "dropped", "waiting", "waiting"]);
});

test("a refused entry is dropped with what the link said", () => {
  const { put, claim, entries } = openOutbox();
  const { id } = put();
  claim();
  entries.refuse(id, "This is against the provider's rules.");
  expect(entries.get(id)).toMatchObject({
    state: "dropped",
    dropped_because: "refused",
    detail: "This is against the provider's rules.",
  });
  expect(claim()).toBeNull();
});

test("a dropped entry is put anew with a turn of its own", () => {
  const { put, claim, entries } = openOutbox();
  const dropped = put();
  claim();
  entries.refuse(dropped.id, "no");
  expect(put(dropped)).toMatchObject({
    state: "waiting",
    attempts: 0,
    detail: null,
  });
  expect(entries.list()).toHaveLength(1);
});

test("an unknown entry is not found", () => {
  const { entries } = openOutbox();
  expect(() => entries.get("none")).toThrow('There is no entry "none"');
  expect(() => entries.remove("none")).toThrow('There is no entry "none"');
});
