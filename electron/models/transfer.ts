import { setTimeout as wait } from "node:timers/promises";
import { ModelError } from "./errors.ts";
import { getOk, reasonOf } from "./http.ts";
import { checkSpace, type PartFile, pieceBytes } from "./part-file.ts";

/** Where a file comes from, and what is known of it before the first request. */
export interface TransferSource {
  url: string;
  total: number | null;
  /** Of the version that `done` belongs to. */
  etag: string | null;
  /** What the whole will be compared with; null when there is nothing but its length. */
  sha256: string | null;
  token: string | null;
}

export interface TransferOptions {
  fetch: typeof fetch;
  /** Requests at a time. */
  connections: number;
  /** A connection that sends nothing for so long is given up, milliseconds. */
  idleMs: number;
  /** The first wait after a cut, milliseconds; each further one without progress is twice as long. */
  retryMs: number;
  /** Bytes free on the disk of the file. */
  freeBytes(): Promise<number>;
  folder: string;
  /** Told of what the first response says, before a byte is written. */
  onHead(head: { total: number | null; etag: string | null }): void;
}

/** Cuts in a row, without a single byte between them, after which a download fails. */
const patience = 5;
const longestWaitMs = 15_000;

/** What the server said of the file before anything is written. */
interface Head {
  total: number | null;
  etag: string | null;
  ranges: boolean;
}

/**
 * Fetches what a part file lacks, in pieces and several at a time where the server knows ranges; else in one go from the start.
 * Gives the file's size. Throws a ModelError, or the signal's reason; what was written stays for a next time.
 */
export async function transfer(
  part: PartFile,
  source: TransferSource,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<number> {
  const head = await persist(
    () => readHead(source, options, signal),
    () => 0,
    options,
    signal,
  );
  if (source.total !== null && head.total !== null && head.total !== source.total)
    throw new ModelError(
      "changed",
      `The file has ${head.total} bytes where ${source.total} were expected: it was replaced, or the mirror has another. Cancel this download, and add the model again.`,
    );
  const known = { total: head.total ?? source.total, etag: head.etag };
  // Without a sign of its version and without a checksum, nobody could say that the rest belongs to the beginning.
  const isSame = source.etag === head.etag && (head.etag !== null || source.sha256 !== null);
  if (part.received > 0 && !(head.ranges && isSame)) await part.restart();
  checkSpace((known.total ?? 0) - part.received, await options.freeBytes(), options.folder);
  options.onHead(known);
  if (head.ranges && known.total !== null)
    await inPieces(part, known.total, { ...source, etag: head.etag }, options, signal);
  else await inOneGo(part, known.total, source, options, signal);
  return known.total ?? part.received;
}

/** Asks for the first four bytes: they tell the size, whether ranges are known, and whether it is a model at all. */
async function readHead(
  source: TransferSource,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<Head> {
  const response = await request(source, options, { range: "bytes=0-3" }, signal);
  const etag = response.headers.get("etag");
  const strong = etag?.startsWith("W/") ? null : etag;
  const total = totalOf(response);
  const begins = await firstBytes(response, 4);
  if (begins.length >= 4 && begins.toString("latin1") !== "GGUF")
    throw new ModelError(
      "not_a_model",
      `${source.url} is not a GGUF model${begins.toString("latin1").trimStart().startsWith("<") ? ", but a web page" : ""}. Give the address of the file itself.`,
    );
  return { total, etag: strong, ranges: response.status === 206 };
}

async function inPieces(
  part: PartFile,
  total: number,
  source: TransferSource,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<void> {
  const sizeOf = (piece: number) => Math.min(pieceBytes, total - piece * pieceBytes);
  const count = Math.ceil(total / pieceBytes);
  const missing = Array.from({ length: count }, (_, piece) => piece).filter(
    (piece) => (part.done[piece] ?? 0) < sizeOf(piece),
  );
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const work = async () => {
    for (let piece = missing.shift(); piece !== undefined; piece = missing.shift()) {
      const own = piece;
      const doneOf = () => part.done[own] ?? 0;
      const fetchRest = async () => {
        while (doneOf() < sizeOf(own)) {
          const first = own * pieceBytes + doneOf();
          const range = `bytes=${first}-${own * pieceBytes + sizeOf(own) - 1}`;
          const headers = { range, ...(source.etag !== null && { "if-range": source.etag }) };
          const response = await request(source, options, headers, either);
          if (response.status !== 206 || totalOf(response) !== total || startOf(response) !== first) {
            await response.body?.cancel();
            throw new ModelError(
              "changed",
              `The file behind ${source.url} was replaced meanwhile. Resume to begin anew.`,
            );
          }
          await copy(response, sizeOf(own) - doneOf(), (bytes) => part.write(own, bytes), options, either);
        }
      };
      await persist(fetchRest, doneOf, options, either);
    }
  };
  const workers = Array.from({ length: Math.min(options.connections, missing.length) }, () =>
    work().catch((error) => {
      failed.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(workers);
  signal.throwIfAborted();
  const refused = results.find((result) => result.status === "rejected");
  if (refused) throw failed.signal.reason ?? refused.reason;
}

/** For servers without ranges: a cut means to begin anew, for nothing says where the next answer would start. */
async function inOneGo(
  part: PartFile,
  total: number | null,
  source: TransferSource,
  options: TransferOptions,
  signal: AbortSignal,
): Promise<void> {
  const fetchAll = async () => {
    await part.restart();
    const response = await request(source, options, {}, signal);
    let at = 0;
    const put = async (bytes: Uint8Array) => {
      for (let taken = 0; taken < bytes.length; ) {
        const piece = Math.floor(at / pieceBytes);
        const room = (piece + 1) * pieceBytes - at;
        const now = bytes.subarray(taken, taken + room);
        await part.write(piece, now);
        taken += now.length;
        at += now.length;
      }
    };
    await copy(response, total, put, options, signal);
  };
  await persist(fetchAll, () => 0, options, signal);
}

/** Tries again after a cut, while each try brings something or there is patience left. */
async function persist<T>(
  work: () => Promise<T>,
  progress: () => number,
  { retryMs }: TransferOptions,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 0, seen = progress(); ; ) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ModelError) || error.kind !== "network") throw error;
      failures = progress() > seen ? 1 : failures + 1;
      seen = progress();
      if (failures >= patience) throw error;
      await wait(Math.min(longestWaitMs, retryMs * 2 ** (failures - 1)), undefined, { signal }).catch(() =>
        signal.throwIfAborted(),
      );
    }
  }
}

async function request(
  { url, token }: TransferSource,
  { fetch, idleMs }: TransferOptions,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error("no answer came")), idleMs);
  try {
    const given = token === null ? {} : { authorization: `Bearer ${token}` };
    return await getOk(
      fetch,
      url,
      {
        headers: { "accept-encoding": "identity", ...given, ...headers },
        signal: AbortSignal.any([signal, late.signal]),
      },
      "the file",
    );
  } catch (error) {
    signal.throwIfAborted();
    if (late.signal.aborted)
      throw new ModelError(
        "network",
        `${new URL(url).host} did not answer within ${idleMs / 1000} s.`,
        error,
      );
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Hands a body on. Throws a ModelError `network` when it is shorter than `expected` or falls silent, `changed` when it is longer. */
async function copy(
  response: Response,
  expected: number | null,
  put: (bytes: Uint8Array) => Promise<void>,
  { idleMs }: TransferOptions,
  signal: AbortSignal,
): Promise<void> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let got = 0;
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), idleMs, signal);
      if (done) break;
      if (expected !== null && got + value.length > expected)
        throw new ModelError(
          "changed",
          "The server sent more than it had announced. Cancel the download, and try another address.",
        );
      await put(value);
      got += value.length;
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    signal.throwIfAborted();
    if (error instanceof ModelError) throw error;
    throw new ModelError("network", `The connection broke off: ${reasonOf(error)}.`, error);
  }
  if (expected !== null && got < expected)
    throw new ModelError("network", `The connection broke off after ${got} of ${expected} bytes.`);
}

function inTime<T>(promise: Promise<T>, limitMs: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    const timer = setTimeout(() => reject(new Error(`nothing came for ${limitMs / 1000} s`)), limitMs);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    });
  });
}

async function firstBytes(response: Response, count: number): Promise<Buffer> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let bytes = Buffer.alloc(0);
  try {
    while (bytes.length < count) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes = Buffer.concat([bytes, value]);
    }
  } catch (error) {
    throw new ModelError("network", `The connection broke off: ${reasonOf(error)}.`, error);
  }
  await reader.cancel().catch(() => {});
  return bytes.subarray(0, count);
}

/** The size of the whole file, by `Content-Range` or, of a whole answer, `Content-Length`. */
function totalOf({ status, headers }: Response): number | null {
  const text =
    status === 206 ? /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] : headers.get("content-length");
  return text === null || text === undefined ? null : Number(text);
}

function startOf({ headers }: Response): number | null {
  const text = /^bytes (\d+)-/.exec(headers.get("content-range") ?? "")?.[1];
  return text === undefined ? null : Number(text);
}
