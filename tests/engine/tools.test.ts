import { afterAll, describe, expect, it } from "vitest";
import type { EngineEvent, GenerateRequest } from "../../electron/engine/index.ts";
import { Bench, patience, question, slow } from "./support.ts";

const bench = new Bench();
afterAll(() => bench[Symbol.asyncDispose]());

const speaker = bench.model({ sentence: "I would rather talk.", contextLength: 4096 });
const lamp = {
  name: "lamp",
  description: "Switches the lamp.",
  parameters: {
    type: "object",
    properties: { on: { type: "boolean" }, room: { enum: ["kitchen", "hall"] } },
    required: ["on", "room"],
  },
};
const clock = { name: "clock", parameters: {} };

async function ask(request: Partial<GenerateRequest>) {
  const events: EngineEvent[] = [];
  const all = { model: speaker, messages: question, tools: [lamp, clock], maxTokens: 300, ...request };
  for await (const event of bench.client.generate(all, patience)) events.push(event);
  const calls = events.flatMap((event) =>
    event.type === "delta" && event.tool_call !== undefined ? [event.tool_call] : [],
  );
  const text = events.map((event) => (event.type === "delta" ? (event.text ?? "") : "")).join("");
  return { calls, text, finish: events.at(-1) };
}
const argumentsOf = (calls: Awaited<ReturnType<typeof ask>>["calls"]) =>
  calls.map((call) => call.arguments ?? "").join("");
const tokensRead = ({ finish }: Awaited<ReturnType<typeof ask>>) =>
  finish?.type === "finish" ? finish.usage.input_tokens : Number.NaN;

describe("calling tools with llama.cpp", slow, () => {
  it("calls the tool that is named, with arguments that fit its schema, and ends", async () => {
    const { calls, text, finish } = await ask({ toolChoice: { name: "lamp" } });
    expect(calls[0]).toMatchObject({ index: 0, id: expect.stringMatching(/^call_/), name: "lamp" });
    expect(JSON.parse(argumentsOf(calls))).toEqual({
      on: expect.any(Boolean),
      room: expect.stringMatching(/^(kitchen|hall)$/),
    });
    expect(argumentsOf(calls)).not.toMatch(/\n$/);
    expect(text).toBe("");
    expect(finish).toMatchObject({ type: "finish", reason: "tool_calls" });
  });

  it("calls one of the tools when one is required", async () => {
    const { calls, finish } = await ask({ toolChoice: "required" });
    expect(["lamp", "clock"]).toContain(calls[0]?.name);
    expect(finish).toMatchObject({ reason: "tool_calls" });
  });

  it("gives a tool without parameters an empty object", async () => {
    const { calls } = await ask({ toolChoice: { name: "clock" } });
    expect(JSON.parse(argumentsOf(calls))).toEqual({});
  });

  it("lets the model talk when it does not want to call", async () => {
    const { calls, text, finish } = await ask({ toolChoice: "auto" });
    expect(calls).toEqual([]);
    expect(text).toBe("I would rather talk.");
    expect(finish).toMatchObject({ reason: "stop" });
  });

  it("does not tell the model of tools that it may not call", async () => {
    const [without, none] = [await ask({ tools: [] }), await ask({ toolChoice: "none" })];
    expect(tokensRead(none)).toBe(tokensRead(without));
  });

  it("has the model read a tool's result", async () => {
    const told = (result: string) =>
      ask({
        messages: [
          ...question,
          {
            role: "assistant",
            content: "",
            tool_calls: [{ id: "1", name: "lamp", arguments: '{"on":true,"room":"hall"}' }],
          },
          { role: "tool", tool_call_id: "1", content: result },
        ],
      });
    const [short, long] = [await told("o"), await told("o".repeat(50))];
    expect(tokensRead(long) - tokensRead(short)).toBe(49);
  });

  it("refuses to call a tool that is not there", async () => {
    await expect(ask({ toolChoice: { name: "radio" } })).rejects.toMatchObject({
      kind: "invalid_request",
      message: expect.stringContaining('The tool "radio" is to be called'),
    });
  });

  it("refuses a tool whose parameters no grammar can hold", async () => {
    const odd = { name: "odd", parameters: { not: { type: "string" } } };
    await expect(ask({ tools: [odd] })).rejects.toMatchObject({
      kind: "invalid_request",
      message: expect.stringContaining('parameters of the tool "odd"'),
    });
  });
});
