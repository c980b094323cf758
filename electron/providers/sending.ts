import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/** Who wants to know when the request that is made in this context leaves the machine. */
const listeners = new AsyncLocalStorage<() => void>();
const waiting = new WeakMap<object, () => void>();

interface Message {
  request: { method: string };
}

let listening = false;

/** Both channels are Node's own `fetch` speaking: undici publishes there without being asked. */
function listen(): void {
  if (listening) return;
  listening = true;
  subscribe("undici:request:create", (message) => {
    const { request } = message as Message;
    const listener = listeners.getStore();
    // A CONNECT only reaches the proxy.
    if (listener !== undefined && request.method !== "CONNECT") waiting.set(request, listener);
  });
  subscribe("undici:client:sendHeaders", (message) => waiting.get((message as Message).request)?.());
}

/**
 * Runs `send` and calls `sent` when the request that it makes is written to a live connection: behind DNS, TCP and TLS, before any answer.
 * `fetch` itself tells of nothing before the response head, which a busy server may hold back until its first token. A
 * `fetch` that is not Node's calls nothing.
 */
export function whenSent<Result>(sent: () => void, send: () => Promise<Result>): Promise<Result> {
  listen();
  return listeners.run(sent, send);
}
