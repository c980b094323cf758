import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ProviderRequest } from "../../electron/chain/index.ts";
import type { FailureKind } from "../../electron/contract/index.ts";
import { bedrockDropped, bedrockRequest } from "../../electron/providers/bedrock-request.ts";
import { bedrockProvider } from "../../electron/providers/index.ts";
import { attempt, hello, linkTo, options, textOf } from "./harness.ts";
import { converseStream } from "./wire/bedrock.ts";
import { event, eventStream, exception } from "./wire/event-stream.ts";
import { type Player, startPlayer } from "./wire/player.ts";
import { fullRequest } from "./wire.ts";

let server: Player;
beforeAll(async () => {
  server = await startPlayer();
});
afterAll(() => server.close());
afterEach(() => vi.unstubAllEnvs());

const provider = bedrockProvider(options);
const link = (changes: Parameters<typeof linkTo>[1] = {}) =>
  linkTo(server.url, { provider: "bedrock", model: "amazon.nova-2-lite-v1:0", ...changes });

function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "holdfast-aws-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

const fine = converseStream({ text: ["Fine."], reason: "stop" });
const begun = [event("messageStart", { role: "assistant" }), event("contentBlockDelta", said("All is"))];
function said(text: string) {
  return { contentBlockIndex: 0, delta: { text } };
}

describe("an answer", () => {
  test("comes as connected, head, deltas and one finish", async () => {
    server.play(fine);
    const { events, failure } = await attempt(provider, link());
    expect(failure).toBeNull();
    expect(events).toEqual([
      { type: "connected" },
      { type: "head", status: 200, requestId: "req-aws-1" },
      { type: "delta", text: "Fine." },
      { type: "finish", reason: "stop", model: null, usage: { input_tokens: 11, output_tokens: 7 } },
    ]);
    expect(server.calls.at(-1)?.path).toBe("/model/amazon.nova-2-lite-v1%3A0/converse-stream");
  });

  test("that is slow to begin has told of its connection and its head", async () => {
    const [first = Buffer.alloc(0)] = begun;
    server.play({ ...eventStream(first.subarray(0, 9)), lingers: true });
    const stop = new AbortController();
    const events = provider.stream(hello, link(), stop.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: "connected" });
    expect((await events.next()).value).toMatchObject({ type: "head", status: 200 });
    stop.abort();
    await expect(events.next()).rejects.toMatchObject({ kind: "cancelled" });
  });

  test("keeps its connection alive for the next request", async () => {
    server.play(fine);
    const ports = new Set<number | undefined>();
    for (let turn = 0; turn < 6; turn++) {
      await attempt(provider, link());
      ports.add(server.calls.at(-1)?.clientPort);
    }
    // Two, because a request may begin before the last one's connection is back in the pool.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test("counts cached tokens as input", async () => {
    const usage = { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 30, cacheWriteInputTokens: 400 };
    server.play(
      eventStream(...begun, event("messageStop", { stopReason: "end_turn" }), event("metadata", { usage })),
    );
    const { events } = await attempt(provider, link());
    expect(events.at(-1)).toMatchObject({ usage: { input_tokens: 431, output_tokens: 2 } });
  });

  test("is whole without token counts when the server says no more behind its stop reason", async () => {
    const stop = event("messageStop", { stopReason: "end_turn" });
    server.play({ ...eventStream(...begun, stop), lingers: true });
    const { events } = await attempt(provider, link());
    expect(events.at(-1)).toEqual({ type: "finish", reason: "stop", model: null, usage: null });
    await server.calls.at(-1)?.closed;
  });

  test.each<[string, FailureKind]>([
    ["content_filtered", "content_policy"],
    ["guardrail_intervened", "content_policy"],
    ["malformed_model_output", "malformed"],
    ["malformed_tool_use", "malformed"],
  ])("that ends with %s is %s", async (stopReason, kind) => {
    server.play(eventStream(...begun, event("messageStop", { stopReason })));
    const { failure } = await attempt(provider, link());
    expect(failure?.kind).toBe(kind);
  });
});

describe("an exception", () => {
  test.each<[status: number, name: string, text: string, kind: FailureKind]>([
    [429, "ThrottlingException", "Too many tokens, please wait before trying again.", "rate_limited"],
    [400, "ServiceQuotaExceededException", "Your request exceeds the quota.", "quota_exhausted"],
    [429, "ModelNotReadyException", "The model is not ready.", "overloaded"],
    [503, "ServiceUnavailableException", "The service is unavailable.", "overloaded"],
    [408, "ModelTimeoutException", "The request took too long to process.", "server"],
    [424, "ModelErrorException", "The model had an error.", "server"],
    [500, "InternalServerException", "Something broke.", "server"],
    [403, "AccessDeniedException", "You don't have access to the model.", "auth"],
    [403, "ExpiredTokenException", "The security token is expired.", "auth"],
    [404, "ResourceNotFoundException", "No such model.", "not_found"],
    [400, "ValidationException", "The provided model identifier is invalid.", "not_found"],
    [400, "ValidationException", "Input is too long for requested model.", "context_length"],
    [400, "ValidationException", "1 validation error detected", "invalid_request"],
  ])("%i %s (%s) is %s, and is not tried again", async (status, name, message, kind) => {
    server.play({
      status,
      headers: {
        "content-type": "application/json",
        "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/`,
        "x-amzn-requestid": "req-aws-2",
      },
      body: JSON.stringify({ message }),
    });
    const before = server.calls.length;
    const { events, failure } = await attempt(provider, link());
    expect(failure).toMatchObject({ kind, status, requestId: "req-aws-2" });
    expect(failure?.message).toContain(message);
    expect(events).toEqual([{ type: "connected" }]);
    expect(server.calls.length - before).toBe(1);
  });

  test.each<[string, FailureKind]>([
    ["throttlingException", "rate_limited"],
    ["modelStreamErrorException", "server"],
    ["internalServerException", "server"],
    ["serviceUnavailableException", "overloaded"],
    ["validationException", "invalid_request"],
  ])("%s in the middle of an answer is %s, behind what came", async (name, kind) => {
    server.play(eventStream(...begun, exception(name, "It says so.")));
    const { events, failure } = await attempt(provider, link());
    expect(failure).toMatchObject({ kind, status: 200, requestId: "req-aws-1" });
    expect(failure?.message).toContain("It says so.");
    expect(textOf(events)).toBe("All is");
  });

  test("as the first event comes behind the head", async () => {
    server.play(eventStream(exception("throttlingException", "Too many requests.")));
    const { events, failure } = await attempt(provider, link());
    expect(failure?.kind).toBe("rate_limited");
    expect(events.map(({ type }) => type)).toEqual(["connected", "head"]);
  });
});

describe("a stream", () => {
  test("that ends between two events is not whole", async () => {
    server.play(eventStream(...begun));
    const { events, failure } = await attempt(provider, link());
    expect(failure).toBeNull();
    expect(events.at(-1)).toEqual({ type: "delta", text: "All is" });
  });

  test("that ends within an event is truncated", async () => {
    const whole = eventStream(...begun, event("contentBlockDelta", said(" well.")));
    server.play({ ...whole, body: whole.body.slice(0, -9) });
    const { events, failure } = await attempt(provider, link());
    expect(failure?.kind).toBe("truncated");
    expect(textOf(events)).toBe("All is");
  });

  test("with a broken checksum is malformed", async () => {
    const broken = Buffer.from(event("contentBlockDelta", said(" well.")));
    broken[broken.length - 20] = 0;
    server.play(eventStream(...begun, broken));
    const { failure } = await attempt(provider, link());
    expect(failure?.kind).toBe("malformed");
  });

  test("in another format is malformed before the SDK sees it", async () => {
    server.play({ headers: { "content-type": "application/json" }, body: "{}" });
    const { failure } = await attempt(provider, link());
    expect(failure).toMatchObject({ kind: "malformed", status: 200 });
  });

  test("that is stopped is cancelled, and its connection closed", async () => {
    server.play({ ...eventStream(...begun), lingers: true });
    const stop = new AbortController();
    const events = provider.stream(hello, link(), stop.signal)[Symbol.asyncIterator]();
    while ((await events.next()).value?.type !== "delta");
    stop.abort();
    await expect(events.next()).rejects.toMatchObject({ kind: "cancelled" });
    await server.calls.at(-1)?.closed;
  });
});

describe("who asks", () => {
  const withKey = (key: string | null, fetch = options.fetch) =>
    bedrockProvider({ ...options, apiKey: () => key, fetch });

  /** Stands for AWS, and remembers what it was asked. */
  function aws() {
    const asked: { url: string; headers: Headers }[] = [];
    const send: typeof fetch = async (input, init) => {
      asked.push({ url: String(input), headers: new Headers(init?.headers) });
      return new Response(fine.body as BodyInit, { headers: { ...fine.headers } });
    };
    return { asked, send };
  }

  /** A machine on which nobody has signed in to AWS. */
  function noAws(variables: Record<string, string> = {}) {
    for (const name of [
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "AWS_PROFILE",
      "AWS_REGION",
    ]) {
      vi.stubEnv(name, variables[name]);
    }
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent/config");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
  }

  test("is told by a bearer token", async () => {
    const { asked, send } = aws();
    noAws({ AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT1", AWS_SECRET_ACCESS_KEY: "s" });
    await attempt(withKey("ABSKtest", send), linkTo(null, { provider: "bedrock" }));
    expect(asked[0]?.url).toBe("https://bedrock-runtime.eu-west-1.amazonaws.com/model/plain/converse-stream");
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer ABSKtest");
  });

  test("is told by an access key in the place of a key", async () => {
    server.play(fine);
    await attempt(withKey("AKIAEXAMPLE00000:secret/+:session=="), link());
    const headers = server.calls.at(-1)?.headers ?? {};
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE00000\/\d{8}\/us-east-1\/bedrock\/aws4_request/,
    );
    expect(headers["x-amz-security-token"]).toBe("session==");
  });

  test("is told by this machine's AWS variables where a link has no key", async () => {
    const { asked, send } = aws();
    noAws({ AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT1", AWS_SECRET_ACCESS_KEY: "s" });
    const { failure } = await attempt(withKey(null, send), linkTo(null, { provider: "bedrock" }));
    expect(failure).toBeNull();
    expect(asked[0]?.headers.get("authorization")).toContain("Credential=AKIAENVIRONMENT1/");
  });

  test("is told by a profile of this machine, whose role is taken on over the same way out", async () => {
    using folder = temporaryFolder();
    noAws({ AWS_REGION: "eu-west-1", AWS_PROFILE: "work" });
    const config = join(folder.path, "config");
    const work = "role_arn = arn:aws:iam::123456789012:role/bedrock\nsource_profile = base";
    const base = "aws_access_key_id = AKIABASE00000001\naws_secret_access_key = s";
    writeFileSync(config, `[profile work]\n${work}\n[profile base]\n${base}\n`);
    vi.stubEnv("AWS_CONFIG_FILE", config);
    const { asked, send } = aws();
    const role = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE00000001</AccessKeyId>
      <SecretAccessKey>r</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
    const network: typeof fetch = (input, init) =>
      String(input).startsWith("https://sts.")
        ? Promise.resolve(new Response(role, { headers: { "content-type": "text/xml" } }))
        : send(input, init);
    const { failure } = await attempt(withKey(null, network), linkTo(null, { provider: "bedrock" }));
    expect(failure).toBeNull();
    expect(asked[0]?.headers.get("authorization")).toContain("Credential=ASIAROLE00000001/");
  });

  test("is never told to another host by this machine's AWS variables", async () => {
    noAws({ AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT1", AWS_SECRET_ACCESS_KEY: "s" });
    vi.stubEnv("AWS_BEARER_TOKEN_BEDROCK", "ABSKenvironment");
    const before = server.calls.length;
    const { failure } = await attempt(withKey(null), link());
    expect(failure?.kind).toBe("auth");
    expect(server.calls.length).toBe(before);
  });

  test("is not known where nobody has signed in, which says how to mend it", async () => {
    const { asked, send } = aws();
    noAws({ AWS_REGION: "eu-west-1" });
    const { failure } = await attempt(withKey(null, send), linkTo(null, { provider: "bedrock" }));
    expect(failure?.kind).toBe("auth");
    expect(failure?.message).toContain("AWS_BEARER_TOKEN_BEDROCK");
    expect(asked).toEqual([]);
  });

  test("is asked for a region where none is set", async () => {
    noAws();
    const { failure } = await attempt(withKey("ABSKtest", aws().send), linkTo(null, { provider: "bedrock" }));
    expect(failure?.kind).toBe("invalid_request");
    expect(failure?.message).toContain("AWS_REGION");
  });

  test("asks in the region of the model's ARN", async () => {
    const { asked, send } = aws();
    noAws();
    const model =
      "arn:aws:bedrock:ap-southeast-2:123456789012:inference-profile/au.anthropic.claude-haiku-5-5";
    await attempt(withKey("ABSKtest", send), linkTo(null, { provider: "bedrock", model }));
    expect(new URL(asked[0]?.url ?? "").host).toBe("bedrock-runtime.ap-southeast-2.amazonaws.com");
  });
});

describe("the request", () => {
  const claude = linkTo(null, { provider: "bedrock", model: "eu.anthropic.claude-haiku-4-5-20251001-v1:0" });

  test("samples as the model takes it, and tells what it leaves out", () => {
    const request: ProviderRequest = { ...hello, temperature: 1.5, top_p: 0.9, seed: 7 };
    expect(bedrockRequest(request, link()).inferenceConfig).toEqual({ temperature: 1, topP: 0.9 });
    expect(bedrockDropped(request, link())).toEqual(["seed"]);
    expect(bedrockRequest(request, claude).inferenceConfig).toEqual({ temperature: 1 });
    expect(bedrockDropped(request, claude)).toEqual(["top_p", "seed"]);
  });

  test("joins all results of a turn's tools in one message", () => {
    const { messages = [] } = bedrockRequest(fullRequest, link());
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(messages.at(-1)?.content?.map((block) => Object.keys(block)[0])).toEqual([
      "toolResult",
      "toolResult",
      "text",
    ]);
  });

  test("that must call some tool says so", () => {
    const { toolConfig } = bedrockRequest({ ...fullRequest, tool_choice: "required" }, link());
    expect(toolConfig?.toolChoice).toEqual({ any: {} });
  });

  test("that may call no tool leaves them out", () => {
    const request: ProviderRequest = { ...fullRequest, ...hello, tool_choice: "none" };
    expect(bedrockRequest(request, link()).toolConfig).toBeUndefined();
    expect(bedrockDropped(request, link())).not.toContain("tool_choice");
  });

  test("that may call no more tools keeps them for the calls that were made, and tells that it can't be said", () => {
    const request: ProviderRequest = { ...fullRequest, tool_choice: "none" };
    expect(bedrockRequest(request, link()).toolConfig?.tools).toHaveLength(1);
    expect(bedrockDropped(request, link())).toContain("tool_choice");
  });

  test("without tools names those that were called before", () => {
    const { tools: _tools, tool_choice: _choice, ...request } = fullRequest;
    const { toolConfig } = bedrockRequest(request, link());
    expect(toolConfig?.tools?.map((tool) => tool.toolSpec?.name)).toEqual(["get_weather"]);
  });

  test("for any JSON object asks for it in words", () => {
    const { system } = bedrockRequest({ ...hello, response_format: { type: "json_object" } }, link());
    expect(system?.[0]).toMatchObject({ text: expect.stringContaining("JSON object") });
  });

  test("with an image by its address is refused before it leaves", async () => {
    const before = server.calls.length;
    const { failure } = await attempt(provider, link(), {
      messages: [
        { role: "user", content: [{ type: "image", source: { url: "https://example.org/cat.png" } }] },
      ],
    });
    expect(failure?.kind).toBe("invalid_request");
    expect(failure?.message).toContain("Attach the image itself");
    expect(server.calls.length).toBe(before);
  });
});
