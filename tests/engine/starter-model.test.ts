import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Bench, collect, patience, slow } from "./support.ts";

const bench = new Bench();
afterAll(() => bench[Symbol.asyncDispose]());

const model = {
  path: fileURLToPath(new URL("../../resources/models/starter.gguf", import.meta.url)),
  gpu: "off" as const,
};

describe("the bundled starter model", slow, () => {
  it("answers in words, ends by itself, and goes on with the conversation", async () => {
    const messages = [{ role: "user" as const, content: "What is Holdfast?" }];
    const first = await collect(bench.client.generate({ model, messages, maxTokens: 400 }, patience));
    expect(first.text).toMatch(/^\w+.*\w+/);
    expect(first.finish?.reason).toBe("stop");
    const turns = [
      ...messages,
      { role: "assistant" as const, content: first.text },
      { role: "user" as const, content: "Who are you?" },
    ];
    const second = await collect(bench.client.generate({ model, messages: turns, maxTokens: 400 }, patience));
    expect(second.finish?.reason).toBe("stop");
  });
});
