import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** The next piece of a text that is still being made, perhaps empty; null at its end. */
export type NextText = () => Promise<string | null>;

/** More than this, characters, is not gathered before it is written. */
const longestBurst = 64 * 1024;

/**
 * Sends a text as it is made. What comes in one burst, such as the tokens of one packet of a provider, leaves in one write: a write a token
 * costs more than the token. Asks for no more than the client takes, so that a slow reader does not fill the memory. One that has left is
 * sent nothing more, and the text is still heard to its end.
 */
export async function sendText(response: ServerResponse, next: NextText): Promise<void> {
  let burst = "";
  const flush = () => {
    if (burst !== "" && !response.destroyed) response.write(burst);
    burst = "";
  };
  for (let text = await next(); text !== null; text = await next()) {
    if (text === "") continue;
    // Ticks come when all that is there already has been read.
    if (burst === "") process.nextTick(flush);
    burst += text;
    if (burst.length >= longestBurst) flush();
    if (response.writableNeedDrain && !response.destroyed) await roomIn(response);
  }
  flush();
  response.end();
}

async function roomIn(response: ServerResponse): Promise<void> {
  const either = new AbortController();
  const { signal } = either;
  await Promise.race([once(response, "drain", { signal }), once(response, "close", { signal })]).finally(() =>
    either.abort(),
  );
}

/** The same as the body of a response, for callers without a socket. `leave` ends the making of a text that nobody reads to its end. */
export function streamOf(next: NextText, leave: () => Promise<unknown>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      async pull(controller) {
        let text = await next();
        while (text === "") text = await next();
        if (text === null) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      async cancel() {
        await leave();
      },
    },
    { highWaterMark: 0 },
  );
}
