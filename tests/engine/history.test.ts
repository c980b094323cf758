import { describe, expect, it } from "vitest";
import { toHistory } from "../../electron/engine/history.ts";

describe("a conversation as node-llama-cpp's history", () => {
  it("keeps the roles and ends in an empty turn of the model", () => {
    expect(
      toHistory([
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Hi" }] },
        { role: "assistant", content: "Hello." },
        { role: "user", content: "And now?" },
      ]),
    ).toEqual([
      { type: "system", text: "Be brief." },
      { type: "user", text: "Hi" },
      { type: "model", response: ["Hello."] },
      { type: "user", text: "And now?" },
      { type: "model", response: [] },
    ]);
  });

  it("begins the model's turn with a prefill", () => {
    expect(toHistory([{ role: "user", content: "Hi" }], "Hel").at(-1)).toEqual({
      type: "model",
      response: ["Hel"],
    });
  });

  it("continues a last assistant message", () => {
    const messages = [
      { role: "user" as const, content: "Hi" },
      { role: "assistant" as const, content: "Hel" },
    ];
    expect(toHistory(messages).at(-1)).toEqual({ type: "model", response: ["Hel"] });
  });

  it("joins a tool's result to the call that it answers", () => {
    const history = toHistory([
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "1", name: "weather", arguments: '{"city":"Bonn"}' }],
      },
      { role: "tool", tool_call_id: "1", content: "rain" },
      { role: "user", content: "Thanks." },
    ]);
    expect(history[1]).toEqual({
      type: "model",
      response: [
        {
          type: "functionCall",
          name: "weather",
          params: { city: "Bonn" },
          result: "rain",
          startsNewChunk: true,
        },
      ],
    });
    expect(history).toHaveLength(4);
  });

  it("has what the model says after a tool's result in the turn of the call", () => {
    const history = toHistory([
      { role: "user", content: "Weather?" },
      { role: "assistant", content: "", tool_calls: [{ id: "1", name: "weather", arguments: "{}" }] },
      { role: "tool", tool_call_id: "1", content: "rain" },
      { role: "assistant", content: "It rains." },
    ]);
    expect(history).toHaveLength(2);
    expect(history[1]).toMatchObject({ response: [{ result: "rain" }, "It rains."] });
  });

  it("keeps a tool's result whose call is gone, as the user's words", () => {
    expect(toHistory([{ role: "tool", tool_call_id: "?", content: "rain" }])[0]).toEqual({
      type: "user",
      text: "rain",
    });
  });
});
