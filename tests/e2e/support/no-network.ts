// Loaded before a program (`node --import`): no connection leaves this machine, as when the network is gone.
import { Socket } from "node:net";

const connect = Socket.prototype.connect;
const isLoopback = (host: string | undefined) =>
  host === undefined || /^(localhost|127\.|::1$|\[::1\]$)/.test(host);

Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  // Node hands on an array that it has already put in order, or the caller's own arguments.
  const [options] = (Array.isArray(args[0]) ? args[0] : args) as [{ host?: string; path?: string }];
  if (options.path === undefined && !isLoopback(options.host)) {
    process.stderr.write(`REFUSED a connection to ${options.host}\n`);
    const error = Object.assign(new Error(`connect ENETUNREACH ${options.host}`), { code: "ENETUNREACH" });
    process.nextTick(() => this.destroy(error));
    return this;
  }
  return connect.apply(this, args as Parameters<typeof connect>);
};
