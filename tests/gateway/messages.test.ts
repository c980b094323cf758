import { describe, expect, it } from "vitest";
import { ProviderFailure } from "../../electron/chain/index.ts";
import { type Step, says } from "../fixtures/scripted-provider.ts";
import { cut, first, setUp } from "./set-up.ts";

const ask = { model: "auto", max_tokens: 50, messages: [{ role: "user", content: "Why?" }] };
const usage = { input_tokens: 10, output_tokens: 4 };

/** The events of a stream, by name and data. */
async function eventsOf(response: Response) {
  return (await response.text())
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const [, name = "", data = "{}"] = /^event: (\S+)\ndata: (.*)$/s.exec(block) ?? [];
      return { name, data: JSON.parse(data) };
    });
}

const piece = (index: number, over: object): Step => ({ type: "delta", tool_call: { index, ...over } });
const end: Step = { type: "finish", reason: "tool_calls", model: null, usage };

describe("POST /v1/messages", () => {
  it("answers in Anthropic's format, with the receipt in headers and body", async () => {
    const { postTo } = setUp({ first: [says("Be", "cause.")] });
    const response = await postTo("/v1/messages", ask);
    expect(response.headers.get("x-holdfast-link")).toBe("first");
    expect(await response.json()).toMatchObject({
      type: "message",
      role: "assistant",
      model: "first-model",
      content: [{ type: "text", text: "Because." }],
      stop_reason: "end_turn",
      usage,
      holdfast: { tier: "cloud", link: "first" },
    });
  });

  it("takes the token as x-api-key, and refuses in Anthropic's shape", async () => {
    const { postTo } = setUp({ first: [says("Yes.")] });
    const key = { authorization: "", "x-api-key": "secret" };
    expect((await postTo("/v1/messages", ask, key)).status).toBe(200);
    const refused = await postTo("/v1/messages", ask, { authorization: "", "x-api-key": "guess" });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ type: "error", error: { type: "authentication_error" } });
  });

  it("passes system, images, tools and their results on", async () => {
    const { postTo, provider } = setUp({ first: [says("Yes.")] });
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
    await postTo("/v1/messages", {
      ...ask,
      system: [{ type: "text", text: "Be brief." }],
      stop_sequences: ["END"],
      tools: [{ name: "look", input_schema: { type: "object" } }],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      messages: [
        { role: "user", content: [{ type: "text", text: "Look." }, image] },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "Hm.", signature: "x" },
            { type: "tool_use", id: "t1", name: "look", input: { at: 1 } },
          ],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "t1", content: "no cat", is_error: true }],
        },
      ],
    });
    expect(provider.calls[0]?.request).toEqual({
      max_tokens: 50,
      stop: ["END"],
      tools: [{ name: "look", parameters: { type: "object" } }],
      tool_choice: "required",
      parallel_tool_calls: false,
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Look." },
            { type: "image", source: { media_type: "image/png", data: "AAAA" } },
          ],
        },
        {
          role: "assistant",
          content: "",
          tool_calls: [{ id: "t1", name: "look", arguments: '{"at":1}' }],
        },
        { role: "tool", tool_call_id: "t1", content: "Error: no cat" },
      ],
    });
  });

  it("streams Anthropic's events in their order, the receipt in the last one", async () => {
    const { postTo } = setUp({ first: [says("Be", "cause.")] });
    const events = await eventsOf(await postTo("/v1/messages", { ...ask, stream: true }));
    expect(events.map(({ name }) => name)).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(events.every(({ name, data }) => data.type === name)).toBe(true);
    expect(events[5]?.data).toMatchObject({ delta: { stop_reason: "end_turn" }, usage });
    expect(events[6]?.data).toMatchObject({ holdfast: { link: "first" } });
  });

  it("sends tool calls that came interleaved one after the other", async () => {
    const script: Step[] = [
      { type: "connected" },
      piece(0, { id: "a", name: "one", arguments: '{"n"' }),
      piece(1, { id: "b", name: "two", arguments: "{" }),
      piece(0, { arguments: ":1}" }),
      piece(1, { arguments: "}" }),
      end,
    ];
    const { postTo } = setUp({ first: [script] });
    const events = await eventsOf(await postTo("/v1/messages", { ...ask, stream: true }));
    const input = (index: number) =>
      events
        .filter(({ name, data }) => name === "content_block_delta" && data.index === index)
        .map(({ data }) => data.delta.partial_json)
        .join("");
    expect([input(0), input(1)]).toEqual(['{"n":1}', "{}"]);
    expect(events.filter(({ name }) => name === "content_block_stop").map(({ data }) => data.index)).toEqual([
      0, 1,
    ]);
    expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: "tool_use" } });
  });

  it("never passes broken arguments of a tool off as good ones", async () => {
    const script: Step[] = [{ type: "connected" }, piece(0, { id: "a", name: "one", arguments: "{no" }), end];
    const response = await setUp({ first: [script] }).postTo("/v1/messages", ask);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "api_error" } });
  });

  it("shows thoughts only where they were asked for", async () => {
    const script: Step[] = [
      { type: "connected" },
      { type: "delta", reasoning: "Hm." },
      ...says("Yes.").slice(1),
    ];
    const { postTo } = setUp({ first: [script, script] });
    const thinking = { type: "enabled", budget_tokens: 1_024 };
    const shown = await eventsOf(await postTo("/v1/messages", { ...ask, stream: true, thinking }));
    const hidden = await eventsOf(await postTo("/v1/messages", { ...ask, stream: true }));
    const deltas = (events: typeof shown) => events.flatMap(({ data }) => data.delta?.type ?? []);
    expect(deltas(shown)).toEqual(["thinking_delta", "text_delta"]);
    expect(deltas(hidden)).toEqual(["text_delta"]);
  });

  it("ends in an error event with the receipt where the restarted answer departs", async () => {
    const { postTo } = setUp({ first: [cut("The sky is")], second: [says("Blue.")] });
    const events = await eventsOf(await postTo("/v1/messages", { ...ask, stream: true }));
    expect(events.map(({ name }) => name)).not.toContain("message_stop");
    expect(events.at(-1)).toMatchObject({
      name: "error",
      data: {
        type: "error",
        error: { type: "api_error" },
        holdfast: { attempts: [{ link: "first" }, { link: "second" }] },
      },
    });
  });

  it.each([false, true])(
    "says 503 with the attempts when nothing can answer (stream: %s)",
    async (stream) => {
      const { postTo } = setUp({ first: [[new ProviderFailure("network", "refused")]] }, [first]);
      const response = await postTo("/v1/messages", { ...ask, stream });
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("30");
      expect(await response.json()).toMatchObject({
        type: "error",
        error: { type: "overloaded_error" },
        holdfast: { attempts: [{ kind: "network" }] },
      });
    },
  );

  it("estimates the tokens of a message", async () => {
    const response = await setUp({}).postTo("/v1/messages/count_tokens", ask);
    expect(await response.json()).toEqual({ input_tokens: 5 });
  });
});
