import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ProviderFailure } from "../../electron/chain/index.ts";
import { createProviders } from "../../electron/providers/index.ts";
import { answer, broken, hang, startUnruly, type Unruly } from "../fixtures/unruly/index.ts";
import { hello, linkTo, options } from "./harness.ts";

const providers = createProviders(options);

/** The goal is 100 ms; more is allowed to a busy machine. A stop that does not get through never ends the request. */
const limitMs = 3_000;

async function calledBy(server: Unruly, count: number) {
  while (server.calls.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
  return server.calls[count - 1] as Unruly["calls"][number];
}

describe.each([
  ["openai", "/v1"],
  ["anthropic", ""],
  ["ollama", ""],
] as const)("%s", (name, path) => {
  const provider = providers[name];
  let server: Unruly;
  beforeAll(async () => {
    server = await startUnruly();
    // The SDKs are loaded with the first request, which must not count.
    for await (const _ of provider.stream(hello, linkTo(server.url + path), new AbortController().signal));
  });
  afterAll(() => server.close());

  test("a stop before any header reaches the server's socket, and is cancelled", async () => {
    server.script(hang());
    const stop = new AbortController();
    const count = server.calls.length + 1;
    const events = provider.stream(hello, linkTo(server.url + path), stop.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: "connected" });
    const waiting = events.next();
    const call = await calledBy(server, count);
    const at = performance.now();
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: "ProviderFailure", kind: "cancelled" });
    expect((await call.aborted) - at).toBeLessThan(limitMs);
  });

  test("a stop in the middle of an answer reaches the server's socket, and is cancelled", async () => {
    server.script(broken("stall"));
    const stop = new AbortController();
    const count = server.calls.length + 1;
    const seen: string[] = [];
    let at = 0;
    const run = async () => {
      for await (const event of provider.stream(hello, linkTo(server.url + path), stop.signal)) {
        seen.push(event.type);
        if (seen.length < 4) continue;
        setImmediate(() => {
          at = performance.now();
          stop.abort();
        });
      }
    };
    await expect(run()).rejects.toMatchObject({ kind: "cancelled" });
    expect(seen).toEqual(["connected", "head", "delta", "delta"]);
    const call = await calledBy(server, count);
    expect((await call.aborted) - at).toBeLessThan(limitMs);
  });

  test("leaving the loop reaches the server's socket", async () => {
    server.script(answer({ pieces: 12, delayMs: 200 }));
    const count = server.calls.length + 1;
    for await (const event of provider.stream(
      hello,
      linkTo(server.url + path),
      new AbortController().signal,
    )) {
      if (event.type === "delta") break;
    }
    const at = performance.now();
    const call = await calledBy(server, count);
    expect((await call.aborted) - at).toBeLessThan(limitMs);
  });

  test("returning the iterator while it waits reaches the server's socket", async () => {
    server.script(hang());
    const count = server.calls.length + 1;
    const events = provider.stream(hello, linkTo(server.url + path), new AbortController().signal);
    const iterator = events[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = iterator.next().catch((error: unknown) => error);
    const call = await calledBy(server, count);
    const at = performance.now();
    await iterator.return?.();
    expect((await call.aborted) - at).toBeLessThan(limitMs);
    expect(await waiting).toBeInstanceOf(ProviderFailure);
  });

  test("a request that was stopped before it began is never sent", async () => {
    const count = server.calls.length;
    const events = provider
      .stream(hello, linkTo(server.url + path), AbortSignal.abort())
      [Symbol.asyncIterator]();
    await expect(events.next()).rejects.toMatchObject({ kind: "cancelled" });
    expect(server.calls.length).toBe(count);
  });
});

test("a stop while the key is still being fetched is cancelled at once", async () => {
  const locked = createProviders({ ...options, apiKey: () => new Promise(() => {}) });
  const stop = new AbortController();
  const events = locked.openai
    .stream(hello, linkTo("http://127.0.0.1:1/v1"), stop.signal)
    [Symbol.asyncIterator]();
  const waiting = events.next();
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ kind: "cancelled" });
});
