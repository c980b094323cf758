import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { cacheMigrations, ExactCache, type ExactCacheOptions } from "../../electron/cache/index.ts";
import type { Answer, ChatRequest, Receipt } from "../../electron/contract/index.ts";

const start = Date.UTC(2026, 0, 1);
const day = 86_400_000;

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

function answer(text: string, change: Partial<Answer> = {}): Answer {
  return { text, tool_calls: [], finish_reason: "stop", ...change };
}

function ask(question: string, change: Partial<ChatRequest> = {}): ChatRequest {
  return { messages: [{ role: "user", content: question }], ...change };
}

/** A cache on a real file, and a clock to turn. */
function openCache(limits: Pick<ExactCacheOptions, "max_entries" | "ttl"> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-cache-"));
  const path = join(folder, "cache.db");
  const database = new DatabaseSync(path);
  onTestFinished(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const step of cacheMigrations) database.exec(step);
  const time = { now: start };
  const cache = new ExactCache({ database, clock: { now: () => time.now }, ...limits });
  return { cache, database, time, path };
}

test("an answer comes back with its question, its age and who gave it", async () => {
  const { cache, time } = openCache();
  await cache.put(ask("What is a seam?"), answer("A joint."), receipt);
  time.now += 90_500;
  expect(await cache.lookup(ask("what is a  SEAM"))).toEqual({
    text: "A joint.",
    original_question: "What is a seam?",
    similarity: 1,
    age_s: 90.5,
    link: "primary",
    provider: "openai",
    model: "gpt-5",
  });
});

test("another question has no answer", async () => {
  const { cache } = openCache();
  await cache.put(ask("What is a seam?"), answer("A joint."), receipt);
  expect(await cache.lookup(ask("What is a seal?"))).toBeNull();
});

test("text parts are read as the text that they make", async () => {
  const { cache } = openCache();
  await cache.put(ask("What is a seam?"), answer("A joint."), receipt);
  const parts = [{ type: "text", text: "What is " } as const, { type: "text", text: "a seam?" } as const];
  expect(await cache.lookup({ messages: [{ role: "user", content: parts }] })).toMatchObject({
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
    const { cache } = openCache();
    await cache.put(base, answer("It is larger."), receipt);
    expect(await cache.lookup(base)).toMatchObject({ text: "It is larger." });
    expect(await cache.lookup(request)).toBeNull();
  });

  test("but not with another temperature, limit or link to try first", async () => {
    const { cache } = openCache();
    await cache.put(base, answer("It is larger."), receipt);
    const request = { ...base, temperature: 1, max_tokens: 10, preferred: "other", level: "cached" as const };
    expect(await cache.lookup(request)).not.toBeNull();
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
    const { cache } = openCache();
    await cache.put(request, answer("A."), receipt);
    expect(cache.stats().entries).toBe(0);
    await cache.put(ask("q"), answer("A."), receipt);
    expect(await cache.lookup(request)).toBeNull();
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
    const { cache } = openCache();
    await cache.put(ask("q"), given, by);
    expect(cache.stats().entries).toBe(0);
  });
});

test("a backup link's answer is kept", async () => {
  const { cache } = openCache();
  await cache.put(ask("q"), answer("A."), { ...receipt, tier: "backup", link: "second" });
  expect(await cache.lookup(ask("q"))).toMatchObject({ link: "second" });
});

test("a later answer takes the place of an earlier one and is as young as it", async () => {
  const { cache, time } = openCache();
  await cache.put(ask("q"), answer("old"), receipt);
  time.now += day;
  await cache.put(ask("Q?"), answer("new"), receipt);
  expect(await cache.lookup(ask("q"))).toMatchObject({ text: "new", original_question: "Q?", age_s: 0 });
  expect(cache.stats().entries).toBe(1);
});

test("beyond max_entries the oldest go, and one that was renewed is young again", async () => {
  const { cache, time } = openCache({ max_entries: 2 });
  for (const question of ["a", "b", "a", "c"]) {
    time.now += 1_000;
    await cache.put(ask(question), answer(question), receipt);
  }
  const found = await Promise.all(["a", "b", "c"].map((question) => cache.lookup(ask(question))));
  expect(found.map((hit) => hit?.text ?? null)).toEqual(["a", null, "c"]);
});

test("an answer is kept for ninety days unless told otherwise", async () => {
  const { cache, time } = openCache();
  await cache.put(ask("q"), answer("A."), receipt);
  time.now += 90 * day - 1;
  expect(await cache.lookup(ask("q"))).not.toBeNull();
  time.now += 1;
  expect(await cache.lookup(ask("q"))).toBeNull();
});

test("an answer older than the ttl is not served, and is gone with the next one that is kept", async () => {
  const { cache, time } = openCache({ ttl: "1d" });
  await cache.put(ask("q"), answer("A."), receipt);
  time.now += day - 1;
  expect(await cache.lookup(ask("q"))).not.toBeNull();
  time.now += 1;
  expect(await cache.lookup(ask("q"))).toBeNull();
  await cache.put(ask("other"), answer("B."), receipt);
  expect(cache.stats()).toMatchObject({ entries: 1, oldest: time.now });
});

test("a clock that went back gives an age of nothing, never less", async () => {
  const { cache, time } = openCache();
  await cache.put(ask("q"), answer("A."), receipt);
  time.now -= day;
  expect(await cache.lookup(ask("q"))).toMatchObject({ age_s: 0 });
});

test("an entry whose receipt is not understood is no hit", async () => {
  const { cache, database } = openCache();
  await cache.put(ask("q"), answer("A."), receipt);
  database.exec(`UPDATE entries SET receipt = '{"link":"primary","provider":"gone","model":"m"}'`);
  expect(await cache.lookup(ask("q"))).toBeNull();
});

test("the numbers count what is there", async () => {
  const { cache, time } = openCache();
  expect(cache.stats()).toEqual({ entries: 0, characters: 0, oldest: null, newest: null });
  await cache.put(ask("four"), answer("five!"), receipt);
  time.now += day;
  await cache.put(ask("2 more"), answer("x"), receipt);
  expect(cache.stats()).toEqual({ entries: 2, characters: 16, oldest: start, newest: start + day });
});

test("a purge leaves nothing, on the disk neither", async () => {
  const { cache, database, path } = openCache();
  database.exec("PRAGMA journal_mode = WAL");
  await cache.put(ask("q"), answer("a very private answer"), receipt);
  cache.purge();
  expect(cache.stats().entries).toBe(0);
  expect([path, `${path}-wal`].map((file) => readFileSync(file, "latin1")).join("")).not.toContain(
    "very private",
  );
});
