import { once } from "node:events";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { WebSocket } from "ws";
import type { Api } from "../../../electron/contract/index.ts";
import type { Host } from "./host.ts";

export interface ApiClient extends Disposable {
  api: ContractRouterClient<Api>;
}

/** The page's own way to the app, taken by a test: to prepare settings, and to read what is stored. */
export async function connect(host: Host): Promise<ApiClient> {
  const headers = { cookie: await host.cookie() };
  const socket = new WebSocket(`${host.origin.replace("http", "ws")}/rpc`, { headers, origin: host.origin });
  socket.binaryType = "arraybuffer";
  const api = createORPCClient<ContractRouterClient<Api>>(new RPCLink({ websocket: socket as never }));
  await once(socket, "open");
  return { api, [Symbol.dispose]: () => socket.terminate() };
}
