import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { EntryKey } from "../../electron/cache/entry.ts";
import { keyOf } from "../../electron/cache/index.ts";
import type { Answer, ChatRequest, Receipt } from "../../electron/contract/index.ts";
import { answer, ask, day, openCache } from "./support.ts";

const receipt: Receipt = {
  requested_tier: "cloud",
  tier: "cloud",
  link: "primary",
  provider: "openai",
  model: "gpt-5",
  level: "full",
  reason: null,
  attempts: [],
  seams: [],
  notices: [],
  dropped: [],
  usage: null,
  cost_usd: null,
  similarity: null,
  age_s: null,
  original_question: null,
};

test("an answer comes back with its question, its age and who gave it", async () => {
  const { cache, hit, clock } = openCache();
  await cache.put(ask("What is a seam?"), answer("A joint."), receipt);
  await clock.advance(90_500);
  expect(await hit(ask("what is a  SEAM"))).toEqual({
    text: "A joint.",
    original_question: "What is a seam?",
    similarity: 1,
    time_bound: false,
    age_s: 90.5,
    link: "primary",
    provider: "openai",
    model: "gpt-5",
  });
});

test("another question has no answer", async () => {
  const { cache, hit } = openCache();
  await cache.put(ask("What is a seam?"), answer("A joint."), receipt);
  expect(await hit(ask("What is a seal?"))).toBeNull();
});

test("text parts are read as the text that they make", async () => {
  const { cache, hit } = openCache();
  await cache.put(ask("What is a seam?"), answer("A joint."), receipt);
  const parts = [{ type: "text", text: "What is " } as const, { type: "text", text: "a seam?" } as const];
  expect(await hit({ messages: [{ role: "user", content: parts }] })).toMatchObject({
    text: "A joint.",
  });
});

describe("the same question is another one", () => {
  const said = (...messages: ChatRequest["messages"]): ChatRequest => ({
    messages: [...messages, { role: "user", content: "Why?" }],
  });
  const base = said({ role: "user", content: "Venus or Mars?" }, { role: "assistant", content: "Venus." });

  test.each([
    [
      "after another question",
      said({ role: "user", content: "Mars or Venus?" }, { role: "assistant", content: "Venus." }),
    ],
    [
      "after another answer",
      said({ role: "user", content: "Venus or Mars?" }, { role: "assistant", content: "Mars." }),
    ],
    [
      "with a system prompt",
      { messages: [{ role: "system" as const, content: "Be brief." }, ...base.messages] },
    ],
    ["at the start of a conversation", ask("Why?")],
    ["with other stop sequences", { ...base, stop: ["\n"] }],
  ])("%s", async (_, request) => {
    const { cache, hit } = openCache();
    await cache.put(base, answer("It is larger."), receipt);
    expect(await hit(base)).toMatchObject({ text: "It is larger." });
    expect(await hit(request)).toBeNull();
  });

  test("but not with another temperature, limit or link to try first", async () => {
    const { cache, hit } = openCache();
    await cache.put(base, answer("It is larger."), receipt);
    const request = { ...base, temperature: 1, max_tokens: 10, preferred: "other", level: "cached" as const };
    expect(await hit(request)).not.toBeNull();
  });
});

describe("is neither kept nor served", () => {
  const image = { type: "image", source: { media_type: "image/png", data: "aGk=" } } as const;
  test.each<[string, ChatRequest]>([
    ["a local-only request", ask("q", { local_only: true })],
    ["a request that opted out", ask("q", { cache: false })],
    ["a request with tools", ask("q", { tools: [{ name: "clock", parameters: {} }] })],
    ["a request for JSON", ask("q", { response_format: { type: "json_object" } })],
    [
      "a request for a JSON Schema",
      ask("q", { response_format: { type: "json_schema", name: "x", schema: {} } }),
    ],
    [
      "a question about an image",
      { messages: [{ role: "user", content: [{ type: "text", text: "q" }, image] }] },
    ],
    [
      "a question after an image",
      {
        messages: [
          { role: "user", content: [image] },
          { role: "assistant", content: "a" },
          { role: "user", content: "q" },
        ],
      },
    ],
    [
      "a conversation with a tool's result",
      {
        messages: [
          { role: "tool", tool_call_id: "1", content: "x" },
          { role: "user", content: "q" },
        ],
      },
    ],
    [
      "a request that ends in an answer begun",
      {
        messages: [
          { role: "user", content: "q" },
          { role: "assistant", content: "a" },
        ],
      },
    ],
    ["a question that says nothing", ask(" ? ")],
  ])("%s", async (_, request) => {
    const { cache, store, hit } = openCache();
    await cache.put(request, answer("A."), receipt);
    expect((await store.stats("words")).entries).toBe(0);
    await cache.put(ask("q"), answer("A."), receipt);
    expect(await hit(request)).toBeNull();
  });
});

describe("is not kept", () => {
  test.each<[string, Answer, Receipt]>([
    ["a local answer", answer("A."), { ...receipt, tier: "local" }],
    ["a cached answer", answer("A."), { ...receipt, tier: "cache" }],
    [
      "an offline reply",
      answer("A."),
      { ...receipt, tier: "offline", link: null, provider: null, model: null },
    ],
    ["an answer cut off by a limit", answer("A", { finish_reason: "length" }), receipt],
    ["an answer that did not finish", answer("A", { finish_reason: null }), receipt],
    ["a call of a tool", answer("A", { tool_calls: [{ id: "1", name: "x", arguments: "{}" }] }), receipt],
    ["an empty answer", answer(" \n"), receipt],
    ["an answer for which a feature was dropped", answer("A."), { ...receipt, dropped: ["vision"] }],
  ])("%s", async (_, given, by) => {
    const { cache, store } = openCache();
    await cache.put(ask("q"), given, by);
    expect((await store.stats("words")).entries).toBe(0);
  });
});

test("a backup link's answer is kept", async () => {
  const { cache, hit } = openCache();
  await cache.put(ask("q"), answer("A."), { ...receipt, tier: "backup", link: "second" });
  expect(await hit(ask("q"))).toMatchObject({ link: "second" });
});

test("a later answer takes the place of an earlier one and is as young as it", async () => {
  const { cache, store, hit, clock } = openCache();
  await cache.put(ask("q"), answer("old"), receipt);
  await clock.advance(day);
  await cache.put(ask("Q?"), answer("new"), receipt);
  expect(await hit(ask("q"))).toMatchObject({ text: "new", original_question: "Q?", age_s: 0 });
  expect((await store.stats("words")).entries).toBe(1);
});

test("beyond max_entries the oldest go, and one that was renewed is young again", async () => {
  const { cache, hit, clock } = openCache({ max_entries: 2 });
  for (const question of ["a", "b", "a", "c"]) {
    await clock.advance(1_000);
    await cache.put(ask(question), answer(question), receipt);
  }
  const found = await Promise.all(["a", "b", "c"].map((question) => hit(ask(question))));
  expect(found.map((found) => found?.text ?? null)).toEqual(["a", null, "c"]);
});

test("an answer is kept for ninety days unless told otherwise", async () => {
  const { cache, hit, clock } = openCache();
  await cache.put(ask("q"), answer("A."), receipt);
  await clock.advance(90 * day - 1);
  expect(await hit(ask("q"))).not.toBeNull();
  await clock.advance(1);
  expect(await hit(ask("q"))).toBeNull();
});

test("an answer older than the ttl is not served, and is gone with the next one that is kept", async () => {
  const { cache, store, hit, clock } = openCache({ ttlMs: day });
  await cache.put(ask("q"), answer("A."), receipt);
  await clock.advance(day - 1);
  expect(await hit(ask("q"))).not.toBeNull();
  await clock.advance(1);
  expect(await hit(ask("q"))).toBeNull();
  await cache.put(ask("other"), answer("B."), receipt);
  expect(await store.stats("words")).toMatchObject({ entries: 1, oldest: clock.now() });
});

test("an entry whose receipt does not say who answered is no hit", async () => {
  const { store, hit, clock } = openCache();
  const key = keyOf(ask("q")) as EntryKey;
  const entry = { ...key, originalQuestion: "q", answer: "A.", createdAt: clock.now(), expiresAt: null };
  await store.put({ ...entry, conversation: null, receipt: { ...receipt, link: null } });
  expect(await hit(ask("q"))).toBeNull();
});

test("the numbers count what is there", async () => {
  const { cache, store, clock } = openCache();
  expect(await store.stats("words")).toEqual({
    entries: 0,
    pinned: 0,
    unused: 0,
    waiting: 0,
    oldest: null,
    newest: null,
  });
  const start = clock.now();
  await cache.put(ask("four"), answer("five!"), receipt);
  await clock.advance(day);
  await cache.put(ask("2 more"), answer("x"), receipt);
  await cache.settled();
  expect(await store.stats("words")).toMatchObject({
    entries: 2,
    unused: 2,
    waiting: 0,
    oldest: start,
    newest: start + day,
  });
  expect(await store.stats("other")).toMatchObject({ waiting: 2 });
});

test("a purge leaves nothing, on the disk neither", async () => {
  const { cache, store, path } = openCache();
  await cache.put(ask("q"), answer("a very private answer"), receipt);
  expect(await store.purge({ pinned: true })).toBe(1);
  const files = [path, `${path}-wal`].map((file) => readFileSync(file, "latin1")).join("");
  expect(files).not.toContain("very private");
});
