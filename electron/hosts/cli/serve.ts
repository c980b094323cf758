import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { App } from "../../app/index.ts";
import { createGateway, type Listening, listen } from "../../gateway/index.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

const defaultPort = 4141;
const defaultMaxBody = 10 * 1024 * 1024;
/** How long running streams may go on after a stop was asked for, milliseconds. */
const graceMs = 10_000;

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
    embed: null,
    status: () => app.status.now,
    level: app.level,
    links: () => app.settings.links,
    setLevel: (level) => app.settings.setCeiling(level),
    now: Date.now,
    token: () => token,
    maxBody: max_body,
    maxRequests: 256,
    version: app.status.now.version,
    onError: (error) => terminal.err.write(`${error instanceof Error ? error.stack : error}\n`),
  });
  let listening: Listening;
  try {
    listening = await listen(gateway, {
      port: port ?? configured ?? defaultPort,
      maxConnections: 1_024,
      requestMs: 60_000,
      graceMs,
    });
  } catch (error) {
    terminal.err.write(`${(error as Error).message}\n`);
    return exitCode.failed;
  }
  terminal.err.write(`Holdfast listens on ${listening.url}\n`);
  if (!given)
    terminal.err.write(`${token_env} is not set, so this token holds until the next start: ${token}\n`);
  if (!terminal.signal.aborted) await once(terminal.signal, "abort");
  await listening.close();
  return exitCode.answered;
}
