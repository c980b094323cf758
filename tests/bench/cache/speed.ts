import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { load as loadVec } from "sqlite-vec";
import { aesCipher, type Cipher, judge, plainCipher, SqliteStore } from "../../../electron/cache/index.ts";
import { cacheMigrations } from "../../../electron/cache/schema.ts";
import { VectorIndex } from "../../../electron/cache/vector-index.ts";
import { systemClock } from "../../../electron/chain/index.ts";
import { EngineClient, forkEngine } from "../../../electron/engine/index.ts";
import { openDatabase } from "../../../electron/store/index.ts";
import { entryOf } from "../../cache/written.ts";
import { figure, type Section } from "../report.ts";
import { median, quantile } from "../samples.ts";
import { jittered, nearest, questions, random } from "./speed-data.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const root = resolve(import.meta.dirname, "../../..");
const dimensions = 384;
const sizes = [10_000, 100_000] as const;
const lookups = 200;
/** What the page shows at most of a look-up. */
const wanted = 8;
const rescored = 100;
/** Pairs that the guard is measured on by the clock, and those before them that do not count. */
const guarded = 3_000;
const guardWarmUp = 300;
/** Pairs that it is measured on in CPU time, and how often each of them is judged. */
const guardedByCpu = 300;
const cpuRepeats = 300;

/** The speed of the cache on this machine, beside other ways to the same end. */
export async function speed(): Promise<Section[]> {
  await using engine = new EngineClient({ spawn: () => forkEngine(join(root, "electron/engine/child.ts")) });
  const embed = (texts: readonly string[]) =>
    engine.embed({ model: { path: join(root, "resources/models/embedder.gguf") }, texts: [...texts] });
  const { asked, earlier } = questions();
  const startMs = await timed(() => embed(["Is anybody there?"]));
  const [queries, base] = [await embed(asked.slice(0, lookups)), await embed(earlier)];
  const oneMs = await each(50, (n) =>
    embed([`why does the water of a large tide rise higher ${n} days later`]),
  );
  const rows: string[][] = [];
  const house: string[][] = [
    ["the embedder's first vector, its process and file included", figure(startMs, "ms")],
    ["a vector of a question of 12 words, p50", figure(median(oneMs), "ms")],
    ["a vector of a question of 12 words, p99", figure(quantile(oneMs, 0.99), "ms")],
    ...guard(asked, earlier),
  ];
  for (const size of sizes) {
    const vectors = jittered(base, size, random(size));
    for (const [name, result] of Object.entries(await searches(vectors, queries))) {
      rows.push([`${name}, ${size.toLocaleString("en-US")}`, ...result]);
    }
    for (const [name, cipher] of ciphers) {
      const whole = await wholeStore(vectors, queries, cipher);
      rows.push([`the whole look-up, ${name}, ${size.toLocaleString("en-US")}`, ...whole.lookup]);
      for (const [what, value] of whole.house)
        house.push([`${what}, ${name}, ${size.toLocaleString("en-US")} entries`, value]);
    }
  }
  return [
    {
      title: "Look-up",
      text: `Milliseconds after the question's vector is there, for the ${wanted} nearest of as many vectors of ${dimensions} numbers, ${lookups} look-ups each. The vectors are those of real questions, each with some noise; \`recall\` says how often the first one found is the nearest. *Reading once* is the time in which the machine can read all the numbers from memory: what compares all of them can't be faster.`,
      columns: ["way, entries", "p50 ms", "p99 ms", "recall at 1"],
      rows,
    },
    {
      title: "Everything else",
      text: "*Writing* is an entry with an answer of 5 kB, safe from the death of the process when it counts. *Memory* is what the index takes. *Start-up* is the time until the index is there; it is built in the background, and the same question is found before.",
      columns: ["what", "figure"],
      rows: house,
    },
  ];
}

const ciphers: readonly (readonly [string, Cipher])[] = [
  ["plain", plainCipher],
  ["encrypted", aesCipher(new Uint8Array(32).fill(3))],
];

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * What the guard takes for a pair, by the clock and in CPU time of this thread: on a machine that others use, the clock's p99
 * tells of them. The CPU's clock goes in steps, on some machines of 10 ms, so that each pair is judged many times for it.
 */
function guard(asked: readonly string[], earlier: readonly string[]): [string, string][] {
  const judgeAt = (n: number) =>
    judge(asked[n % asked.length] as string, earlier[(n * 7) % earlier.length] as string, 0.9);
  for (let n = 0; n < guardWarmUp; n += 1) judgeAt(n);
  const wallMs: number[] = [];
  const cpuMs: number[] = [];
  for (let n = 0; n < guarded; n += 1) {
    const start = performance.now();
    judgeAt(n);
    wallMs.push(performance.now() - start);
  }
  for (let n = 0; n < guardedByCpu; n += 1) {
    const before = process.threadCpuUsage();
    for (let time = 0; time < cpuRepeats; time += 1) judgeAt(n);
    const { user, system } = process.threadCpuUsage(before);
    cpuMs.push((user + system) / 1_000 / cpuRepeats);
  }
  return [
    ["the guard on a pair, p50", figure(median(wallMs), "ms")],
    ["the guard on a pair, p99", figure(quantile(wallMs, 0.99), "ms")],
    [`the guard on a pair, CPU time, mean of ${cpuRepeats} times, p50`, figure(median(cpuMs), "ms")],
    [`the guard on a pair, CPU time, mean of ${cpuRepeats} times, p99`, figure(quantile(cpuMs, 0.99), "ms")],
  ];
}

/** The times of `count` calls, after a tenth as many that do not count. */
async function each(count: number, work: (n: number) => unknown): Promise<number[]> {
  for (let n = 0; n < count / 10; n += 1) await work(n);
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) times.push(await timed(() => work(n)));
  return times;
}

const cells = (times: readonly number[], recall: string) => [
  figure(median(times)),
  figure(quantile(times, 0.99)),
  recall,
];

/** Every way of finding the nearest vectors, over the same vectors and questions. */
async function searches(
  vectors: Float32Array,
  queries: readonly Float32Array[],
): Promise<Record<string, string[]>> {
  const count = vectors.length / dimensions;
  const truth = queries.map((query) => nearest(vectors, query, 1)[0]?.key);
  const run = async (find: (query: Float32Array) => { key: number }[]) => {
    let right = 0;
    for (const [n, query] of queries.entries()) right += Number(find(query)[0]?.key === truth[n]);
    const times = await each(lookups, (n) => find(queries[n % queries.length] as Float32Array));
    return cells(times, (right / queries.length).toFixed(3));
  };
  const index = new VectorIndex(dimensions, rescored);
  for (let key = 0; key < count; key += 1) index.set(key, "g", vectorAt(vectors, key));
  // Bytes without a 1: looking for one reads all of them, as fast as the C library can.
  const bytes = Buffer.alloc(vectors.byteLength, 2);
  const reading = await each(20, () => bytes.indexOf(1));
  return {
    "reading once": cells(reading, "–"),
    "float32 in JavaScript": await run((query) => nearest(vectors, query, wanted)),
    "sign bits and rescoring (Holdfast)": await run((query) => index.search(query, "g", wanted)),
    ...(await sqliteVec(vectors, run)),
  };
}

async function sqliteVec(
  vectors: Float32Array,
  run: (find: (query: Float32Array) => { key: number }[]) => Promise<string[]>,
): Promise<Record<string, string[]>> {
  const database = new DatabaseSync(":memory:", { allowExtension: true });
  try {
    loadVec(database);
    database.exec(
      `CREATE VIRTUAL TABLE whole USING vec0 (vector float[${dimensions}] distance_metric=cosine);
       CREATE VIRTUAL TABLE bits USING vec0 (coarse bit[${dimensions}], +vector blob);`,
    );
    const intoWhole = database.prepare("INSERT INTO whole (rowid, vector) VALUES (?, ?)");
    const intoBits = database.prepare(
      "INSERT INTO bits (rowid, coarse, vector) VALUES (?, vec_quantize_binary(?), ?)",
    );
    database.exec("BEGIN");
    for (let key = 0; key < vectors.length / dimensions; key += 1) {
      const vector = bytesOf(vectorAt(vectors, key));
      intoWhole.run(BigInt(key), vector);
      intoBits.run(BigInt(key), vector, vector);
    }
    database.exec("COMMIT");
    const fromWhole = database.prepare(
      `SELECT rowid AS key FROM whole WHERE vector MATCH ? AND k = ${wanted}`,
    );
    const fromBits = database.prepare(
      `WITH near AS (SELECT rowid AS key, vector FROM bits WHERE coarse MATCH vec_quantize_binary(?1) AND k = ${rescored})
       SELECT key FROM near ORDER BY vec_distance_cosine(vector, ?1) LIMIT ${wanted}`,
    );
    const found = (rows: Record<string, unknown>[]) => rows.map(({ key }) => ({ key: Number(key) }));
    return {
      "sqlite-vec, float32": await run((query) => found(fromWhole.all(bytesOf(query)))),
      "sqlite-vec, bits and rescoring": await run((query) => found(fromBits.all(bytesOf(query)))),
    };
  } finally {
    database.close();
  }
}

/** What arrays hold once everything that nothing refers to is gone. */
function heldBytes(): number {
  // Twice: what the first frees lets go of arrays.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

const vectorAt = (vectors: Float32Array, key: number) =>
  vectors.subarray(key * dimensions, (key + 1) * dimensions);
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The store as the app has it: writes, start-up, memory, and a look-up that ends with readable entries. */
async function wholeStore(
  vectors: Float32Array,
  queries: readonly Float32Array[],
  cipher: Cipher,
): Promise<{ lookup: string[]; house: [string, string][] }> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  using database = openDatabase({
    path: join(folder, "cache.db"),
    migrations: cacheMigrations,
    now: Date.now,
    onMovedAside: (file) => {
      throw new Error(file.message);
    },
  });
  try {
    const count = vectors.length / dimensions;
    const limits = { maxEntries: count, ttlMs: 90 * 86_400_000 };
    const open = () => new SqliteStore({ database, clock: systemClock, limits, cipher: async () => cipher });
    const filled = open();
    database.connection.exec("BEGIN");
    for (let n = 0; n < count; n += 1) await filled.put({ ...entryOf(n), answer: "Yes." });
    for (let waiting = await filled.unembedded("e", 1_000); waiting.length > 0; ) {
      await filled.embed(
        "e",
        waiting.map(({ id, text }) => ({ id, vector: vectorAt(vectors, Number(/\d+/.exec(text)?.[0])) })),
      );
      waiting = await filled.unembedded("e", 1_000);
    }
    database.connection.exec("COMMIT");
    const store = open();
    const before = heldBytes();
    const startMs = await timed(() => store.load("e"));
    const mebibytes = (heldBytes() - before) / 1024 ** 2;
    const query = (n: number) => ({
      vector: queries[n % queries.length] as Float32Array,
      embedder: "e",
      fingerprint: "start",
      limit: wanted,
    });
    const times = await each(lookups, (n) => store.nearest(query(n)));
    const writes = await each(500, (n) => store.put(entryOf(count + n)));
    return {
      lookup: cells(times, "–"),
      house: [
        ["start-up", figure(startMs, "ms")],
        ["memory", figure(mebibytes, "MiB")],
        ["writing", figure(1_000 / (writes.reduce((sum, ms) => sum + ms, 0) / writes.length), "a second")],
      ],
    };
  } finally {
    database[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}
