import { afterAll, describe, expect, it } from "vitest";
import { Bench, collect, patience, question, slow, until } from "./support.ts";

const bench = new Bench();
const { client } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

const sentence = "Hello, dear world: 1 + 1 = 2.\nÄöü — 🙂 is one character, and letters repeat, repeat.";
const speaker = bench.model({ sentence });
const endless = bench.model({ sentence: "round and ", endless: true });
const generate = (request: Partial<Parameters<typeof client.generate>[0]> = {}, signal = patience) =>
  client.generate({ model: speaker, messages: question, ...request }, signal);

describe("generating with llama.cpp", slow, () => {
  it("recites a sentence exactly, in whole characters, and ends", async () => {
    const { text, finish } = await collect(generate());
    expect(text).toBe(sentence);
    expect(finish?.reason).toBe("stop");
  });

  it("streams the deltas as they are made, not at the end", async () => {
    const events = client.generate({ model: endless, messages: question }, patience);
    for (let seen = 0; seen < 20; seen++) await until(events, "delta");
    expect(client.status.state).toBe("generating");
    await events.return();
  });

  it("counts the tokens of the prompt and of the answer", async () => {
    const { finish } = await collect(generate());
    // <|user|> S a y ▁ i t . <|end|> <|assistant|>, and a byte a token with the end token
    expect(finish?.usage).toEqual({ input_tokens: 10, output_tokens: Buffer.byteLength(sentence) + 1 });
  });

  it("stops at max_tokens and says that it was cut", async () => {
    const { text, finish } = await collect(generate({ maxTokens: 5 }));
    expect(text).toBe("Hello");
    expect(finish?.reason).toBe("length");
  });

  it("ends before a stop text", async () => {
    const { text, finish } = await collect(generate({ stop: [" + "] }));
    expect(text).toBe("Hello, dear world: 1");
    expect(finish?.reason).toBe("stop");
  });

  it("continues a prefill without repeating it", async () => {
    const { text } = await collect(generate({ prefill: "Hello, dear world:" }));
    expect(text).toBe(sentence.slice("Hello, dear world:".length));
  });

  it("says the same at a high temperature, where one token has all the probability", async () => {
    const { text } = await collect(generate({ temperature: 1.5, topP: 0.9, seed: 7 }));
    expect(text).toBe(sentence);
  });

  it("holds an answer to a JSON schema, whatever the model would rather say", async () => {
    const schema = { type: "object", properties: { ok: { type: "boolean" } } };
    const { text } = await collect(
      generate({ responseFormat: { type: "json_schema", name: "verdict", schema }, maxTokens: 60 }),
    );
    expect(JSON.parse(text)).toEqual({ ok: expect.any(Boolean) });
  });

  it("refuses a JSON schema that has no grammar", async () => {
    const schema = { type: "object", properties: { code: { $ref: "#/nowhere" } } };
    const answer = collect(generate({ responseFormat: { type: "json_schema", name: "code", schema } }));
    await expect(answer).rejects.toMatchObject({
      kind: "invalid_request",
      message: expect.stringContaining('The JSON schema "code" can\'t be made into a grammar'),
    });
  });

  it("refuses a conversation that does not fit, with both sizes", async () => {
    const small = bench.model({ sentence, contextLength: 256 });
    const messages = [{ role: "user" as const, content: "x".repeat(3000) }];
    const answer = collect(client.generate({ model: small, messages }, patience));
    await expect(answer).rejects.toMatchObject({
      kind: "context_length",
      message: expect.stringMatching(/It has 3003 tokens of at most 254/),
    });
  });

  it("evaluates only what is new in the next turn", async () => {
    const slowToRead = bench.model({ sentence: "ok", feedForward: 20_000, blocks: 2 });
    const first = { role: "user" as const, content: "x".repeat(800) };
    const ask = async (messages: Parameters<typeof client.generate>[0]["messages"]) => {
      const started = performance.now();
      await collect(client.generate({ model: slowToRead, messages, maxTokens: 1 }, patience));
      return performance.now() - started;
    };
    await client.load(slowToRead);
    const whole = await ask([first]);
    const addition = await ask([
      first,
      { role: "assistant", content: "ok" },
      { role: "user", content: "and?" },
    ]);
    expect(addition).toBeLessThan(whole / 3);
  });

  it("has evaluated a system prompt that the model was loaded with, and only the question is left", async () => {
    const model = bench.model({ sentence: "ok" });
    const system = "x".repeat(500);
    await client.load(model, patience, system);
    const messages = [{ role: "system" as const, content: system }, ...question];
    const { finish } = await collect(client.generate({ model, messages }, patience));
    expect(finish?.usage.input_tokens).toBeGreaterThan(500);
    expect(finish?.evaluated).toBeLessThan(100);
  });

  it("leaves what a model in memory has evaluated alone when it is loaded once more", async () => {
    const model = bench.model({ sentence: "ok" });
    const messages = [{ role: "user" as const, content: "x".repeat(500) }];
    await collect(client.generate({ model, messages }, patience));
    await client.load(model, patience, "Something else.");
    const { finish } = await collect(client.generate({ model, messages }, patience));
    expect(finish?.evaluated).toBeLessThan(100);
  });

  it("says what is loaded, on what device and how fast it was", async () => {
    await collect(generate());
    expect(await client.info()).toMatchObject({
      device: "cpu",
      model: { path: speaker.path, name: "Reciter", contextSize: 2048, trainContextSize: 2048 },
      tokensPerSecond: expect.any(Number),
    });
  });

  it("takes a smaller context when asked", async () => {
    const info = await client.load({ ...speaker, contextSize: 512 });
    expect(info.model?.contextSize).toBe(512);
  });

  it("loads again when the file has been replaced", async () => {
    const model = bench.model({ sentence: "old words" });
    await collect(client.generate({ model, messages: question }, patience));
    const { path } = bench.model({ sentence: "new words altogether" });
    const { renameSync } = await import("node:fs");
    renameSync(path, model.path);
    const { text } = await collect(client.generate({ model, messages: question }, patience));
    expect(text).toBe("new words altogether");
  });

  it("holds nothing after unload, and loads again by itself", async () => {
    await client.load(speaker);
    await client.unload();
    expect((await client.info()).model).toBeNull();
    expect((await collect(generate())).text).toBe(sentence);
  });
});
