import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A response as it was recorded. */
export interface Recording {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body: string | Uint8Array;
  /** Whether the server keeps the connection open behind the body and says no more. */
  lingers?: boolean;
}

/** A request as it arrived. */
export interface PlayedCall {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Two calls with the same one shared a connection. */
  clientPort: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every family's format
  body: any;
  /** Resolves when the connection of the response is closed, or the response is over. */
  closed: Promise<void>;
}

/** A server that plays recordings, whatever the path, and remembers what it was asked. */
export interface Player extends AsyncDisposable {
  /** `http://127.0.0.1:port` */
  url: string;
  calls: PlayedCall[];
  /** What every request gets from now on. */
  play(recording: Recording): void;
  close(): Promise<void>;
}

export async function startPlayer(): Promise<Player> {
  const calls: PlayedCall[] = [];
  let recording: Recording = { status: 500, body: "nothing was put on" };
  const server = createServer(async (request, response) => {
    const closed = Promise.withResolvers<void>();
    response.on("close", closed.resolve);
    const { method = "", url: path = "", headers } = request;
    const body = JSON.parse((await text(request)) || "null");
    const clientPort = request.socket.remotePort;
    calls.push({ method, path, headers, clientPort, body, closed: closed.promise });
    const { status = 200, headers: sent = {}, body: played, lingers = false } = recording;
    response.writeHead(status, sent);
    response.write(played);
    if (!lingers) response.end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    play(next) {
      recording = next;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Server-sent events of these data, word for word as OpenAI sends them: `[DONE]` at the end. */
export function dataEvents(...data: readonly unknown[]): Recording {
  const events = [...data.map((chunk) => JSON.stringify(chunk)), "[DONE]"];
  return {
    headers: { "content-type": "text/event-stream" },
    body: events.map((event) => `data: ${event}\n\n`).join(""),
  };
}

/** Server-sent events that are named by the `type` of their data, as Anthropic's. */
export function namedEvents(...data: readonly ({ type: string } & Record<string, unknown>)[]): Recording {
  return {
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    body: data.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
  };
}

/** Lines of JSON, as Ollama's. */
export function jsonLines(...lines: readonly unknown[]): Recording {
  return {
    headers: { "content-type": "application/x-ndjson" },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  };
}
