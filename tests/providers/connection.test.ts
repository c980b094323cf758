import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { describe, expect, test } from "vitest";
import { createProviders, openaiProvider } from "../../electron/providers/index.ts";
import { FakeClock } from "../fixtures/fake-clock.ts";
import { answer, startUnruly } from "../fixtures/unruly/index.ts";
import { attempt, hello, linkTo, options } from "./harness.ts";

const providers = createProviders(options);

describe.each([
  ["openai", "/v1"],
  ["anthropic", ""],
  ["ollama", ""],
] as const)("%s", (name, path) => {
  test("keeps connections alive from one request to the next", async () => {
    await using server = await startUnruly();
    for (let turn = 0; turn < 6; turn++) await attempt(providers[name], linkTo(server.url + path));
    const ports = new Set(server.calls.map(({ clientPort }) => clientPort));
    // Two, because a request may begin before the last one's connection is back in the pool.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test("tells of the connection before the server answers", async () => {
    await using server = await startUnruly();
    server.script({ do: "hang" });
    const stop = new AbortController();
    const events = providers[name]
      .stream(hello, linkTo(server.url + path), stop.signal)
      [Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: "connected" });
    stop.abort();
    await expect(events.next()).rejects.toMatchObject({ kind: "cancelled" });
  });

  test("tells of the connection with the response head where fetch is not Node's own", async () => {
    await using server = await startUnruly();
    server.script(answer());
    const response = await fetch(
      `${server.url}${path === "/v1" ? "/v1/chat/completions" : name === "ollama" ? "/api/chat" : "/v1/messages"}`,
      {
        method: "POST",
        body: JSON.stringify({ model: "m", stream: true, messages: [] }),
      },
    );
    const foreign = createProviders({ ...options, fetch: () => Promise.resolve(response) });
    const { events } = await attempt(foreign[name], linkTo(server.url + path));
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["connected", "head"]);
  });
});

test("requests at the same time are told apart", async () => {
  await using server = await startUnruly();
  server.script((call) => (call.body.model === "slow" ? { do: "hang" } : answer()));
  const stop = new AbortController();
  const slow = providers.openai.stream(hello, linkTo(`${server.url}/v1`, { model: "slow" }), stop.signal);
  const waiting = slow[Symbol.asyncIterator]();
  const first = waiting.next();
  const quick = await attempt(providers.openai, linkTo(`${server.url}/v1`, { id: "other", model: "quick" }));
  expect(quick.events.map(({ type }) => type)).toEqual([
    "connected",
    "head",
    "delta",
    "delta",
    "delta",
    "finish",
  ]);
  expect((await first).value).toEqual({ type: "connected" });
  stop.abort();
  await expect(waiting.next()).rejects.toMatchObject({ kind: "cancelled" });
});

test("an error body that never ends does not hold its status back for long", async () => {
  const server = createServer((_, response) => {
    response.writeHead(503, { "content-type": "application/json" });
    response.write('{"error":');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const clock = new FakeClock();
  const { port } = server.address() as AddressInfo;
  const outcome = attempt(openaiProvider({ ...options, clock }), linkTo(`http://127.0.0.1:${port}/v1`));
  while (clock.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  await clock.advance(2_000);
  expect((await outcome).failure).toMatchObject({ kind: "overloaded", status: 503 });
  server.closeAllConnections();
  server.close();
});

test("an answer in something that is not HTTP is told", async () => {
  const server = createTcpServer((socket) => {
    socket.once("data", () => socket.end("220 mail.example.com ESMTP\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { failure } = await attempt(providers.openai, linkTo(`http://127.0.0.1:${port}/v1`));
  expect(failure?.kind).toBe("malformed");
  server.close();
});
