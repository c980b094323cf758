import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { decodedVector } from "../../electron/engine/vector-encoding.ts";
import { Bench, patience, question, slow, until } from "./support.ts";

const bench = new Bench();
const { client } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

const model = { path: fileURLToPath(new URL("../../resources/models/embedder.gguf", import.meta.url)) };

/** Vectors of the original model in float32, made by scripts/embedder/make_reference.py. */
const references = readFileSync(new URL("../fixtures/embedder/reference.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { text: string; vector: string });

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

describe("the embedder", slow, () => {
  it("agrees with the original model, also on other scripts and on a text beyond its window", async () => {
    const vectors = await client.embed({ model, texts: references.map(({ text }) => text) });
    const agreements = references.map(({ vector }, at) =>
      dot(decodedVector(vector), vectors[at] ?? new Float32Array()),
    );
    expect(Math.min(...agreements)).toBeGreaterThanOrEqual(0.999);
  });

  it("gives vectors of 384 numbers and of length 1", async () => {
    const [vector = new Float32Array()] = await client.embed({ model, texts: ["What is Holdfast?"] });
    expect(vector).toHaveLength(384);
    expect(dot(vector, vector)).toBeCloseTo(1, 5);
  });

  it("loads the model when it is given no text", async () => {
    expect(await client.embed({ model, texts: [] })).toEqual([]);
  });

  it("answers while an answer is being written", async () => {
    const stop = new AbortController();
    const endless = bench.model({ sentence: "on and on ", endless: true });
    const events = client.generate({ model: endless, messages: question }, stop.signal);
    await until(events, "delta");
    expect(await client.embed({ model, texts: ["How late is it?"] })).toHaveLength(1);
    await until(events, "delta");
    stop.abort();
    await expect(until(events, "finish")).rejects.toBe(stop.signal.reason);
  });

  it("stops at an abort, and answers the next request", async () => {
    const stop = new AbortController();
    const many = client.embed({ model, texts: Array<string>(5000).fill("How late is it?") }, stop.signal);
    stop.abort(new Error("stopped by the person"));
    await expect(many).rejects.toBe(stop.signal.reason);
    expect(await client.embed({ model, texts: ["Now?"] }, patience)).toHaveLength(1);
  });

  it("says how to mend a missing file and an empty text", async () => {
    await expect(
      client.embed({ model: { path: bench.path("none.gguf") }, texts: ["x"] }),
    ).rejects.toMatchObject({
      kind: "not_found",
      message: expect.stringContaining("Correct the path"),
    });
    await expect(client.embed({ model, texts: [" "] })).rejects.toMatchObject({ kind: "invalid_request" });
  });
});
