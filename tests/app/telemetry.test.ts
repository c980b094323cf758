import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newTrace, traceOf } from "../../electron/app/trace-context.ts";
import type { Config } from "../../electron/contract/index.ts";
import { startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { linkTo } from "../hosts/support/links.ts";
import { keptLog } from "./log-support.ts";
import { pointsOf, spansOf, startReceiver } from "./otlp-receiver.ts";
import { startApp } from "./support.ts";

let unruly: Unruly;
beforeAll(async () => {
  unruly = await startUnruly();
});
afterAll(() => unruly.close());

const question = "What nobody else may read?";

/** An app over a link that fails and one that answers, and a collector that it may know of. */
async function start(config: Config = {}, env: Record<string, string> = {}) {
  const kept = keptLog();
  const { app, close } = startApp(
    {
      fallback_chain: [
        linkTo(unruly.url, "primary", "openai", "status-503"),
        { ...linkTo(unruly.url, "second", "anthropic", "any"), price: { input: 1, output: 2 } },
      ],
      health: { probes: false },
      cache: { enabled: false },
      ...config,
    },
    { env: { HOLDFAST_TOKEN: "token", ...env }, log: kept.log },
  );
  const url = await app.gateway.start(0);
  const ask = async (headers: Record<string, string> = {}) => {
    const reply = await fetch(`${url}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer token", "content-type": "application/json", ...headers },
      body: JSON.stringify({ temperature: 0.5, messages: [{ role: "user", content: question }] }),
    });
    return (await reply.json()) as { holdfast: { request_id: string } };
  };
  return { ...kept, ask, close };
}

describe("telemetry", () => {
  it("sends a span for a request and one below it for each attempt, in the words of the conventions", async () => {
    const { url, posted } = await startReceiver();
    const { ask, close } = await start({ telemetry: { otlp: url, service_name: "desk" } });
    const { holdfast } = await ask();
    await close();
    const [request, failed, answered, ...more] = posted
      .filter(({ path }) => path === "/v1/traces")
      .flatMap(({ body }) => spansOf(body))
      .sort((a, b) => a.parentId.length - b.parentId.length);
    expect(more).toEqual([]);
    expect(request).toMatchObject({
      name: "holdfast request",
      parentId: "",
      kind: 2,
      status: 0,
      resource: { "service.name": "desk", "service.version": "0.0.0" },
      attributes: {
        "holdfast.request.id": holdfast.request_id,
        "holdfast.requested_tier": "cloud",
        "holdfast.tier": "backup",
        "holdfast.link": "second",
        "holdfast.attempts": 2,
        "gen_ai.provider.name": "anthropic",
        "gen_ai.response.model": "any",
        "gen_ai.response.finish_reasons": ["stop"],
      },
    });
    const below = { traceId: request?.traceId, parentId: request?.spanId, kind: 3 };
    expect(failed).toMatchObject({
      ...below,
      name: "chat status-503",
      status: 2,
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "status-503",
        "error.type": "overloaded",
        "http.response.status_code": 503,
      },
    });
    expect(answered).toMatchObject({
      ...below,
      name: "chat any",
      status: 0,
      attributes: {
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "any",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.response.model": "any",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": expect.any(Number),
        "gen_ai.usage.output_tokens": expect.any(Number),
      },
    });
    expect(answered?.durationMs).toBeLessThanOrEqual((request?.durationMs ?? 0) + 2);
  });

  it("sends the conventions' metrics, and Holdfast's own", async () => {
    const { url, posted } = await startReceiver();
    const { ask, close } = await start({}, { OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/` });
    await ask();
    await close();
    const points = posted.filter(({ path }) => path === "/v1/metrics").flatMap(({ body }) => pointsOf(body));
    const of = (metric: string) => points.filter((point) => point.metric === metric);
    const labels = {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "any",
      "holdfast.link": "second",
    };
    expect(of("gen_ai.client.operation.duration")).toEqual([
      expect.objectContaining({
        unit: "s",
        count: 1,
        attributes: expect.objectContaining({ "error.type": "overloaded", "holdfast.link": "primary" }),
      }),
      expect.objectContaining({ unit: "s", count: 1, attributes: expect.objectContaining(labels) }),
    ]);
    expect(of("gen_ai.client.token.usage")).toEqual(
      ["input", "output"].map((type) =>
        expect.objectContaining({
          unit: "{token}",
          count: 1,
          attributes: expect.objectContaining({ ...labels, "gen_ai.token.type": type }),
        }),
      ),
    );
    expect(of("gen_ai.client.operation.time_to_first_chunk")).toHaveLength(1);
    expect(of("holdfast.requests")).toEqual([
      expect.objectContaining({
        sum: 1,
        attributes: {
          "holdfast.requested_tier": "cloud",
          "holdfast.tier": "backup",
          "holdfast.purpose": "answer",
        },
      }),
    ]);
    expect(of("holdfast.cost")[0]?.sum).toBeGreaterThan(0);
  });

  it("takes its place in the caller's trace, and the log names that trace", async () => {
    const { url, posted } = await startReceiver();
    const { ask, close, of } = await start({ telemetry: { otlp: url } });
    const caller = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };
    await ask({ traceparent: `00-${caller.traceId}-${caller.spanId}-01` });
    await ask({ traceparent: `00-${caller.traceId}-${caller.spanId}-00` });
    await close();
    const spans = posted.filter(({ path }) => path === "/v1/traces").flatMap(({ body }) => spansOf(body));
    expect(spans).toHaveLength(3);
    for (const { traceId } of spans) expect(traceId).toBe(caller.traceId);
    const request = spans.find(({ parentId }) => parentId === caller.spanId);
    const [line] = of("request");
    expect(line).toMatchObject({ trace_id: caller.traceId, span_id: request?.spanId });
    expect(of("attempt_failed")[0]).toMatchObject({ trace_id: caller.traceId });
  });

  it("sends headers from the environment, tries again what may pass, and never what was said", async () => {
    const { url, posted } = await startReceiver([503]);
    const { ask, close } = await start(
      { telemetry: { otlp: url, interval: "1s" } },
      { OTEL_EXPORTER_OTLP_HEADERS: "x-team=field%20one,authorization=Bearer abc" },
    );
    await ask();
    await expect.poll(() => posted.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
    await close();
    expect(posted[0]?.headers).toMatchObject({ "x-team": "field one", authorization: "Bearer abc" });
    expect(posted[1]?.body.equals(posted[0]?.body ?? Buffer.alloc(0))).toBe(true);
    for (const { body } of posted) {
      expect(body.includes(question)).toBe(false);
      expect(body.includes("All is well")).toBe(false);
    }
  });

  it("goes on answering when the collector is away, says so once in the log, and ends without waiting for it", async () => {
    const { ask, close, of } = await start({ telemetry: { otlp: "http://127.0.0.1:9", interval: "1s" } });
    await ask();
    await ask();
    await close();
    expect(of("warning").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Telemetry does not get through to http:\/\/127\.0\.0\.1:9\/v1\//),
      expect.stringMatching(/^Telemetry does not get through to http:\/\/127\.0\.0\.1:9\/v1\//),
    ]);
  });
});

it("goes to no other address than the one that was named, for its headers hold the collector's key", async () => {
  const elsewhere = await startReceiver();
  const { url } = await startReceiver([307, 307, 307, 307, 307, 307], { location: elsewhere.url });
  const { ask, close, of } = await start({ telemetry: { otlp: url, interval: "1s" } });
  await ask();
  await close();
  expect(elsewhere.posted).toEqual([]);
  expect(of("warning")[0]).toMatchObject({ text: expect.stringContaining("redirect") });
});

describe("telemetry that can't begin", () => {
  it("is told of in the log, and costs no answer", async () => {
    const { ask, close, of } = await start({ telemetry: { otlp: "http://127.0.0.1:9", interval: "0s" } });
    expect((await ask()).holdfast.request_id).not.toBe("");
    await close();
    expect(of("warning").map(({ text }) => text)).toEqual([
      expect.stringMatching(/^Telemetry can't be sent: /),
    ]);
  });
});

describe("a place in a trace", () => {
  it.each([
    "",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
  ])("is none by the header %j", (header) => {
    expect(traceOf(header)).toBeNull();
  });

  it("is taken from a header of a later version, as far as it is understood", () => {
    expect(traceOf("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-more")).toMatchObject({
      parentId: "00f067aa0ba902b7",
      sampled: true,
    });
  });

  it("begins a trace with ids of its own", () => {
    const { traceId, spanId, parentId } = newTrace();
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(parentId).toBeNull();
  });
});
