import { expect, test } from "vitest";
import { type CachedAnswer, ProviderFailure } from "../../electron/chain/index.ts";
import { backup, cloud, local } from "./outbox-over.ts";
import { setUp } from "./outbox-set-up.ts";

const minute = 60_000;

test("what nothing could answer is asked again and answered beside the failure", async () => {
  const { ask, clock, provider, outbox, answersTo, conversations } = setUp();
  const { question, entry } = await ask();
  expect(entry).toMatchObject({ state: "waiting", wanted: "cloud", answered: null });
  provider.does.cloud = "Because of scattering.";
  await clock.advance(minute);
  expect(answersTo(question)).toEqual(["Because of scattering."]);
  const [ready] = outbox.list();
  expect(ready).toMatchObject({ state: "answered", answered: "cloud", question_id: question.id });
  expect(conversations.message(ready?.answer_id ?? "").receipt).toMatchObject({
    tier: "cloud",
    link: "cloud",
  });
});

test("a local answer stays, and the better one stands beside it", async () => {
  const { ask, clock, provider, answersTo } = setUp({ does: { local: "It just is." } });
  const { question, entry } = await ask();
  expect(entry).toMatchObject({ answered: "local" });
  provider.does.backup = "Because of scattering.";
  await clock.advance(minute);
  expect(answersTo(question)).toEqual(["It just is.", "Because of scattering."]);
});

test("only links of a better tier are asked", async () => {
  const { ask, clock, provider } = setUp({ does: { local: "It just is." } });
  await ask();
  provider.calls.length = 0;
  await clock.advance(minute);
  expect(provider.asked).toEqual(["cloud", "backup"]);
});

test("an answer of the first tier, or of a backup, does not go into the outbox", async () => {
  const { ask, outbox, provider } = setUp({ does: { cloud: "Yes.", local: "Hm." } });
  await ask();
  provider.does.cloud = new ProviderFailure("server", "down");
  provider.does.backup = "Yes, too.";
  await ask();
  expect(outbox.list()).toEqual([]);
});

test("the person may ask for a better answer than a backup's", async () => {
  const { ask, clock, provider, answersTo } = setUp({ does: { backup: "Yes." } });
  const { question } = await ask("Really?", { leave: true });
  provider.calls.length = 0;
  provider.does.cloud = "Yes, really.";
  await clock.advance(minute);
  expect(provider.asked).toEqual(["cloud"]);
  expect(answersTo(question)).toEqual(["Yes.", "Yes, really."]);
});

test("a stored question is put in by the person's word, with the best answer that it has, and asked at once", async () => {
  const { ask, clock, provider, outbox, answersTo } = setUp({ enabled: () => false, does: { local: "Hm." } });
  const { question, answer, entry } = await ask();
  expect(entry).toBeNull();
  expect(outbox.add(question.id)).toMatchObject({ answered: "local", wanted: "cloud", leave: "person" });
  provider.does.cloud = "Yes.";
  await clock.advance(0);
  expect(answersTo(question)).toEqual(["Hm.", "Yes."]);
  outbox.accept(outbox.list()[0]?.id ?? "");
  expect(outbox.add(question.id)).toBeNull();
  expect(() => outbox.add(answer.id)).toThrow("There is no question");
  expect(() => outbox.add("none")).toThrow('There is no message "none"');
});

test("a person who put a local model first has what they wanted", async () => {
  const links = [{ ...local, priority: 0 }, cloud];
  const { ask, outbox } = setUp({ links, does: { local: "It just is." } });
  await ask();
  expect(outbox.list()).toEqual([]);
});

test("a request that named a local link wanted nothing better", async () => {
  const { ask, outbox } = setUp({ does: { local: "It just is." } });
  await ask("Why?", { request: { preferred: "local" } });
  expect(outbox.list()).toEqual([]);
});

test("a chain that went down a level by itself still wanted its best link", async () => {
  const { ask, provider, outbox, conversations } = setUp({ does: { local: "It just is." } });
  const { question, entry } = await ask();
  outbox.drop(entry?.id ?? "");
  const receipt = conversations.get(question.conversation_id).messages[1]?.receipt;
  if (!receipt) throw new Error("there is a receipt");
  const answer = { text: "It just is.", tool_calls: [], finish_reason: "stop" as const };
  const finished = {
    type: "finished" as const,
    receipt: { ...receipt, requested_tier: "local" as const },
    answer,
  };
  const again = outbox.consider({ question, request: {}, finished: { ...finished, failure: null } });
  expect(again).toMatchObject({ wanted: "cloud", answered: "local" });
  expect(provider.asked).toContain("local");
});

test("without leave nothing waits, and a word on one question stands above the setting", async () => {
  let enabled = false;
  const { ask, outbox, clock, provider, answersTo } = setUp({ enabled: () => enabled });
  const no = await ask("Not this one");
  const yes = await ask("This one", { leave: true });
  enabled = true;
  await ask("Nor that one", { leave: false });
  expect(outbox.list().map(({ question_id }) => question_id)).toEqual([yes.question.id]);
  enabled = false;
  provider.does.cloud = "Here I am.";
  await clock.advance(minute);
  expect(answersTo(yes.question)).toEqual(["Here I am."]);
  expect(answersTo(no.question)).toEqual([]);
});

test("when the setting is turned off, what waits by it is not asked", async () => {
  let enabled = true;
  const { ask, clock, provider, answersTo } = setUp({ enabled: () => enabled });
  const { question } = await ask();
  enabled = false;
  provider.does.cloud = "Here I am.";
  await clock.advance(10 * minute);
  expect(answersTo(question)).toEqual([]);
});

test("what a link refused for what it is, or the person stopped, does not wait", async () => {
  const { ask, outbox } = setUp({ does: { cloud: new ProviderFailure("content_policy", "Not that.") } });
  await ask();
  expect(outbox.list()).toEqual([]);
});

test("an entry that is refused when asked again is dropped with the provider's word, and the next one is asked", async () => {
  const { ask, clock, provider, outbox, answersTo } = setUp();
  await ask("Something bad");
  const { question } = await ask("Something good");
  provider.does.cloud = new ProviderFailure("content_policy", "Not that.");
  provider.onCall = () => {
    if (provider.calls.filter(({ link }) => link === "cloud").length > 3) provider.does.cloud = "Fine.";
  };
  await clock.advance(minute);
  expect(outbox.list()).toMatchObject([
    { state: "dropped", dropped_because: "refused", detail: "Not that." },
    { state: "answered" },
  ]);
  expect(answersTo(question)).toEqual(["Fine."]);
});

test("a chain that is down is asked ever less often, once for all that waits", async () => {
  const { ask, clock, provider } = setUp();
  for (const text of ["One?", "Two?", "Three?"]) await ask(text);
  provider.calls.length = 0;
  const asksIn = async (minutes: number) => {
    const before = provider.asked.filter((link) => link === "cloud").length;
    await clock.advance(minutes * minute);
    return provider.asked.filter((link) => link === "cloud").length - before;
  };
  expect(await asksIn(1)).toBe(1);
  expect(await asksIn(1)).toBe(1);
  expect(await asksIn(2)).toBe(1);
  expect(await asksIn(4)).toBe(1);
  expect(await asksIn(120)).toBeLessThanOrEqual(5);
});

test("word that a better tier is back makes it ask at once, all that waits, one at a time", async () => {
  const { ask, clock, provider, outbox, answersTo } = setUp();
  const asked = [await ask("One?"), await ask("Two?"), await ask("Three?")];
  await clock.advance(10 * minute);
  provider.does.cloud = "Yes.";
  outbox.retryNow();
  await clock.advance(minute / 4);
  for (const { question } of asked) expect(answersTo(question)).toEqual(["Yes."]);
});

test("a tier that seems to return again and again is not hammered", async () => {
  const { ask, clock, provider, outbox } = setUp();
  await ask();
  provider.calls.length = 0;
  for (let second = 0; second < 60; second += 1) {
    outbox.retryNow();
    await clock.advance(1_000);
  }
  expect(provider.asked.filter((link) => link === "cloud").length).toBeLessThanOrEqual(5);
});

test("nothing is asked while the person's own request runs", async () => {
  const { ask, clock, provider, outbox, answersTo } = setUp();
  const { question } = await ask();
  provider.does.cloud = "Yes.";
  provider.calls.length = 0;
  const hold = outbox.hold();
  outbox.retryNow();
  await clock.advance(10 * minute);
  expect(provider.asked).toEqual([]);
  hold[Symbol.dispose]();
  hold[Symbol.dispose]();
  await clock.advance(0);
  expect(answersTo(question)).toEqual(["Yes."]);
});

test("what is being asked is broken off for the person's own request, kept of it is nothing, and it is asked again after", async () => {
  const { ask, clock, provider, outbox, answersTo, conversations } = setUp();
  const { question } = await ask();
  provider.does.cloud = "hang";
  await clock.advance(minute);
  expect(outbox.list()).toMatchObject([{ state: "asking", attempts: 1 }]);
  const hold = outbox.hold();
  await clock.advance(0);
  expect(outbox.list()).toMatchObject([{ state: "waiting", attempts: 0 }]);
  expect(conversations.get(question.conversation_id).messages).toHaveLength(2);
  provider.does.cloud = "Yes.";
  hold[Symbol.dispose]();
  await clock.advance(0);
  expect(answersTo(question)).toEqual(["Yes."]);
});

test("a local-only question is asked over local links only", async () => {
  const { ask, clock, provider, answersTo } = setUp();
  const { question } = await ask("A secret?", { request: { local_only: true } });
  provider.calls.length = 0;
  provider.does.cloud = "I heard it.";
  provider.does.local = "I keep it.";
  await clock.advance(minute);
  expect(provider.asked).toEqual(["local"]);
  expect(answersTo(question)).toEqual(["I keep it."]);
});

test("a conversation that is marked local-only while its question waits reaches no cloud link any more", async () => {
  const marked = new Set<string>();
  const { ask, clock, provider } = setUp({ isLocalOnly: (id) => marked.has(id) });
  const { question } = await ask();
  marked.add(question.conversation_id);
  provider.calls.length = 0;
  await clock.advance(minute);
  expect(provider.asked).toEqual(["local"]);
});

test("a conversation that is marked local-only while its question is asked goes to no further cloud link", async () => {
  const marked = new Set<string>();
  const { ask, clock, provider } = setUp({ isLocalOnly: (id) => marked.has(id) });
  const { question } = await ask();
  provider.calls.length = 0;
  provider.onCall = () => marked.add(question.conversation_id);
  await clock.advance(minute);
  expect(provider.asked).toEqual(["cloud"]);
});

test("an answer from the cache is no improvement", async () => {
  const hit: CachedAnswer = {
    time_bound: false,
    text: "Long ago.",
    original_question: "Why?",
    similarity: 1,
    age_s: 5,
    link: "cloud",
    provider: "openai",
    model: "m",
  };
  let filled: CachedAnswer | null = null;
  const { ask, clock, outbox, answersTo } = setUp({
    cache: { lookup: async () => ({ id: "look-1", hit: filled, similar: null }), put: async () => {} },
  });
  const { question } = await ask();
  filled = hit;
  await clock.advance(minute);
  expect(answersTo(question)).toEqual([]);
  expect(outbox.list()).toMatchObject([{ state: "waiting", attempts: 1 }]);
});

test("an accepted answer leaves the outbox; one that a better tier may still beat waits on", async () => {
  const { ask, clock, provider, outbox, answersTo } = setUp();
  const { question } = await ask();
  provider.does.local = "It just is.";
  await clock.advance(minute);
  const [entry] = outbox.list();
  expect(entry).toMatchObject({ state: "answered", answered: "local" });
  expect(outbox.accept(entry?.id ?? "")).toMatchObject({
    state: "waiting",
    answered: "local",
    answer_id: null,
  });
  provider.does.cloud = "Because of scattering.";
  await clock.advance(minute);
  expect(answersTo(question)).toEqual(["It just is.", "Because of scattering."]);
  expect(outbox.accept(entry?.id ?? "")).toBeNull();
  expect(outbox.list()).toEqual([]);
});

test("a question that was answered well in the meantime leaves the outbox", async () => {
  const { ask, outbox, provider, conversations } = setUp({ does: { local: "It just is." } });
  const { question } = await ask();
  expect(outbox.list()).toHaveLength(1);
  provider.does.cloud = "Because of scattering.";
  const { answer } = await ask("Another?");
  const receipt = conversations.message(answer.id).receipt;
  if (!receipt) throw new Error("there is a receipt");
  outbox.consider({
    question,
    request: {},
    finished: {
      type: "finished",
      receipt,
      answer: { text: "Because.", tool_calls: [], finish_reason: "stop" },
      failure: null,
    },
  });
  expect(outbox.list()).toEqual([]);
});

test("a dropped entry is not asked, even when it was being asked", async () => {
  const { ask, clock, provider, outbox, conversations } = setUp();
  const { question, entry } = await ask();
  provider.does.cloud = "hang";
  await clock.advance(minute);
  outbox.drop(entry?.id ?? "");
  provider.does.cloud = "Yes.";
  outbox.retryNow();
  await clock.advance(10 * minute);
  expect(outbox.list()).toEqual([]);
  expect(conversations.get(question.conversation_id).messages).toHaveLength(2);
  expect(() => outbox.drop(entry?.id ?? "")).toThrow("There is no entry");
});

test("a removed conversation is asked for no longer", async () => {
  const { ask, clock, provider, outbox, conversations } = setUp();
  const { question } = await ask();
  const other = await ask("Another one?");
  provider.does.cloud = "hang";
  await clock.advance(minute);
  conversations.remove(question.conversation_id);
  provider.does.cloud = "Yes.";
  outbox.conversationRemoved(question.conversation_id);
  await clock.advance(minute);
  expect(outbox.list()).toMatchObject([{ question_id: other.question.id, state: "answered" }]);
});

test("who listens is told when entries come, are asked and are answered", async () => {
  const { ask, clock, provider, outbox } = setUp();
  const heard: string[] = [];
  const stop = outbox.onChange(() =>
    heard.push(
      outbox
        .list()
        .map(({ state }) => state)
        .join(),
    ),
  );
  await ask();
  provider.does.cloud = "Yes.";
  await clock.advance(minute);
  expect(heard).toEqual(["waiting", "asking", "answered"]);
  stop();
  await ask("Another?");
  expect(heard).toHaveLength(3);
});

test("a fault of the store is told, costs no answer, and asking goes on later", async () => {
  const errors: unknown[] = [];
  const { ask, clock, provider, conversations, outbox, answersTo } = setUp({
    onError: (e) => errors.push(e),
  });
  const { question } = await ask();
  provider.does.cloud = "Yes.";
  const real = conversations.finish.bind(conversations);
  conversations.finish = () => {
    throw new Error("the disk is full");
  };
  await clock.advance(minute);
  expect(errors).toEqual([new Error("the disk is full")]);
  conversations.finish = real;
  await clock.advance(10 * minute);
  expect(outbox.list()).toMatchObject([{ state: "answered" }]);
  expect(answersTo(question)).toEqual(["Yes."]);
});

test("closing breaks off what is being asked, leaves no timer, and the next start asks it", async () => {
  const { ask, clock, provider, outbox } = setUp({ links: [cloud, backup] });
  await ask();
  provider.does.cloud = "hang";
  await clock.advance(minute);
  const closed = outbox[Symbol.asyncDispose]();
  await clock.advance(0);
  await closed;
  expect(clock.waiting).toBe(0);
  expect(outbox.list()).toMatchObject([{ state: "waiting", attempts: 0 }]);
});
