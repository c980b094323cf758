import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { type ListenOptions, listen } from "../../electron/gateway/index.ts";
import type { Step } from "../fixtures/scripted-provider.ts";
import { first, messages, setUp } from "./set-up.ts";

const connected: Step = { type: "connected" };
const delta = (said: string): Step => ({ type: "delta", text: said });

/** The gateway on a socket, over one scripted link. */
async function serving(scripts: Step[][], over: Partial<ListenOptions> = {}, maxRequests = 8) {
  const { gateway, provider } = setUp({ first: scripts }, [first], undefined, undefined, { maxRequests });
  const options = { port: 0, maxConnections: 64, requestMs: 30_000, graceMs: 5_000, ...over };
  const listening = await listen(gateway, options);
  onTestFinished(() => listening.close());
  const ask = (stream: boolean, signal?: AbortSignal) =>
    fetch(`${listening.url}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer secret" },
      body: JSON.stringify({ messages, stream }),
      ...(signal && { signal }),
    });
  return { listening, provider, ask, port: Number(new URL(listening.url).port) };
}

it("refuses more requests at once than it takes with 429, and takes more when one has ended", async () => {
  const { ask, provider } = await serving(
    [["hang"], [connected, delta("Yes."), { type: "finish", reason: "stop", model: null, usage: null }]],
    {},
    1,
  );
  const client = new AbortController();
  const held = ask(false, client.signal).catch(() => null);
  await expect.poll(() => provider.calls.length).toBe(1);
  const refused = await ask(false);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  client.abort();
  await held;
  await expect.poll(async () => (await ask(false)).status).toBe(200);
});

it("answers a request that does not come whole in time with 408", async () => {
  const { port } = await serving([], { requestMs: 100 });
  const socket = connect(port, "127.0.0.1");
  socket.write(
    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer secret\r\nContent-Length: 100\r\n\r\n{",
  );
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 .*took too long/s);
});

it("lets a running stream end when it is closed, and cuts one that outlasts the grace", async () => {
  const { ask, listening } = await serving([[connected, delta("On"), "hang"]], { graceMs: 50 });
  const response = await ask(true);
  const end = response.text();
  await Promise.all([listening.close(), expect(end).rejects.toThrow()]);
});

it("asks for no more of an answer than a slow reader takes", async () => {
  let given = 0;
  const many = Array.from({ length: 4_000 }, (): Step => delta("x".repeat(4_096)));
  const { port, provider } = await serving([[connected, ...many]]);
  const count = provider.stream.bind(provider);
  provider.stream = async function* (...args) {
    for await (const event of count(...args)) {
      given++;
      yield event;
    }
  };
  const socket = connect({ port, host: "127.0.0.1" });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const body = JSON.stringify({ messages, stream: true });
  socket.pause();
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer secret\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  let before = -1;
  await expect
    .poll(
      () => {
        const isSettled = given > 0 && given === before;
        before = given;
        return isSettled;
      },
      { interval: 200, timeout: 20_000 },
    )
    .toBe(true);
  expect(given).toBeLessThan(many.length);
});
