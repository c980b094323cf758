import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import type { TokenLogprob } from "../../electron/contract/index.ts";
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

  it("tells how likely each token of its answer was, and keeps what it has evaluated", async () => {
    const messages = [{ role: "user" as const, content: "What is Holdfast?" }];
    const events = bench.client.generate({ model, messages, maxTokens: 40, logprobs: 3 }, patience);
    let text = "";
    const told: TokenLogprob[] = [];
    for await (const event of events) {
      if (event.type !== "delta") continue;
      text += event.text ?? "";
      told.push(...(event.logprobs ?? []));
    }
    expect(
      told
        .map(({ token }) => token)
        .join("")
        .trimStart(),
    ).toBe(text);
    for (const { token, logprob, top_logprobs: top } of told) {
      // it always takes the likeliest token
      expect(top[0]).toMatchObject({ token, logprob });
      expect(top.length).toBe(3);
      const sum = top.reduce((all, one) => all + Math.exp(one.logprob), 0);
      expect(sum).toBeGreaterThan(0.1);
      expect(sum).toBeLessThanOrEqual(1.0001);
    }
    const again = await collect(bench.client.generate({ model, messages, maxTokens: 40 }, patience));
    expect(again.text).toBe(text);
    expect(again.finish?.evaluated).toBe(1);
  });
});
