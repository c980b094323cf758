import { createRouterClient } from "@orpc/server";
import { describe, expect, it } from "vitest";
import type { Config } from "../../electron/contract/index.ts";
import { createGateway } from "../../electron/gateway/index.ts";
import { startSaying } from "../fixtures/saying-server.ts";
import { startApp } from "./support.ts";

const quiet: Config = { health: { probes: false } };
const schema = { type: "object", properties: { port: { type: "integer" } }, required: ["port"] };
const response_format = { type: "json_schema", json_schema: { name: "config", schema } };
const messages = [{ role: "user", content: "Which port?" }];

async function serving(says: Record<string, string[]>, config: Config = {}) {
  const { chain, asked } = await startSaying(says);
  const { app } = startApp({ ...quiet, fallback_chain: chain, ...config });
  const gateway = createGateway({
    run: app.run,
    status: () => app.status.now,
    level: () => app.status.now.level,
    links: () => app.settings.links,
    setLevel: () => {},
    embed: null,
    metrics: async () => ({ text: "", contentType: "text/plain" }),
    now: Date.now,
    token: () => "secret",
    maxBody: 100_000,
    maxRequests: 8,
    allowedOrigins: [],
    version: "0.0.0",
    onError: (error) => {
      throw error;
    },
  });
  const post = (body: object) =>
    gateway.request("/v1/chat/completions", {
      method: "POST",
      headers: {
        host: "127.0.0.1:4141",
        authorization: "Bearer secret",
        "content-type": "application/json",
      },
      body: JSON.stringify({ messages, ...body }),
    });
  return { app, post, asked };
}

describe("a request for JSON", () => {
  it("gets JSON that fits its schema, after the link has repaired its answer", async () => {
    const { post } = await serving(
      { one: ["port 80", '{"port":"80"}', '{"port":80}'] },
      { quality: { loop_budget: 3 } },
    );
    const reply = await post({ response_format });
    const { choices, holdfast } = await reply.json();
    expect(choices[0].message.content).toBe('{"port":80}');
    expect(holdfast.attempts.map(({ kind }: { kind: string }) => kind)).toEqual([
      "bad_output",
      "bad_output",
      null,
    ]);
    expect(holdfast.attempts[1].message).toContain("/port: must be integer");
    expect(reply.headers.get("x-holdfast-attempts")).toBe("3");
  });

  it("is streamed once it has passed, and no word of what failed goes out", async () => {
    const { post } = await serving({ one: ["nonsense"], two: ['{"port":80}'] });
    const reply = await post({ response_format, stream: true });
    const text = await reply.text();
    expect(reply.headers.get("x-holdfast-link")).toBe("two");
    expect(text).not.toContain('"content":"nonsense"');
    expect(text).toContain('{\\"port\\":80}');
    expect(text).toContain("[DONE]");
  });

  it("gets the best answer with a word about it when none fits, in a stream too", async () => {
    const { post } = await serving({ one: ["nonsense"] });
    const whole = await post({ response_format });
    const { holdfast } = await whole.json();
    expect(holdfast.notices).toMatchObject([{ code: "requirements_unmet", severity: "warning" }]);
    expect(whole.headers.get("x-holdfast-notice")).toContain("json_schema");
    const stream = await post({ response_format, stream: true });
    expect(stream.headers.get("x-holdfast-link")).toBe("one");
    expect(await stream.text()).toContain("[DONE]");
  });

  it("gets 503 instead where it asks for that", async () => {
    const { post } = await serving({ one: ["nonsense"] });
    const reply = await post({ response_format, holdfast: { quality: { strict: true } } });
    expect(reply.status).toBe(503);
    expect((await reply.json()).error.message).toContain("No answer met the requirements");
  });
});

describe("requirements", () => {
  it("stand in the config for every answer, and the cloud is asked only when the local model fails", async () => {
    const { app, asked } = await serving(
      { cloud: ["It is port 80."], local: ["Dunno."] },
      {
        requirements: [{ check: "contains", text: "80" }],
        quality: { local_first: true, loop_budget: 1 },
      },
    );
    const client = createRouterClient(app.router);
    const { answer, conversation } = await client.chat.send({ conversation_id: null, text: "Which port?" });
    for await (const _ of await client.chat.follow({ message_id: answer.id }));
    const { messages } = await client.conversations.get({ id: conversation.id });
    expect(asked.map(({ model }) => model)).toEqual(["local", "cloud"]);
    expect(messages[1]).toMatchObject({
      text: "It is port 80.",
      receipt: { link: "cloud", reason: "bad_output", notices: [{ code: "escalated" }] },
    });
  });

  it("come from code as well", async () => {
    const { chain } = await startSaying({ one: ["no", "yes"] });
    const { app } = startApp(
      { ...quiet, fallback_chain: chain },
      {
        requirements: [{ name: "agrees", validate: ({ text }) => text === "yes", repair: "Say yes." }],
      },
    );
    const events = app.run({ messages: [{ role: "user", content: "Well?" }] }, new AbortController().signal);
    const texts: string[] = [];
    for await (const event of events) if (event.type === "finished") texts.push(event.answer.text);
    expect(texts).toEqual(["yes"]);
  });

  it("that make no sense are refused with the place", async () => {
    const { post } = await serving({ one: ["x"] });
    const reply = await post({ holdfast: { requirements: [{ check: "max_length" }] } });
    expect(reply.status).toBe(400);
    expect((await reply.json()).error.message).toContain("words");
  });
});

it("mirrors a request, and says where the links differ", async () => {
  const { post } = await serving({ one: ["Four."], two: ["Five."] });
  const reply = await post({ holdfast: { mirror: { policy: "majority" } } });
  const { choices, holdfast } = await reply.json();
  expect(choices[0].message.content).toBe("Four.");
  expect(holdfast.notices).toMatchObject([{ code: "answers_differ" }]);
  expect(holdfast.notices[0].text).toContain("two: “Five.”");
  expect(holdfast.cost_usd).toBeCloseTo(2 * 50e-6);
});
