import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { type Clock, systemClock } from "../../electron/chain/index.ts";
import { createProviders } from "../../electron/providers/index.ts";
import { attempt, linkTo, options, textOf } from "./harness.ts";

const chunk = (content: string, finish: string | null) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: finish }] })}\n\n`;
const body = `${chunk("Whole.", "stop")}data: [DONE]\n\n`;
const answer = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** What a server does with a request: `connection` and `request` count from 0, the latter within the connection. */
type Play = (socket: Socket, at: { connection: number; request: number }) => void;

let server: Server | null = null;
afterEach(() => server?.close());

/** A server of plain sockets; gives its address, and how many requests came over each connection. */
async function serve(play: Play): Promise<{ url: string; requests: number[] }> {
  const requests: number[] = [];
  server = createServer((socket) => {
    const connection = requests.push(0) - 1;
    let received = "";
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      received += data;
      if (!received.includes('"messages"') || !received.trimEnd().endsWith("}")) return;
      received = "";
      const request = requests[connection] as number;
      requests[connection] = request + 1;
      play(socket, { connection, request });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests };
}

let skewMs = 0;
const clock: Clock = { ...systemClock, monotonic: () => systemClock.monotonic() + skewMs };
/** Makes as if so much time had passed. */
const pass = (ms: number) => {
  skewMs += ms;
};
const ask = (url: string) => attempt(createProviders({ ...options, clock }).openai, linkTo(url));

test.each([
  ["closes", (socket: Socket) => void socket.end()],
  ["resets", (socket: Socket) => void socket.resetAndDestroy()],
])("a kept connection that the server %s without a byte is made up for by a new one", async (_, part) => {
  const { url, requests } = await serve((socket, { request }) => {
    if (request === 0) socket.write(answer);
    else part(socket);
  });
  await ask(url);
  await sleep(20); // the end of the response frees its connection
  pass(1_000);
  const { events, failure } = await ask(url);
  expect(failure).toBeNull();
  expect(textOf(events)).toBe("Whole.");
  expect(events.filter(({ type }) => type === "connected")).toHaveLength(1);
  expect(requests).toEqual([2, 1]);
});

test("a new connection that is reset is a failure, and nothing is sent twice", async () => {
  const { url, requests } = await serve((socket) => socket.resetAndDestroy());
  expect((await ask(url)).failure).toMatchObject({ kind: "network" });
  expect(requests).toEqual([1]);
});

test("a kept connection that breaks behind the first byte is a failure, and nothing is sent twice", async () => {
  const { url, requests } = await serve((socket, { request }) => {
    if (request === 0) socket.write(answer);
    else socket.write("HTTP/1.1 2", () => setTimeout(() => socket.resetAndDestroy(), 20));
  });
  await ask(url);
  await sleep(20); // the end of the response frees its connection
  pass(1_000);
  expect((await ask(url)).failure).toMatchObject({ kind: "network" });
  expect(requests).toEqual([2]);
});

test("a connection that was in use a moment ago and is reset is a failure, and nothing is sent twice", async () => {
  const { url, requests } = await serve((socket, { request }) => {
    if (request === 0) socket.write(answer);
    else socket.resetAndDestroy();
  });
  await ask(url);
  await sleep(20); // the end of the response frees its connection
  expect((await ask(url)).failure).toMatchObject({ kind: "network" });
  expect(requests).toEqual([2]);
});
