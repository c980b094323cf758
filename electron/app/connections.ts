import type { Socket } from "node:net";
import type { buildConnector, Dispatcher } from "undici";

/** Longer than a person thinks about the next question; most servers close a connection that is idle for longer by themselves. */
const keepAliveMs = 240_000;

/**
 * The connections to the providers: a `fetch` that keeps them alive for minutes, where Node's own gives them up after four seconds, and
 * that can tell whether one is open. A proxy named by the environment is used where Node itself would use it.
 */
export class Connections implements AsyncDisposable {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #sockets = new Map<string, Set<Socket>>();
  #dispatcher: Promise<Dispatcher> | null = null;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    this.#dispatcher ??= this.#make();
    const dispatcher = await this.#dispatcher;
    return fetch(input, { ...init, dispatcher } as RequestInit);
  };

  /** Whether a connection is open to an address such as `https://api.example.com`. Behind a proxy that can't be told: false. */
  isOpen(origin: string): boolean {
    return (this.#sockets.get(origin)?.size ?? 0) > 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#dispatcher)?.destroy();
  }

  async #make(): Promise<Dispatcher> {
    const { Agent, buildConnector, EnvHttpProxyAgent } = await import("undici");
    const settings = { keepAliveTimeout: keepAliveMs, keepAliveMaxTimeout: 2 * keepAliveMs };
    if (this.#env.NODE_USE_ENV_PROXY === "1") return new EnvHttpProxyAgent(settings);
    return new Agent({ ...settings, connect: this.#watched(buildConnector({})) });
  }

  #watched(connect: buildConnector.connector): buildConnector.connector {
    return (options, done) =>
      connect(options, (...result) => {
        const [, socket] = result;
        if (socket) this.#note(`${options.protocol}//${options.host}`, socket);
        done(...result);
      });
  }

  #note(origin: string, socket: Socket): void {
    const sockets = this.#sockets.get(origin) ?? new Set();
    this.#sockets.set(origin, sockets);
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      if (sockets.size === 0) this.#sockets.delete(origin);
    });
  }
}
