import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Provider } from "../../electron/chain/index.ts";
import type { FailureKind } from "../../electron/contract/index.ts";
import { createProviders } from "../../electron/providers/index.ts";
import {
  answer,
  type Behaviour,
  broken,
  errorInside200,
  portal,
  portalRedirect,
  rateLimited,
  refusedUrl,
  reset,
  startUnruly,
  status,
  trouble,
  type Unruly,
  wrongType,
} from "../fixtures/unruly/index.ts";
import { attempt, linkTo, options, secret, textOf } from "./harness.ts";

const providers = createProviders(options);

const families: { name: string; provider: Provider; path: string }[] = [
  { name: "openai", provider: providers.openai, path: "/v1" },
  { name: "openai-compatible", provider: providers["openai-compatible"], path: "/v1" },
  { name: "anthropic", provider: providers.anthropic, path: "" },
  { name: "ollama", provider: providers.ollama, path: "" },
];

/** Troubles that every family must tell alike. */
const beforeTheStream: [what: string, behaviour: Behaviour, kind: FailureKind, status: number | null][] = [
  ["400", status(400), "invalid_request", 400],
  ["401", status(401), "auth", 401],
  ["403", status(403), "auth", 403],
  ["404", status(404), "not_found", 404],
  ["422", status(422), "invalid_request", 422],
  ["429", status(429), "rate_limited", 429],
  ["500", status(500), "server", 500],
  ["502", status(502), "server", 502],
  ["503", status(503), "overloaded", 503],
  ["504", status(504), "server", 504],
  ["529", status(529), "overloaded", 529],
  ["a context that is too long", trouble("context_length"), "context_length", 400],
  ["a content filter", trouble("content_filter"), "content_policy", 400],
  ["a reset before any header", reset(), "network", null],
  ["a sign-in page", portal(), "network", 200],
  ["a redirect to a sign-in page", portalRedirect(), "network", 302],
  ["another content type", wrongType(), "malformed", 200],
  ["an error inside a 200", errorInside200(), "server", 200],
];

const inTheStream: [what: string, behaviour: Behaviour, kind: FailureKind][] = [
  ["a connection that ends", broken("cut"), "truncated"],
  ["a connection that is reset", broken("reset"), "network"],
  ["a malformed event", broken("malformed"), "malformed"],
];

describe.each(families)("$name", ({ provider, path }) => {
  let server: Unruly;
  beforeAll(async () => {
    server = await startUnruly();
  });
  afterAll(() => server.close());

  test.each(beforeTheStream)("tells %s", async (_, behaviour, kind, httpStatus) => {
    server.script(behaviour);
    const { events, failure } = await attempt(provider, linkTo(server.url + path));
    expect(failure).toMatchObject({ kind, status: httpStatus });
    expect(events).toEqual([{ type: "connected" }]);
  });

  test.each(inTheStream)("tells %s in the middle, behind what it got", async (_, behaviour, kind) => {
    server.script(behaviour);
    const { events, failure } = await attempt(provider, linkTo(server.url + path));
    expect(failure).toMatchObject({ kind, status: 200, requestId: expect.stringMatching(/^req_/) });
    expect(textOf(events)).toBe("All is");
  });

  test("tells a refused connection without ever being connected", async () => {
    const { events, failure } = await attempt(provider, linkTo((await refusedUrl()) + path));
    expect(failure?.kind).toBe("network");
    expect(failure?.message).toContain("ECONNREFUSED");
    expect(events).toEqual([]);
  });

  test("tells a host without an address", async () => {
    const { failure } = await attempt(provider, linkTo(`http://no-such-host.invalid${path}`));
    expect(failure?.kind).toBe("network");
    expect(failure?.message).toContain("no-such-host.invalid");
  });

  test("tells TLS spoken to a server that has none", async () => {
    const { failure } = await attempt(provider, linkTo(server.url.replace("http:", "https:") + path));
    expect(failure?.kind).toBe("network");
    expect(failure?.message).toContain("TLS");
  });

  test("passes Retry-After on, in seconds and as a date", async () => {
    server.script([rateLimited("7"), rateLimited(new Date(Date.now() + 60_000).toUTCString())]);
    const seconds = await attempt(provider, linkTo(server.url + path));
    const date = await attempt(provider, linkTo(server.url + path));
    expect(seconds.failure?.retryAfterMs).toBe(7_000);
    expect(date.failure?.retryAfterMs).toBeGreaterThan(55_000);
    expect(date.failure?.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test("asks once, whatever comes", async () => {
    const before = server.calls.length;
    server.script(status(503));
    await attempt(provider, linkTo(server.url + path));
    expect(server.calls.length - before).toBe(1);
  });

  test("does not follow a redirect, which would carry the key along", async () => {
    await using other = await startUnruly();
    server.script({
      do: "page",
      status: 307,
      headers: { location: `${other.url}/v1/chat/completions` },
      body: "",
    });
    const { failure } = await attempt(provider, linkTo(server.url + path));
    expect(failure).toMatchObject({ kind: "network", status: 307 });
    expect(other.calls).toEqual([]);
  });

  test("names the link and its environment variable when the key is refused", async () => {
    server.script(status(401));
    const { failure } = await attempt(
      provider,
      linkTo(server.url + path, { id: "spare", apiKeyEnv: "SPARE_KEY" }),
    );
    expect(failure?.message).toContain('"spare"');
    expect(failure?.message).toContain("SPARE_KEY");
  });

  test("never shows the key, not even where the server says it back", async () => {
    const body = JSON.stringify({
      error: { message: `bad key ${secret} in Bearer ${secret}`, type: "oops" },
    });
    server.script({ do: "page", status: 401, headers: { "content-type": "application/json" }, body });
    const { failure } = await attempt(provider, linkTo(server.url + path));
    expect(failure?.message).toContain("bad key");
    expect(JSON.stringify(failure) + failure?.message + failure?.stack).not.toContain(secret);
  });

  test("says where an answer came to nothing: an end without a finish reason gives no finish", async () => {
    server.script(answer({ finish: null, end: false }));
    const { events, failure } = await attempt(provider, linkTo(server.url + path));
    expect(textOf(events)).toBe("All is well.");
    expect(events.some(({ type }) => type === "finish")).toBe(false);
    expect(failure?.kind ?? "truncated").toBe("truncated");
  });

  test("gives an empty answer as a finish without a delta, for the chain to refuse", async () => {
    server.script(answer({ text: "" }));
    const { events, failure } = await attempt(provider, linkTo(server.url + path));
    expect(failure).toBeNull();
    expect(events.map(({ type }) => type)).toEqual(["connected", "head", "finish"]);
  });
});

describe("errors in the middle of a stream", () => {
  test.each([
    ["openai", "/v1", "server"],
    ["anthropic", "", "overloaded"],
    ["ollama", "", "server"],
  ] as const)("%s keeps their own kind", async (name, path, kind) => {
    await using server = await startUnruly();
    server.script(broken("error_event"));
    const { events, failure } = await attempt(providers[name], linkTo(server.url + path));
    expect(failure?.kind).toBe(kind);
    expect(textOf(events)).toBe("All is");
  });
});

describe("an account without quota", () => {
  test.each([
    ["openai", "/v1", 429],
    ["anthropic", "", 400],
    ["ollama", "", 402],
  ] as const)("%s is not taken for a rate limit or a bad request", async (name, path, httpStatus) => {
    await using server = await startUnruly();
    server.script(trouble("quota"));
    const { failure } = await attempt(providers[name], linkTo(server.url + path));
    expect(failure).toMatchObject({ kind: "quota_exhausted", status: httpStatus });
  });
});

describe("a model that will not answer", () => {
  test("is content_policy when OpenAI's filter ended the answer", async () => {
    await using server = await startUnruly();
    server.script(answer({ finish: "content_filter" }));
    const { failure } = await attempt(providers.openai, linkTo(`${server.url}/v1`));
    expect(failure?.kind).toBe("content_policy");
  });

  test.each([
    ["openai", "/v1"],
    ["anthropic", ""],
  ] as const)("is refusal when %s says so", async (name, path) => {
    await using server = await startUnruly();
    server.script(answer({ text: "", finish: "refusal" }));
    const { failure } = await attempt(providers[name], linkTo(server.url + path));
    expect(failure?.kind).toBe("refusal");
  });
});
