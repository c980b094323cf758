import { afterAll, describe, expect, it } from "vitest";
import type { GenerateRequest } from "../../electron/engine/index.ts";
import { Bench, collect, patience, slow } from "./support.ts";

const bench = new Bench();
const { client } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

type Messages = GenerateRequest["messages"];
const system = { role: "system" as const, content: "Be kind. ".repeat(20) };
const user = (content: string) => ({ role: "user" as const, content });
const assistant = (content: string) => ({ role: "assistant" as const, content });

/** A model and what it says; a new one has nothing in memory. */
function reciter(contextLength = 2048) {
  const model = bench.model({ sentence: "ok", contextLength });
  return async (messages: Messages, maxTokens = 20) => {
    const { text, finish } = await collect(client.generate({ model, messages, maxTokens }, patience));
    if (finish === null) throw new Error("it did not finish");
    return { text, ...finish, total: finish.usage.input_tokens };
  };
}

describe("what conversations keep in memory", slow, () => {
  it("evaluates only what is new in the next turn", async () => {
    const ask = reciter();
    const first = await ask([system, user("Hello")]);
    expect(first.evaluated).toBe(first.total);
    const second = await ask([system, user("Hello"), assistant("ok"), user("And?")]);
    expect(second.evaluated).toBeLessThanOrEqual(second.total - first.total);
  });

  it("keeps several conversations at a time", async () => {
    const ask = reciter();
    const a = [system, user("First talk. ".repeat(12))];
    const b = [system, user("Another talk altogether. ".repeat(12))];
    const talks = [await ask(a), await ask(b)];
    const again = [
      await ask([...a, assistant("ok"), user("More")]),
      await ask([...b, assistant("ok"), user("More")]),
    ];
    for (const [index, next] of again.entries())
      expect(next.evaluated).toBeLessThanOrEqual(next.total - (talks[index]?.total ?? 0));
  });

  it("evaluates the system prompt once for all conversations", async () => {
    const ask = reciter();
    const sizes = [];
    for (const talk of ["one", "two", "three", "four", "five", "six"]) {
      const { evaluated, text } = await ask([system, user(`${talk} `.repeat(60))]);
      expect(text).toBe("ok");
      sizes.push(evaluated);
    }
    const [first = 0, ...others] = sizes;
    for (const size of others) expect(size).toBeLessThan(first - system.content.length / 2 + 60);
  });

  it("says the same again, whatever was said in between", async () => {
    const ask = reciter();
    const before = await ask([user("Hello")]);
    await ask([user("Something else, and much more of it, to fill the memory")]);
    expect((await ask([user("Hello")])).text).toBe(before.text);
  });

  it("moves what stays when the oldest turns of a long conversation are left out", async () => {
    const ask = reciter(512);
    const turns = ["a", "b", "c", "d"].map((letter) => [user(letter.repeat(90)), assistant("ok")]);
    await ask([system, ...turns.slice(0, 3).flat(), user("So?")].slice(1));
    const shorter = await ask([...turns.slice(1, 3).flat(), user("So?"), assistant("ok"), user("And?")]);
    expect(shorter.text).toBe("ok");
    expect(shorter.evaluated).toBeLessThan(20);
  });

  it("evaluates anew when words were taken away from a short conversation", async () => {
    const ask = reciter();
    const tail = user("b".repeat(90));
    await ask([user("my secret"), assistant("ok"), tail]);
    const { evaluated, total } = await ask([tail]);
    expect(evaluated).toBeGreaterThan(total - 5);
  });
});

describe("a window that is full before the answer is whole", slow, () => {
  const endless = bench.model({ sentence: "on and on ", endless: true, contextLength: 256 });
  const run = (messages: Messages, maxTokens?: number) =>
    collect(
      client.generate({ model: endless, messages, ...(maxTokens !== undefined && { maxTokens }) }, patience),
    );
  const long = [user("x".repeat(60)), assistant("y".repeat(60)), user("Go on.")];

  it("loses its oldest turns, says so, and the answer goes on unbroken", async () => {
    const { text, finish } = await run(long, 180);
    expect(finish).toMatchObject({ reason: "length", forgot: true });
    expect(text).toBe("on and on ".repeat(30).slice(0, text.length));
    expect(text.length).toBeGreaterThan(150);
  });

  it("forgets nothing that is still needed, but ends the answer", async () => {
    const { finish } = await run([user("x".repeat(60))]);
    expect(finish).toMatchObject({ reason: "length" });
    expect(finish?.forgot).toBeUndefined();
  });

  it("says nothing of it where nothing was forgotten", async () => {
    const { finish } = await run(long, 5);
    expect(finish?.forgot).toBeUndefined();
  });
});
