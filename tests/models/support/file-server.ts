import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FileServerOptions {
  /** Whether ranges are answered. */
  ranges?: boolean;
  etag?: string | null;
}

type Trouble = (request: IncomingMessage, response: ServerResponse, range: [number, number]) => boolean;

/** A server on loopback with one file, which misbehaves as the test says. */
export class FileServer implements AsyncDisposable {
  bytes: Buffer;
  etag: string | null;
  /** Ranges that were asked for, without the four bytes of the first look. */
  readonly asked: string[] = [];
  /** Gives true when it has dealt with the request. */
  trouble: Trouble = () => false;
  readonly #server: Server;
  readonly #ranges: boolean;

  static async start(bytes: Buffer, options: FileServerOptions = {}): Promise<FileServer> {
    const server = new FileServer(bytes, options);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  private constructor(bytes: Buffer, { ranges = true, etag = '"one"' }: FileServerOptions) {
    this.bytes = bytes;
    this.etag = etag;
    this.#ranges = ranges;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/model.gguf`;
  }

  get sha256(): string {
    return createHash("sha256").update(this.bytes).digest("hex");
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const whole = from === undefined || !this.#ranges;
    const first = whole ? 0 : Number(from);
    const last = Math.min(this.bytes.length - 1, whole ? this.bytes.length : Number(to));
    const isLook = request.headers.range === "bytes=0-3";
    if (!isLook) this.asked.push(request.headers.range ?? "all");
    if (this.trouble(request, response, [first, last])) return;
    const changed = request.headers["if-range"] !== undefined && request.headers["if-range"] !== this.etag;
    const body = whole || changed ? this.bytes : this.bytes.subarray(first, last + 1);
    response.writeHead(whole || changed ? 200 : 206, {
      "content-length": body.length,
      ...(this.etag !== null && { etag: this.etag }),
      ...(!whole && !changed && { "content-range": `bytes ${first}-${last}/${this.bytes.length}` }),
    });
    response.end(body);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Bytes that begin as a model does, each piece unlike the others. */
export function modelBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 4) {
    bytes.writeUInt32LE((Math.imul(at + seed, 2654435761) ^ (at >>> 7)) >>> 0, Math.min(at, length - 4));
  }
  bytes.write("GGUF", "latin1");
  return bytes;
}
