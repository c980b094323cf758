import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { aesCipher, cacheMigrations, type Guard } from "../../electron/cache/index.ts";
import { openDatabase } from "../../electron/store/index.ts";
import { cloudReceipt, temporaryFolder } from "../store/support.ts";
import { answer, ask, day, openCache } from "./support.ts";

const receipt = cloudReceipt();
const agrees: Guard = () => ({ verdict: "same", reason: "All agrees." });
const cipher = aesCipher(Buffer.alloc(32, 7));
const [words, nearWords] = ["red green blue white black grey one", "red green blue white black grey two"];

test("with a key neither questions, answers nor vectors can be read in the file", async () => {
  const { cache, path, find } = openCache({ cipher, guard: agrees });
  await cache.put(ask("A very private question?"), answer("A very private answer."), receipt);
  await cache.settled();
  await find(ask("Another secret wish?"));
  const bytes = [path, `${path}-wal`]
    .map((file) => readFileSync(file, "latin1"))
    .join("")
    .toLowerCase();
  expect(bytes).not.toMatch(/private|secret/);
});

test("what was written without a key is sealed as soon as there is one, and is still found", async () => {
  const plain = openCache();
  await plain.cache.put(ask(words), answer("A very plain answer."), receipt);
  await plain.cache.settled();
  const { find, path, store } = openCache({ folder: plain.folder, cipher, guard: agrees });
  expect(await find(ask(words))).toMatchObject({ hit: { similarity: 1 } });
  expect(await find(ask(nearWords))).toMatchObject({ hit: { text: "A very plain answer." } });
  await store.purge({ search: "nothing like it" });
  const bytes = [path, `${path}-wal`].map((file) => readFileSync(file, "latin1")).join("");
  expect(bytes).not.toContain("very plain");
});

test("what another key has sealed is passed over, and a new entry to the same question is kept beside it", async () => {
  const before = openCache({ cipher });
  await before.cache.put(ask(words), answer("Old."), receipt);
  const { cache, hit } = openCache({ folder: before.folder, cipher: aesCipher(Buffer.alloc(32, 8)) });
  expect(await hit(ask(words))).toBeNull();
  await cache.put(ask(words), answer("New."), receipt);
  expect(await hit(ask(words))).toMatchObject({ text: "New." });
});

test("entries of the first version are taken over", async () => {
  const folder = temporaryFolder();
  const path = `${folder}/cache.db`;
  const options = { path, now: Date.now, onMovedAside: () => {} };
  using old = openDatabase({ ...options, migrations: cacheMigrations.slice(0, 1) });
  const { store, hit, clock } = openCache();
  await store.put({
    fingerprint: "f",
    question: "q",
    originalQuestion: "Q?",
    answer: "A.",
    receipt,
    createdAt: clock.now(),
    expiresAt: null,
    conversation: null,
  });
  expect(await hit(ask("q"))).toBeNull();
  old.run(
    "INSERT INTO entries (fingerprint, question, original_question, answer, receipt, created_at) VALUES ('f', 'q', 'Q?', 'A.', ?, ?)",
    JSON.stringify(receipt),
    clock.now(),
  );
  old[Symbol.dispose]();
  const taken = openCache({ folder, cipher });
  expect(await taken.store.find({ fingerprint: "f", question: "q" })).toMatchObject({
    originalQuestion: "Q?",
    answer: "A.",
    receipt: { link: "primary" },
  });
});

test("pinned entries are neither evicted, nor too old, nor purged unless that is said", async () => {
  const { cache, store, hit, clock } = openCache({ max_entries: 2, ttlMs: day });
  await cache.put(ask("keep"), answer("K."), receipt);
  const [entry] = (await store.list({ limit: 1, offset: 0 })).entries;
  if (entry) await store.pin(entry, true);
  for (const text of ["one", "two", "three"]) {
    await clock.advance(1_000);
    await cache.put(ask(text), answer(text), receipt);
  }
  expect((await store.stats("words")).entries).toBe(2);
  await clock.advance(2 * day);
  expect(await hit(ask("keep"))).toMatchObject({ text: "K." });
  expect(await store.purge({})).toBe(1);
  expect(await store.purge({ pinned: true })).toBe(1);
});

test("entries are found and purged by text, age and conversation", async () => {
  const { cache, store, clock } = openCache({ cipher });
  await cache.put(ask("About tides"), answer("Moon."), receipt);
  await clock.advance(day);
  await cache.put(ask("About bread", { conversation: "kitchen" }), answer("Yeast."), receipt);
  await cache.put(ask("About salt", { conversation: "kitchen" }), answer("A pinch."), receipt);
  const questions = async (search?: string) =>
    (await store.list({ search, limit: 10, offset: 0 })).entries.map((entry) => entry.originalQuestion);
  expect(await questions()).toEqual(["About salt", "About bread", "About tides"]);
  expect(await questions("YEAST")).toEqual(["About bread"]);
  expect(await store.list({ limit: 1, offset: 1 })).toMatchObject({
    entries: [{ originalQuestion: "About bread" }],
    total: 3,
  });
  expect(await store.purge({ search: "yeast" })).toBe(1);
  expect(await store.purge({ before: clock.now() - day / 2 })).toBe(1);
  expect(await store.purge({ conversation: "kitchen" })).toBe(1);
  expect(await questions()).toEqual([]);
});

test("what another process writes and removes is seen by the next look-up", async () => {
  const one = openCache({ guard: agrees });
  await one.cache.put(ask(words), answer("First."), receipt);
  await one.cache.settled();
  const two = openCache({ guard: agrees, folder: one.folder });
  expect(await two.hit(ask(nearWords))).toMatchObject({ text: "First." });
  await one.cache.put(ask("tall oaks from little acorns grow slowly today five"), answer("Second."), receipt);
  await one.cache.settled();
  expect(await two.hit(ask("tall oaks from little acorns grow slowly today six"))).toMatchObject({
    text: "Second.",
  });
  await one.store.purge({ pinned: true });
  expect(await two.hit(ask(nearWords))).toBeNull();
});

test("uses are counted", async () => {
  const { cache, hit, store, clock } = openCache();
  await cache.put(ask(words), answer("A."), receipt);
  await hit(ask(words));
  await hit(ask(words));
  const { entries } = await store.list({ limit: 1, offset: 0 });
  expect(entries).toMatchObject([{ uses: 2, lastUsedAt: clock.now() }]);
});
