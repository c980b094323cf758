import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** A request that is on its way. */
export interface Flight {
  /** Its connection, which stands for itself alone. */
  connection: object;
  /** Whether its connection had carried another request before. */
  isReused: boolean;
  /** Whether anything has come back over its connection since. */
  heard(): boolean;
}

type Listener = (flight: Flight) => void;

/** Who wants to know when the request that is made in this context leaves the machine. */
const listeners = new AsyncLocalStorage<Listener>();
const waiting = new WeakMap<object, Listener>();
/** The connections that have carried a request. */
const used = new WeakSet<Socket>();

interface Created {
  request: { method: string };
}

interface Sent extends Created {
  socket: Socket;
}

let listening = false;

/** Both channels are Node's own `fetch` speaking: undici publishes there without being asked. */
function listen(): void {
  if (listening) return;
  listening = true;
  subscribe("undici:request:create", (message) => {
    const { request } = message as Created;
    const listener = listeners.getStore();
    // A CONNECT only reaches the proxy.
    if (listener !== undefined && request.method !== "CONNECT") waiting.set(request, listener);
  });
  subscribe("undici:client:sendHeaders", (message) => {
    const { request, socket } = message as Sent;
    const isReused = used.has(socket);
    used.add(socket);
    const before = socket.bytesRead;
    waiting.get(request)?.({ connection: socket, isReused, heard: () => socket.bytesRead > before });
  });
}

/**
 * Runs `send` and calls `sent` when the request that it makes is written to a live connection: behind DNS, TCP and TLS, before any answer.
 * `fetch` itself tells of nothing before the response head, which a busy server may hold back until its first token. A
 * `fetch` that is not Node's calls nothing. Where these are nested, all are told.
 */
export function whenSent<Result>(sent: Listener, send: () => Promise<Result>): Promise<Result> {
  listen();
  const outer = listeners.getStore();
  const both: Listener = (flight) => {
    outer?.(flight);
    sent(flight);
  };
  return listeners.run(both, send);
}
