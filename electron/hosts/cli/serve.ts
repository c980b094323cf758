import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { App } from "../../app/index.ts";
import { createGateway } from "../../gateway/index.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

const defaultPort = 4141;
const defaultMaxBody = 10 * 1024 * 1024;
/** How long running streams may go on after a stop was asked for, milliseconds. */
const graceMs = 10_000;
/** How often connections that have become idle are closed meanwhile, milliseconds. */
const sweepMs = 100;

export interface ServeOptions {
  port?: number;
}

/** `holdfast serve`: the gateway on loopback until the person stops it. Gives the exit code. */
export async function serve(
  { port }: ServeOptions,
  app: App,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<number> {
  const {
    port: configured,
    token_env = "HOLDFAST_TOKEN",
    max_body = defaultMaxBody,
  } = app.settings.config.gateway ?? {};
  const given = env[token_env]?.trim();
  const token = given || randomBytes(24).toString("base64url");
  const gateway = createGateway({
    run: app.run,
    status: () => app.status.now,
    now: Date.now,
    token,
    maxBody: max_body,
    onError: (error) => terminal.err.write(`${error instanceof Error ? error.stack : error}\n`),
  });
  const server = createServer(getRequestListener(gateway.fetch));
  const wanted = port ?? configured ?? defaultPort;
  try {
    server.listen(wanted, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    terminal.err.write(`${whyNotListening(error as NodeJS.ErrnoException, wanted)}\n`);
    return exitCode.failed;
  }
  const { port: actual } = server.address() as AddressInfo;
  terminal.err.write(`Holdfast listens on http://127.0.0.1:${actual}/v1\n`);
  if (!given)
    terminal.err.write(`${token_env} is not set, so this token holds until the next start: ${token}\n`);
  if (!terminal.signal.aborted) await once(terminal.signal, "abort");
  await close(server);
  return exitCode.answered;
}

function whyNotListening({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === "EADDRINUSE")
    return `Port ${port} is in use. Stop what uses it, or choose another with --port.`;
  if (code === "EACCES") return `Port ${port} needs special rights. Choose one above 1023 with --port.`;
  return `The gateway can't listen on port ${port}: ${message}.`;
}

/** Takes no more requests, lets running streams end, and cuts those that outlast the grace. */
async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // A client keeps its connection open behind the stream; without this the end would wait for that to time out.
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
