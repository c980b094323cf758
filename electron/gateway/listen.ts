import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Gateway } from "./server.ts";

export interface ListenOptions {
  /** 0 takes a free one. */
  port: number;
  /** More connections than this are closed as they come. */
  maxConnections: number;
  /** Within this a request must have come whole, head and body, or it gets 408. Milliseconds. */
  requestMs: number;
  /** How long running streams may go on after a stop was asked for, milliseconds. */
  graceMs: number;
}

/** A gateway that takes requests, until it is closed. */
export interface Listening {
  /** `http://127.0.0.1:port/v1`. */
  url: string;
  /** Takes no more requests, lets running streams end, and cuts those that outlast the grace. */
  close(): Promise<void>;
}

/** How often connections that have become idle are closed while the gateway ends, milliseconds. */
const sweepMs = 100;

/** Listens on 127.0.0.1. Rejects with a text that says what holds the port and how to choose another. */
export async function listen(gateway: Gateway, options: ListenOptions): Promise<Listening> {
  const { port, requestMs } = options;
  const server = createServer(
    {
      requestTimeout: requestMs,
      headersTimeout: requestMs,
      connectionsCheckingInterval: Math.max(50, Math.min(1_000, requestMs / 4)),
    },
    getRequestListener(gateway.fetch),
  );
  server.maxConnections = options.maxConnections;
  server.on("clientError", answerClientError);
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (cause) {
    throw new Error(whyNot(cause as NodeJS.ErrnoException, port), { cause });
  }
  const { port: actual } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${actual}/v1`, close: () => close(server, options.graceMs) };
}

function whyNot({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === "EADDRINUSE")
    return `Port ${port} is in use. Stop what uses it, or choose another with --port.`;
  if (code === "EACCES") return `Port ${port} needs special rights. Choose one above 1023 with --port.`;
  return `The gateway can't listen on port ${port}: ${message}.`;
}

/** What is answered to a request that can't be read: one that is too slow, too long in its head, or no HTTP. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  const [status, words] =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? ["408 Request Timeout", "The request took too long to arrive."]
      : error.code === "HPE_HEADER_OVERFLOW"
        ? ["431 Request Header Fields Too Large", "The request's head is too large."]
        : ["400 Bad Request", "This is no HTTP request."];
  const isAnswered = "_httpMessage" in socket && isStarted(socket._httpMessage);
  if (error.code === "ECONNRESET" || !socket.writable || isAnswered) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({
    error: { message: words, type: "invalid_request_error", param: null, code: null },
  });
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.end(head + body);
}

/** Whether a response is on its way already, into which no other may be written. */
const isStarted = (response: unknown): boolean =>
  typeof response === "object" &&
  response !== null &&
  "headersSent" in response &&
  response.headersSent === true;

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // A client keeps its connection open behind the stream; without this the end would wait for that to time out.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
