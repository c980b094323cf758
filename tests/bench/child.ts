import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** A program of this folder in a process of its own, ended when disposed. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;

  constructor(file: string, args: readonly string[] = []) {
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: [] });
  }

  send(message: unknown): void {
    this.#process.send(message as object);
  }

  /** The next message that it sends; rejects when it ends before. */
  async message(): Promise<unknown> {
    const gone = new AbortController();
    try {
      return await Promise.race([
        once(this.#process, "message", gone).then(([message]) => message),
        once(this.#process, "exit", gone).then(([code]) => {
          throw new Error(`the child ended with ${code} before it said anything`);
        }),
      ]);
    } finally {
      gone.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}

/** Starts the server of tokens; `url` is what its clients take for a base URL. */
export async function startTokenServer(): Promise<{ url: string; child: Child }> {
  const child = new Child("token-server.ts");
  return { url: `http://127.0.0.1:${await child.message()}/v1`, child };
}

/** The base URL of a port on which nothing listens. */
export async function refusingUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}/v1`;
}
