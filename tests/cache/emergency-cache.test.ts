import { expect, test } from "vitest";
import type { Guard } from "../../electron/cache/index.ts";
import { cloudReceipt } from "../store/support.ts";
import { answer, ask, openCache } from "./support.ts";

const receipt = cloudReceipt();
const earlier = "how do high tides and low tides come about here";
const near = "how do high tides and low tides come about there";
const agrees: Guard = () => ({ verdict: "same", reason: "All agrees." });

test("a near question that the guard finds the same is answered, with the earlier question and how near it is", async () => {
  const { cache, find } = openCache({ guard: agrees });
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  const found = await find(ask(near));
  expect(found).toMatchObject({
    hit: { text: "By the Moon.", original_question: earlier, link: "primary" },
    similar: null,
  });
  expect(found?.hit?.similarity).toBeCloseTo(0.92, 1);
});

test("one that the guard finds similar is offered beside, never as the answer", async () => {
  const { cache, find, store } = openCache({ guard: () => ({ verdict: "similar", reason: "Nearly." }) });
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  expect(await find(ask(near))).toMatchObject({ hit: null, similar: { text: "By the Moon." } });
  expect((await store.list({ limit: 1, offset: 0 })).entries[0]?.uses).toBe(0);
});

test("one that the guard refuses is not shown, and the reason is kept", async () => {
  const { cache, find, log } = openCache({ guard: () => ({ verdict: "different", reason: "Other place." }) });
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  expect(await find(ask(near))).toMatchObject({ hit: null, similar: null });
  expect(await log.recent(5)).toMatchObject([
    {
      asked: near,
      outcome: "refused",
      candidates: [{ question: earlier, reason: "Other place.", shown: false }],
    },
  ]);
});

test("the guard is not even asked about questions that are far apart", async () => {
  const { cache, find } = openCache({
    guard: () => {
      throw new Error("asked");
    },
  });
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  expect(await find(ask("which bread rises without any yeast"))).toMatchObject({ hit: null, similar: null });
});

test("a near question in another conversation is not answered from this one", async () => {
  const { cache, find } = openCache({ guard: agrees });
  const after = (text: string) => [
    { role: "user" as const, content: text },
    { role: "assistant" as const, content: "Yes." },
  ];
  await cache.put({ messages: [...after("Tides?"), ...ask(earlier).messages] }, answer("A."), receipt);
  await cache.settled();
  expect(await find(ask(near))).toMatchObject({ hit: null, similar: null });
  expect(await find({ messages: [...after("Tides?"), ...ask(near).messages] })).toMatchObject({
    hit: { text: "A." },
  });
});

test("a no to the same question ends that pair for good, and no other", async () => {
  const { cache, find, clock } = openCache({ guard: agrees });
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  const first = await find(ask(near));
  expect(await cache.say(first?.id ?? "", false)).toBe(true);
  expect(await find(ask(near))).toMatchObject({ hit: null, similar: null });
  await clock.advance(1_000);
  await cache.put(ask(earlier), answer("By the Moon and the Sun."), receipt);
  expect(await find(ask(near))).toMatchObject({ hit: null, similar: null });
  expect(await find(ask(earlier))).toMatchObject({ hit: { similarity: 1 } });
});

test("a no to an exact match removes the entry", async () => {
  const { cache, find, store } = openCache();
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.say((await find(ask(earlier)))?.id ?? "", false);
  expect((await store.stats("words")).entries).toBe(0);
  await cache.put(ask(earlier), answer("Otherwise."), receipt);
  expect(await find(ask(earlier))).toMatchObject({ hit: null });
});

test("a yes is remembered: the guard is not asked again", async () => {
  let verdict: "same" | "different" = "same";
  const { cache, find } = openCache({ guard: () => ({ verdict, reason: "So." }) });
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  await cache.say((await find(ask(near)))?.id ?? "", true);
  verdict = "different";
  expect(await find(ask(near))).toMatchObject({ hit: { text: "By the Moon." } });
});

test("an answer that was marked down goes, and does not come back; another one to the same question does", async () => {
  const { cache, find } = openCache();
  await cache.put(ask("Why?"), answer("No idea."), receipt);
  await cache.markDown(ask("Why?"), "No idea.", "message-1");
  expect(await find(ask("Why?"))).toMatchObject({ hit: null });
  await cache.put(ask("Why?"), answer("No idea."), receipt);
  expect(await find(ask("Why?"))).toMatchObject({ hit: null });
  await cache.put(ask("Why?"), answer("Because."), receipt);
  expect(await find(ask("Why?"))).toMatchObject({ hit: { text: "Because." } });
});

test("a question about now gets a short life, and its answer says so", async () => {
  const { cache, hit, clock } = openCache();
  await cache.put(ask("What is the weather today?"), answer("Rain."), receipt);
  expect(await hit(ask("What is the weather today?"))).toMatchObject({ time_bound: true });
  await clock.advance(6 * 3_600_000);
  expect(await hit(ask("What is the weather today?"))).toBeNull();
});

test.each([
  ["is local-only", () => true],
  [
    "is not to be found, which counts as local-only",
    () => {
      throw new Error("gone");
    },
  ],
])("a conversation that %s is neither kept nor looked up", async (_, isLocalOnly) => {
  const { cache, find, store, log } = openCache({ isLocalOnly });
  const request = ask("Why?", { conversation: "c" });
  await cache.put(request, answer("So."), receipt);
  expect((await store.stats("words")).entries).toBe(0);
  expect(await find(request)).toBeNull();
  expect(await log.recent(1)).toEqual([]);
});

test("while the embedder is down the same question is still found, and what was written is embedded later", async () => {
  const { cache, find, embedder, clock } = openCache({ guard: agrees });
  embedder.fault = new Error("the engine is down.");
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  expect(await find(ask(earlier))).toMatchObject({ hit: { similarity: 1 } });
  expect(await find(ask(near))).toMatchObject({ hit: null });
  embedder.fault = null;
  await clock.advance(5_000);
  await cache.settled();
  expect(await find(ask(near))).toMatchObject({ hit: { text: "By the Moon." } });
});

test("an embedder that is late costs five seconds, and the log says why less was looked at", async () => {
  const { cache, find, embedder, clock, log } = openCache({ guard: agrees });
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  embedder.embed = () => new Promise(() => {});
  const finding = find(ask(near));
  await clock.advance(5_000);
  expect(await finding).toMatchObject({ hit: null });
  expect((await log.recent(1))[0]?.trouble).toContain("longer than 5 s");
});

test("after another embedder was chosen all entries are embedded again", async () => {
  const first = openCache({ guard: agrees });
  await first.cache.put(ask(earlier), answer("By the Moon."), receipt);
  await first.cache.settled();
  const embedder = { ...first.embedder, id: "other" };
  const { cache, find, store } = openCache({ guard: agrees, folder: first.folder, embedder });
  expect((await store.stats("other")).waiting).toBe(1);
  expect(await find(ask(near))).toMatchObject({ hit: null });
  cache.embedWaiting();
  await cache.settled();
  expect(await find(ask(near))).toMatchObject({ hit: { text: "By the Moon." } });
});

test("without a guard the threshold alone decides", async () => {
  const { cache, find } = openCache({ guard: null, threshold: 0.95 });
  await cache.put(ask(earlier), answer("By the Moon."), receipt);
  await cache.settled();
  expect(await find(ask(near))).toMatchObject({ hit: null, similar: { text: "By the Moon." } });
});

test.each([
  ["seven of nine words with the guard are offered", agrees, "violet silver", "similar"],
  ["eight of nine words with the guard are answered", agrees, "gold silver", "hit"],
  ["eight of nine words without it are offered", null, "gold silver", "similar"],
] as const)("the threshold is 0.8 with the guard and 0.9 without: %s", async (_, guard, end, shown) => {
  const { cache, find } = openCache({ guard });
  await cache.put(ask("red green blue white black grey amber gold pink"), answer("By the Moon."), receipt);
  await cache.settled();
  expect(await find(ask(`red green blue white black grey amber ${end}`))).toMatchObject({
    hit: null,
    similar: null,
    [shown]: { text: "By the Moon." },
  });
});
