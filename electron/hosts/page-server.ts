import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";
import type { AddedModel } from "../contract/index.ts";
import type { Upload } from "../models/index.ts";
import { pageHeaders } from "./page-headers.ts";
import type { PageSession } from "./page-session.ts";

export interface PageServerOptions {
  /** The built page: the folder of `index.html`. */
  renderer: string;
  session: PageSession;
  /** Speaks oRPC with a page over its socket. */
  connect(socket: WebSocket): void;
  /** Takes a model file that the person gives in the page. Throws an Error with words for the person. */
  receiveModel(upload: Upload): Promise<AddedModel>;
}

const headers = pageHeaders("'self'");

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Serves the page and its WebSocket on loopback, to one person: a one-time token in the address becomes a cookie, and nothing
 * is served without it. `Host` and `Origin` are checked, so that neither another name for this address nor a page from
 * elsewhere gets in.
 */
export function createPageServer({ renderer, session, connect, receiveModel }: PageServerOptions): Server {
  const site = new Hono();
  site.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
  });
  site.use(async (c, next) => {
    if (!loopbackHost.test(c.req.header("host") ?? "")) return c.text("Open Holdfast as 127.0.0.1.", 403);
    return next();
  });
  site.get("/", async (c, next) => {
    const token = c.req.query("token");
    if (token === undefined) return next();
    const cookie = session.redeem(token, c.req.header("cookie"));
    if (cookie === null) return c.text(linkIsUsed, 403);
    c.header("Set-Cookie", cookie);
    return c.redirect("/", 302);
  });
  site.use(async (c, next) => (session.admits(c.req.header("cookie")) ? next() : c.text(linkIsUsed, 403)));
  site.post("/models", async (c) => {
    if (c.req.header("origin") !== `http://${c.req.header("host")}`)
      return c.text("Not from this page.", 403);
    const sizeBytes = Number(c.req.header("content-length"));
    const body = c.req.raw.body;
    if (!Number.isSafeInteger(sizeBytes) || body === null) return c.text("The file has no length.", 411);
    try {
      return c.json(await receiveModel({ fileName: c.req.query("name") ?? "", sizeBytes, body }));
    } catch (error) {
      return c.text(error instanceof Error ? error.message : String(error), 400);
    }
  });
  site.use(serveStatic({ root: renderer }));

  const server = createServer(getRequestListener(site.fetch));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 32 * 1024 * 1024 });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node takes its own listener off an upgraded socket: without one, a client that resets it would end the program.
    socket.on("error", () => socket.destroy());
    if (mayConnect(request, session)) sockets.handleUpgrade(request, socket, head, connect);
    else socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
  });
  server.on("close", () => sockets.close());
  return server;
}

function mayConnect({ url, headers }: IncomingMessage, session: PageSession): boolean {
  const { host = "", origin = "", cookie } = headers;
  return url === "/rpc" && loopbackHost.test(host) && origin === `http://${host}` && session.admits(cookie);
}

const linkIsUsed =
  "Holdfast is running, but this browser has not been let in. Open the link that it printed when it started; " +
  "each link works once. If you have lost it, stop Holdfast and start it again.\n";
