import { once } from "node:events";
import type { App } from "../../app/index.ts";
import { exitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface ServeOptions {
  port?: number;
}

/** `holdfast serve`: the gateway on loopback until the person stops it. Gives the exit code. */
export async function serve({ port }: ServeOptions, app: App, terminal: Terminal): Promise<number> {
  const { gateway, settings } = app;
  let url: string;
  app.startCache();
  app.joinTeam();
  try {
    url = await gateway.start(port);
  } catch (error) {
    terminal.err.write(`${(error as Error).message}\n`);
    return exitCode.failed;
  }
  terminal.err.write(`Holdfast listens on ${url}\n`);
  app.log.info({ event: "started", url, config_file: settings.file }, `Serving at ${url}.`);
  const { token_source } = await gateway.info();
  if (token_source === "session") {
    const name = settings.config.gateway?.token_env ?? "HOLDFAST_TOKEN";
    const token = await gateway.token();
    terminal.err.write(`${name} is not set, so this token holds until the next start: ${token}\n`);
  }
  if (token_source === "stored") terminal.err.write("The token is the one in the app's settings.\n");
  if (!terminal.signal.aborted) await once(terminal.signal, "abort");
  await gateway.stop();
  app.log.info({ event: "stopped" }, "Stopped as asked.");
  return exitCode.answered;
}
