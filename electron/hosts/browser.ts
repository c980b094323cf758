import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { RPCHandler } from "@orpc/server/ws";
import open from "open";
import { createNodeApp } from "./node-app.ts";
import { createPageServer } from "./page-server.ts";
import { PageSession } from "./page-session.ts";
import { personError } from "./person-error.ts";
import { untilStopped } from "./until-stopped.ts";

/** The page's usual port, so that an open page finds its way back after a restart; another one when it is taken. */
const usualPort = 4140;

/** The same app and page as the desktop's, served to a browser on loopback. */
async function main(): Promise<void> {
  const node = await createNodeApp({
    hostUrl: import.meta.url,
    config: configOption(),
    logFile: "browser",
  });
  const { app, paths, dataDir } = node;
  app.startOutbox();
  void app.gateway.follow();
  app.startCache();
  app.models.downloads.resumeInterrupted();
  const session = new PageSession(dataDir);
  const handler = new RPCHandler(app.router);
  const server = createPageServer({
    renderer: paths.renderer,
    session,
    connect: (socket) => void handler.upgrade(socket),
    receiveModel: (upload) => app.models.receive(upload),
  });
  const port = await listen(server, Number(process.env.HOLDFAST_PAGE_PORT ?? usualPort));
  const url = `http://127.0.0.1:${port}/?token=${session.token}`;
  console.log(`Holdfast is ready: ${url}`);
  app.log.info({ event: "started", port, config_file: app.settings.file }, "Serving the page.");
  if (process.stdout.isTTY && process.env.HOLDFAST_OPEN !== "0") await open(url).catch(() => {});

  await untilStopped();
  server.close();
  server.closeAllConnections();
  await node[Symbol.asyncDispose]();
}

/** What `--config` names, or null. */
function configOption(): string | null {
  const { values } = parseArgs({ options: { config: { type: "string", short: "c" } }, strict: false });
  return typeof values.config === "string" ? values.config : null;
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || port === 0) throw error;
    return listen(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

main().then(
  () => process.exit(0),
  (error) => {
    const { text, code } = personError(error);
    console.error(text);
    process.exit(code);
  },
);
