import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { describe, expect, it, onTestFinished } from "vitest";
import { ProviderFailure } from "../../electron/chain/index.ts";
import { type Step, says } from "../fixtures/scripted-provider.ts";
import { cut, first, linesOf, messages, second, setUp } from "./set-up.ts";

describe("the guard", () => {
  it("refuses whoever has no token, another host name, or a page from elsewhere", async () => {
    const { get } = setUp({});
    expect((await get("/v1/health")).status).toBe(200);
    expect((await get("/v1/health", { authorization: "" })).status).toBe(401);
    expect((await get("/v1/health", { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await get("/v1/health", { host: "evil.example" })).status).toBe(403);
    expect((await get("/v1/health", { origin: "https://evil.example" })).status).toBe(403);
    expect((await get("/v1/health", { origin: "http://localhost:3000" })).status).toBe(200);
  });

  it("refuses a body beyond the limit with 413", async () => {
    const { post } = setUp({});
    expect((await post({ messages: [{ role: "user", content: "x".repeat(3_000) }] })).status).toBe(413);
  });
});

describe("GET /v1/health", () => {
  it("names every link with its health", async () => {
    const { get } = setUp({});
    expect(await (await get("/v1/health")).json()).toMatchObject({
      status: "healthy",
      level: "full",
      providers: [
        {
          name: "first",
          is_healthy: false,
          consecutive_failures: 2,
          last_failure: "2026-01-01T00:00:00.000Z",
        },
        { name: "second", is_healthy: true, last_failure: null },
        { name: "local" },
      ],
    });
  });
});

describe("POST /v1/chat/completions", () => {
  it("answers in OpenAI's format, with the receipt in headers and body", async () => {
    const { post } = setUp({
      first: [[new ProviderFailure("server", "500")]],
      second: [says("Be", "cause.")],
    });
    const response = await post({ model: "auto", messages });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-holdfast-tier": "backup",
      "x-holdfast-link": "second",
      "x-holdfast-level": "full",
      "x-holdfast-attempts": "2",
      "x-holdfast-notice": "Using %E2%80%9Cbackup%E2%80%9D.",
    });
    expect(await response.json()).toMatchObject({
      object: "chat.completion",
      model: "second-model",
      choices: [{ message: { role: "assistant", content: "Because." }, finish_reason: "stop" }],
      usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
      holdfast: {
        tier: "backup",
        link: "second",
        attempts: [{ outcome: "failed" }, { outcome: "answered" }],
      },
    });
  });

  it("tries the link that `model` names first", async () => {
    const { post, provider } = setUp({ second: [says("Mine.")] });
    await post({ model: "second", messages });
    expect(provider.calls.map(({ link }) => link)).toEqual(["second"]);
  });

  it.each([
    [{ "x-holdfast-local-only": "TRUE" }, {}],
    [{ "x-holdfast-local-only": "1" }, { model: "first" }],
    [{ "x-holdfast-local-only": "true, true" }, {}],
    [{}, { holdfast: { local_only: true, preferred: "first" } }],
  ])("keeps a local-only request on this machine: %j %j", async (headers, body) => {
    const { post, provider } = setUp({ local: [says("Here.")] });
    await post({ messages, ...body }, headers);
    expect(provider.calls.map(({ link }) => link)).toEqual(["local"]);
  });

  it("passes tools, images and formats on", async () => {
    const { post, provider } = setUp({ first: [says("{}")] });
    const schema = { type: "object" };
    await post({
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Look." },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c1", content: "a cat" },
      ],
      stop: "END",
      max_completion_tokens: 5,
      tools: [{ type: "function", function: { name: "look", parameters: schema } }],
      tool_choice: { type: "function", function: { name: "look" } },
      response_format: { type: "json_schema", json_schema: { name: "out", schema, strict: true } },
    });
    expect(provider.calls[0]?.request).toEqual({
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Look." },
            { type: "image", source: { media_type: "image/png", data: "AAAA" } },
          ],
        },
        { role: "assistant", content: "", tool_calls: [{ id: "c1", name: "look", arguments: "{}" }] },
        { role: "tool", tool_call_id: "c1", content: "a cat" },
      ],
      stop: ["END"],
      max_tokens: 5,
      tools: [{ name: "look", parameters: schema }],
      tool_choice: { name: "look" },
      response_format: { type: "json_schema", name: "out", schema, strict: true },
    });
  });

  it("names the field that is wrong", async () => {
    const { post } = setUp({});
    const response = await post({ messages, temperature: 9 });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { param: "temperature", type: "invalid_request_error" },
    });
    expect((await post("{")).status).toBe(400);
    expect(await (await post({ messages, n: 2 })).json()).toMatchObject({
      error: { message: "n: can only be 1: ask several times for several answers" },
    });
  });

  it.each([false, true])(
    "says 503 with the attempts when nothing can answer (stream: %s)",
    async (stream) => {
      const { post } = setUp({ first: [[new ProviderFailure("network", "refused")]] }, [first]);
      const response = await post({ messages, stream });
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("30");
      expect(await response.json()).toMatchObject({
        error: { message: "Nothing can answer now.", code: "all_links_failed" },
        holdfast: { tier: "offline", attempts: [{ kind: "network" }] },
      });
    },
  );

  it("keeps a provider's final status and words", async () => {
    const refused = new ProviderFailure("invalid_request", "bad schema", { status: 422 });
    const response = await setUp({ first: [[refused]] }).post({ messages });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      error: { message: "bad schema", code: "invalid_request" },
    });
  });

  it("says 504 when the deadline has passed", async () => {
    const response = await setUp({ first: [["hang"]] }).post({ messages, holdfast: { deadline: "20ms" } });
    expect(response.status).toBe(504);
  });

  it("streams chunks, the receipt in the last one", async () => {
    const { post } = setUp({ first: [says("Be", "cause.")] });
    const response = await post({ messages, stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("x-holdfast-tier")).toBe("cloud");
    const lines = await linesOf(response);
    expect(lines.at(-1)).toBe("[DONE]");
    const chunks = lines.slice(0, -1).map((line) => JSON.parse(line));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual([
      "",
      "Be",
      "cause.",
      undefined,
      undefined,
    ]);
    expect(chunks[3].choices[0].finish_reason).toBe("stop");
    expect(chunks[4]).toMatchObject({
      choices: [],
      usage: { total_tokens: 14 },
      holdfast: { link: "first" },
    });
  });

  it.each([false, true])("counts the attempts alike, and names who speaks (stream: %s)", async (stream) => {
    const { post } = setUp({ first: [[new ProviderFailure("server", "500")]], second: [says("Yes.")] });
    const response = await post({ messages, stream });
    expect(response.headers.get("x-holdfast-attempts")).toBe("2");
    expect(response.headers.get("x-holdfast-link")).toBe("second");
  });

  it("names the link that speaks, also when a hedge had started later", async () => {
    const late: Step[] = [{ type: "connected" }, { waitMs: 60 }, ...says("First.").slice(1)];
    const { post } = setUp({ first: [late], second: [["hang"]] }, [first, second], {
      after: 20,
      with: "next",
    });
    const response = await post({ messages, stream: true });
    expect(response.headers.get("x-holdfast-link")).toBe("first");
    const [chunk] = await linesOf(response);
    expect(JSON.parse(chunk ?? "")).toMatchObject({ model: "first-model" });
  });

  it("keeps a long notice out of the headers", async () => {
    const long = `${"é".repeat(9_000)}\ud83d`;
    const { post } = setUp({ second: [says("Yes.")] }, [second], undefined, long);
    const response = await post({ messages });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-holdfast-notice")?.length).toBeLessThan(4_000);
  });

  it("follows a restarted answer silently while it repeats what was sent", async () => {
    const { post } = setUp({ first: [cut("The sky is")], second: [says("The sky", " is blue.")] });
    const lines = await linesOf(await post({ messages, stream: true }));
    const chunks = lines.slice(0, -1).map((line) => JSON.parse(line));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("The sky is blue.");
    expect(chunks.at(-1)).toMatchObject({ holdfast: { link: "second" } });
  });

  it.each([
    ["departs from what was sent", says("Blue it is.")],
    ["ends before it has said as much", says("The")],
  ])("ends in an error without [DONE] when the restarted answer %s", async (_, script) => {
    const { post } = setUp({ first: [cut("The sky is")], second: [script] });
    const lines = await linesOf(await post({ messages, stream: true }));
    expect(lines).not.toContain("[DONE]");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ error: { code: "stream_departed" } });
  });

  it("ends in an error without [DONE] when nothing can take over", async () => {
    const { post } = setUp({ first: [cut("Half")] }, [first]);
    const lines = await linesOf(await post({ messages, stream: true }));
    expect(lines).not.toContain("[DONE]");
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ error: { code: "all_links_failed" } });
  });

  it("stops the link when the client goes away, streaming or not", async () => {
    const { gateway, provider } = setUp({ first: [["hang"], [...cut("Once"), "hang"]] });
    const server = createServer(getRequestListener(gateway.fetch)).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
    for (const stream of [false, true]) {
      const client = new AbortController();
      const asked = fetch(url, {
        method: "POST",
        headers: { authorization: "Bearer secret", "content-type": "application/json" },
        body: JSON.stringify({ messages, stream }),
        signal: client.signal,
      });
      await expect.poll(() => provider.calls.length).toBe(stream ? 2 : 1);
      if (stream) await (await asked).body?.getReader().read();
      client.abort();
      await asked.catch(() => {});
      await expect.poll(() => provider.calls.at(-1)?.signal.aborted).toBe(true);
    }
  });
});
