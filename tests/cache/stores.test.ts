import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  type Entry,
  type EntryStore,
  type NewEntry,
  Outgoing,
  PostgresStore,
  plainCipher,
  SqliteStore,
  TeamStore,
} from "../../electron/cache/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { type PostgresServer, startPostgres } from "../fixtures/postgres/index.ts";
import { cloudReceipt } from "../store/support.ts";
import { day, openCacheDatabase } from "./support.ts";

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 180_000);
afterAll(() => postgres[Symbol.asyncDispose]());

let namespaces = 0;
const limits = { maxEntries: 3, ttlMs: day };
const cipher = async () => plainCipher;

const openers: Record<string, (clock: FakeClock) => EntryStore> = {
  SQLite: (clock) => new SqliteStore({ database: openCacheDatabase().database, clock, limits, cipher }),
  Postgres: (clock) => openPostgres(clock),
  "the team's store with this machine's": (clock) => openTeam(clock).store,
};

function openPostgres(clock: FakeClock, namespace = `team-${++namespaces}`): PostgresStore {
  return new PostgresStore({ connection: postgres.connection, namespace, clock, limits });
}

/** An app's two stores and what waits between them. */
function openTeam(clock: FakeClock, namespace = `team-${++namespaces}`) {
  const { database } = openCacheDatabase();
  const local = new SqliteStore({ database, clock, limits, cipher });
  const store = new TeamStore({
    team: openPostgres(clock, namespace),
    local,
    outgoing: new Outgoing(database, cipher),
    clock,
  });
  return { store, local, namespace };
}

const newEntry = (question: string, clock: FakeClock, change: Partial<NewEntry> = {}): NewEntry => ({
  fingerprint: "start",
  question,
  originalQuestion: `${question}?`,
  answer: `About ${question}.`,
  receipt: cloudReceipt(),
  createdAt: clock.now(),
  expiresAt: null,
  conversation: null,
  ...change,
});

/** A vector of length 1 in a plane, at this many degrees. */
function at(degrees: number): Float32Array {
  const vector = new Float32Array(8);
  vector[0] = Math.cos((degrees * Math.PI) / 180);
  vector[1] = Math.sin((degrees * Math.PI) / 180);
  return vector;
}

async function embedAll(store: EntryStore, degrees: Record<string, number>, embedder = "e"): Promise<void> {
  for (let waiting = await store.unembedded(embedder, 10); waiting.length > 0; ) {
    await store.embed(
      embedder,
      waiting.map(({ id, text }) => ({ id, vector: at(degrees[text.slice(0, -1)] ?? 0) })),
    );
    waiting = await store.unembedded(embedder, 10);
  }
}

const questions = (entries: readonly Entry[]) => entries.map(({ question }) => question).sort();

describe.each(Object.entries(openers))("%s", (_, open) => {
  function setUp() {
    const clock = new FakeClock();
    const store = open(clock);
    onTestFinished(() => store[Symbol.asyncDispose]());
    return { clock, store };
  }

  test("keeps an entry as it was, and one entry a question", async () => {
    const { clock, store } = setUp();
    await store.put(newEntry("tides", clock));
    await clock.advance(1_000);
    const later = newEntry("tides", clock, {
      answer: "The Moon.\nAnd the Sun: “ö”, 🌊",
      expiresAt: clock.now() + 5_000,
    });
    await store.put(later);
    const found = await store.find(later);
    expect(found).toMatchObject({ ...later, uses: 0, lastUsedAt: null, pinned: false });
    expect(await store.get(found?.id ?? "")).toEqual(found);
    expect(await store.stats("e")).toMatchObject({ entries: 1, oldest: later.createdAt });
    expect(await store.find({ ...later, fingerprint: "elsewhere" })).toBeNull();
  });

  test("gives nothing that is too old, except what is pinned", async () => {
    const { clock, store } = setUp();
    await store.put(newEntry("short", clock, { expiresAt: clock.now() + 5_000 }));
    await store.put(newEntry("long", clock));
    await store.put(newEntry("pinned", clock));
    await store.pin(newEntry("pinned", clock), true);
    await clock.advance(5_000);
    expect(await store.find(newEntry("short", clock))).toBeNull();
    expect(await store.find(newEntry("long", clock))).not.toBeNull();
    await clock.advance(day);
    expect(await store.find(newEntry("long", clock))).toBeNull();
    expect(await store.find(newEntry("pinned", clock))).toMatchObject({ pinned: true });
  });

  test("lets the oldest go beyond the limit", async () => {
    const { clock, store } = setUp();
    for (const question of ["a", "b", "c", "d"]) {
      await store.put(newEntry(question, clock));
      if (question === "a") await store.pin(newEntry("a", clock), true);
      await clock.advance(1_000);
    }
    expect(questions((await store.list({ limit: 9, offset: 0 })).entries)).toEqual(["a", "c", "d"]);
  });

  test("finds the nearest of the same context, best first, with their cosines", async () => {
    const { clock, store } = setUp();
    await store.put(newEntry("near", clock));
    await store.put(newEntry("far", clock));
    await store.put(newEntry("elsewhere", clock, { fingerprint: "other" }));
    await embedAll(store, { near: 10, far: 60, elsewhere: 0 });
    const found = await store.nearest({ vector: at(0), embedder: "e", fingerprint: "start", limit: 5 });
    expect(found.map(({ entry }) => entry.question)).toEqual(["near", "far"]);
    expect(found[0]?.similarity).toBeCloseTo(Math.cos(Math.PI / 18), 4);
    expect(await store.nearest({ vector: at(0), embedder: "x", fingerprint: "start", limit: 5 })).toEqual([]);
  });

  test("embeds again for another embedder", async () => {
    const { clock, store } = setUp();
    await store.put(newEntry("one", clock));
    await embedAll(store, { one: 0 });
    expect((await store.stats("e")).waiting).toBe(0);
    expect((await store.stats("f")).waiting).toBe(1);
    await embedAll(store, { one: 90 }, "f");
    const [found] = await store.nearest({ vector: at(90), embedder: "f", fingerprint: "start", limit: 1 });
    expect(found?.similarity).toBeCloseTo(1, 4);
  });

  test("counts uses, and removes", async () => {
    const { clock, store } = setUp();
    const entry = newEntry("one", clock);
    await store.put(entry);
    await store.used(entry, clock.now());
    await store.used(entry, clock.now());
    expect(await store.find(entry)).toMatchObject({ uses: 2, lastUsedAt: clock.now() });
    await store.remove(entry);
    expect(await store.find(entry)).toBeNull();
  });

  test("searches in any case, pages, and purges by text and age", async () => {
    const { clock, store } = setUp();
    for (const question of ["tides", "bread", "salt"]) {
      await store.put(newEntry(question, clock));
      await clock.advance(1_000);
    }
    expect(questions((await store.list({ search: "TIDE", limit: 9, offset: 0 })).entries)).toEqual(["tides"]);
    expect(await store.list({ limit: 1, offset: 1 })).toMatchObject({
      total: 3,
      entries: [{ question: "bread" }],
    });
    expect(await store.purge({ search: "salt" })).toBe(1);
    expect(await store.purge({ before: clock.now() - 2_000 })).toBe(1);
    expect(questions((await store.list({ limit: 9, offset: 0 })).entries)).toEqual(["bread"]);
    expect(await store.purge({ pinned: true })).toBe(1);
  });
});

test("two apps on one Postgres share entries; other namespaces see none", async () => {
  const clock = new FakeClock();
  const one = openTeam(clock);
  const two = openTeam(clock, one.namespace);
  const other = openTeam(clock);
  for (const { store } of [one, two, other]) onTestFinished(() => store[Symbol.asyncDispose]());
  await one.store.put(newEntry("shared", clock));
  await embedAll(one.store, { shared: 0 });
  expect(await two.store.find(newEntry("shared", clock))).toMatchObject({ answer: "About shared." });
  const query = { vector: at(5), embedder: "e", fingerprint: "start", limit: 1 };
  expect(await two.store.nearest(query)).toMatchObject([{ entry: { question: "shared" } }]);
  expect(await other.store.find(newEntry("shared", clock))).toBeNull();
});

test("an app that loses Postgres carries on with its own entries, and sends what it wrote when Postgres is back", async () => {
  const clock = new FakeClock();
  const one = openTeam(clock);
  const two = openTeam(clock, one.namespace);
  for (const { store } of [one, two]) onTestFinished(() => store[Symbol.asyncDispose]());
  await one.store.put(newEntry("before", clock));
  await postgres.stop();
  await one.store.put(newEntry("meanwhile", clock));
  expect(await one.store.find(newEntry("before", clock))).not.toBeNull();
  expect(await one.store.find(newEntry("meanwhile", clock))).not.toBeNull();
  expect(one.store.trouble).toContain("can't be reached");
  expect(one.store.waiting).toBe(1);

  await postgres.start();
  await clock.advance(15_000);
  await one.store.settled();
  expect(one.store).toMatchObject({ trouble: null, waiting: 0 });
  await clock.advance(15_000);
  expect(await two.store.find(newEntry("meanwhile", clock))).toMatchObject({ answer: "About meanwhile." });
});

test("what waits to be sent survives a restart", async () => {
  const clock = new FakeClock();
  const { database } = openCacheDatabase();
  const namespace = `team-${++namespaces}`;
  const parts = (connection = postgres.connection) => ({
    team: new PostgresStore({ connection, namespace, clock, limits }),
    local: new SqliteStore({ database, clock, limits, cipher }),
    outgoing: new Outgoing(database, cipher),
    clock,
  });
  const away = new TeamStore(parts({ ...postgres.connection, port: 1 }));
  await away.put(newEntry("late", clock));
  expect(away.waiting).toBe(1);
  await away[Symbol.asyncDispose]();
  const back = new TeamStore(parts());
  onTestFinished(() => back[Symbol.asyncDispose]());
  await back.settled();
  expect(back.waiting).toBe(0);
  expect(await openPostgres(clock, namespace).find(newEntry("late", clock))).not.toBeNull();
});

test("a server beyond this machine is never spoken to without TLS", async () => {
  const clock = new FakeClock();
  const connection = { ...postgres.connection, tls: { ca: undefined } };
  const store = new PostgresStore({ connection, namespace: "n", clock, limits });
  onTestFinished(() => store[Symbol.asyncDispose]());
  await expect(store.stats("e")).rejects.toThrow(/SSL|TLS/);
});
