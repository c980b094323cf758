import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, it } from "vitest";
import { ProviderFailure } from "../../electron/chain/index.ts";
import { type Step, says } from "../fixtures/scripted-provider.ts";
import { cut, first, linesOf, messages, second, setUp } from "./set-up.ts";

describe("the plain calls", () => {
  it.each(["/v1/completions", "/v1/completions/circuit"])("%s answers with its own keys", async (path) => {
    const { postTo, provider } = setUp({ second: [says("Yes.")] });
    const response = await postTo(path, { messages, max_tokens: 9, preferred_provider: "second" });
    expect(await response.json()).toEqual({
      content: "Yes.",
      provider: "second",
      model: "second-model",
      degradation_level: "full",
      from_cache: false,
      notice: "Using “backup”.",
      attempts: 1,
    });
    expect(provider.calls[0]).toMatchObject({ link: "second", request: { max_tokens: 9 } });
  });

  it("reads and sets the level, by query and by JSON, and refuses one that is not known", async () => {
    const { get, postTo } = setUp({});
    const path = "/v1/degradation/level";
    expect(await (await get(path)).json()).toEqual({ level: "full", ceiling: "full" });
    expect(await (await postTo(`${path}?level=minimal`, "")).json()).toEqual({
      level: "minimal",
      status: "updated",
    });
    expect((await postTo(path, { level: "reduced" })).status).toBe(200);
    expect(await (await get(path)).json()).toMatchObject({ ceiling: "reduced" });
    for (const body of [{ level: "best" }, {}, "", "{"]) expect((await postTo(path, body)).status).toBe(400);
  });

  it("tells of every circuit", async () => {
    expect(await (await setUp({}).get("/v1/circuits")).json()).toMatchObject({
      first: { state: "closed", failure_count: 0, last_failure: null, opens_until: null },
    });
  });
});

describe("models", () => {
  it("are `auto` and the links, with their levels and health", async () => {
    const { get } = setUp({});
    const list = (await (await get("/v1/models")).json()) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id)).toEqual(["auto", "first", "second", "local"]);
    expect(list.data[3]).toMatchObject({ object: "model", holdfast: { level: "reduced", is_healthy: true } });
    expect(await (await get("/v1/models/first")).json()).toMatchObject({ holdfast: { is_healthy: false } });
    expect((await get("/v1/models/none")).status).toBe(404);
  });
});

describe("embeddings", () => {
  const embed = async (texts: readonly string[]) => ({
    model: "small",
    vectors: texts.map(() => Float32Array.of(0.5, -1)),
    tokens: 7,
  });
  const ask = (body: object) =>
    setUp({}, undefined, undefined, undefined, { embed }).postTo("/v1/embeddings", body);

  it("come as numbers, or as base64 of little-endian floats", async () => {
    expect(await (await ask({ input: ["a", "b"] })).json()).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [0.5, -1] },
        { object: "embedding", index: 1, embedding: [0.5, -1] },
      ],
      model: "small",
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
    const coded = await (await ask({ input: "a", encoding_format: "base64" })).json();
    expect(coded).toMatchObject({ data: [{ embedding: "AAAAPwAAgL8=" }] });
  });

  it("are refused with what is wrong", async () => {
    expect(await (await ask({ input: [1, 2] })).json()).toMatchObject({
      error: { message: "input.0: is no text: send words, not token ids" },
    });
    expect((await ask({ input: "a", dimensions: 7 })).status).toBe(400);
    expect((await setUp({}).postTo("/v1/embeddings", { input: "a" })).status).toBe(503);
  });
});

describe("overrides of one request", () => {
  it("answer from the cache alone with `cache: only`, and lower the level in headers and receipt alike", async () => {
    const { post, provider } = setUp({ local: [says("Yes.")] });
    expect((await post({ messages, holdfast: { cache: "only" } })).status).toBe(503);
    expect(provider.calls).toEqual([]);
    const response = await post({ messages, stream: true, holdfast: { level: "reduced" } });
    const last = JSON.parse((await linesOf(response)).at(-2) ?? "");
    expect([response.headers.get("x-holdfast-level"), last.holdfast.level]).toEqual(["reduced", "reduced"]);
  });

  it("are refused where one is not known, for it may mean privacy", async () => {
    const response = await setUp({}).post({ messages, holdfast: { localonly: true } });
    expect(response.status).toBe(400);
  });
});

describe("OpenAI's format", () => {
  it.each([
    [{ logprobs: true }, "logprobs"],
    [{ functions: [] }, "functions"],
    [{ messages: [{ role: "user", content: [{ type: "input_audio" }] }] }, "messages.0.content.0.type"],
    [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
      "messages.0.content.0.image_url.url",
    ],
  ])("refuses what it can't honour, and names it: %j", async (body, param) => {
    const response = await setUp({}).post({ messages, ...body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param } });
  });

  it("gives log-probabilities where a link can tell them, streaming and not, and asks that link first", async () => {
    const chance = { token: "Yes.", logprob: -0.1, bytes: [89, 101, 115, 46] };
    const logprobs = [{ ...chance, top_logprobs: [chance] }];
    const spoken: Step[] = [
      ...says("Yes.").slice(0, -1),
      { type: "delta", logprobs },
      ...says("Yes.").slice(-1),
    ];
    const able = { ...second, capabilities: { ...second.capabilities, logprobs: true } };
    const { post, provider } = setUp({ second: [spoken, spoken] }, [first, able]);
    const asked = { messages, logprobs: true, top_logprobs: 1 };
    const { choices } = await (await post(asked)).json();
    expect(choices[0].logprobs).toEqual({ content: logprobs, refusal: null });
    const lines = await linesOf(await post({ ...asked, stream: true }));
    const chunks = lines.slice(0, -1).map((line) => JSON.parse(line).choices[0]?.logprobs ?? null);
    expect(chunks.filter(Boolean)).toEqual([{ content: logprobs, refusal: null }]);
    expect(provider.calls.map(({ link, request }) => [link, request.logprobs])).toEqual([
      ["second", 1],
      ["second", 1],
    ]);
  });

  it("lets unknown fields be", async () => {
    const { post } = setUp({ first: [says("Yes.")] });
    expect((await post({ messages, user: "me", store: false, logit_bias: {} })).status).toBe(200);
  });

  it("gives the receipt also where the restarted answer departs", async () => {
    const { post } = setUp({ first: [cut("The sky is")], second: [says("Blue.")] });
    const lines = await linesOf(await post({ messages, stream: true }));
    const { error, holdfast } = JSON.parse(lines.at(-1) ?? "");
    expect(error.code).toBe("stream_departed");
    expect(holdfast.attempts).toHaveLength(2);
  });
});

describe("every answer", () => {
  it("says the level and the attempts, refusals included", async () => {
    const { get, post } = setUp({ first: [[new ProviderFailure("invalid_request", "no", { status: 422 })]] });
    expect((await get("/v1/none")).headers.get("x-holdfast-level")).toBe("full");
    const refused = await post({ messages });
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      "x-holdfast-tier": "offline",
      "x-holdfast-attempts": "1",
    });
  });

  it("of a path that does not take the method is 405, with those that it takes", async () => {
    const response = await setUp({}).get("/v1/messages");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("the OpenAPI document", () => {
  it("is valid by a linter's rules", async () => {
    const source = await (await setUp({}).get("/openapi.json")).text();
    const config = await createConfig({ extends: ["spec"] });
    const problems = await lintFromString({ source, config });
    expect(problems.map(({ message, location }) => `${location[0]?.pointer}: ${message}`)).toEqual([]);
  });
});
