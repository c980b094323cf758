import { createORPCClient } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import type { Api } from "../../electron/contract/index.ts";

/** The main process, as the page calls it. */
export type Client = ContractRouterClient<Api>;

/** One open way to the main process. */
export interface Transport {
  client: Client;
  /** Resolves once, when the way is closed from either side. */
  closed: Promise<void>;
}

/** Opens a way to the main process; rejects when there is none now, or when `signal` aborts. */
export type OpenTransport = (signal: AbortSignal) => Promise<Transport>;

declare global {
  interface Window {
    /** Set by the preload script; absent in a browser. */
    holdfast?: { desktop: boolean; pathOf?(file: File): string };
  }
}

/** The two messages of the port's hand-over between the page and the preload script. */
const handOver = { ready: "holdfast:ready", port: "holdfast:port" } as const;

/** A WebSocket to `/rpc` of the page's own origin; the host's session cookie goes with it. */
export const openSocket: OpenTransport = (signal) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(new URL("/rpc", location.href.replace(/^http/, "ws")));
    socket.binaryType = "arraybuffer";
    const closed = new Promise<void>((done) =>
      socket.addEventListener("close", () => done(), { once: true }),
    );
    const client = createORPCClient<Client>(new SocketLink({ websocket: socket }));
    const giveUp = () => socket.close();
    signal.addEventListener("abort", giveUp, { once: true });
    socket.addEventListener("open", () => resolve({ client, closed }), { once: true });
    void closed.then(() => {
      signal.removeEventListener("abort", giveUp);
      reject(new Error("The address of Holdfast did not answer."));
    });
  });

/** A MessagePort that the preload script hands over after it was asked. */
export const openPort: OpenTransport = (signal) =>
  new Promise((resolve, reject) => {
    const stop = new AbortController();
    signal.addEventListener(
      "abort",
      () => {
        stop.abort();
        reject(new Error("The desktop did not hand over its port."));
      },
      { once: true, signal: stop.signal },
    );
    window.addEventListener(
      "message",
      (event) => {
        const [port] = event.ports;
        if (event.source !== window || event.data !== handOver.port || port === undefined) return;
        stop.abort();
        const closed = new Promise<void>((done) =>
          port.addEventListener("close", () => done(), { once: true }),
        );
        const client = createORPCClient<Client>(new PortLink({ port }));
        port.start();
        resolve({ client, closed });
      },
      { signal: stop.signal },
    );
    window.postMessage(handOver.ready, "*");
  });

/** The way that fits where the page runs. */
export const openHere: OpenTransport = (signal) =>
  window.holdfast?.desktop === true ? openPort(signal) : openSocket(signal);
