// A program of its own: the provider behind every proxy. It streams an answer of 32 pieces in OpenAI's format; the model's name says how
// fast: `at-once`, or `paced`: the first piece after 50 ms and the others 5 ms apart. `endless` goes on, and `GET /left` tells when clients
// left one. `broken` is an error 500. Prints its port.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

const pieces = 32;
const firstMs = 50;
const nextMs = 5;

const sse = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

/** The frames of an answer, as OpenAI writes them. */
function framesOf(model: string): string[] {
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_790_000_000, model };
  const chunk = (delta: object, finish: string | null = null) =>
    sse({ ...base, choices: [{ index: 0, delta, finish_reason: finish }], usage: null });
  const usage = { prompt_tokens: 9, completion_tokens: pieces, total_tokens: 9 + pieces };
  return [
    chunk({ role: "assistant", content: "" }),
    ...Array.from({ length: pieces }, (_, index) => chunk({ content: `word${index % 10} ` })),
    chunk({}, "stop"),
    sse({ ...base, choices: [], usage }),
    "data: [DONE]\n\n",
  ];
}

const known = new Map<string, string[]>();
/** When clients left an endless answer, milliseconds since the epoch. */
const left: number[] = [];

async function answer(response: ServerResponse, model: string): Promise<void> {
  const frames = known.get(model) ?? framesOf(model);
  known.set(model, frames);
  response.writeHead(200, { "content-type": "text/event-stream", "x-request-id": "req_1" });
  if (model === "at-once") {
    for (const frame of frames) response.write(frame);
    response.end();
    return;
  }
  response.flushHeaders();
  await wait(firstMs);
  for (const [at, frame] of frames.entries()) {
    if (at > 1) await wait(nextMs);
    response.write(frame);
  }
  response.end();
}

async function goOn(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.on("close", () => left.push(performance.timeOrigin + performance.now()));
  const [start = "", piece = ""] = framesOf("endless");
  response.write(start);
  while (!response.destroyed) {
    response.write(piece);
    await wait(nextMs);
  }
}

const server = createServer((request, response) => {
  if (request.url === "/left") {
    response.end(JSON.stringify(left.splice(0)));
    return;
  }
  if (request.method !== "POST") {
    // Some proxies look for the provider before they ask it.
    response.writeHead(404).end("{}");
    return;
  }
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    const { model } = JSON.parse(body) as { model: string };
    if (model === "broken") response.writeHead(500).end("{}");
    else void (model === "endless" ? goOn(response) : answer(response, model));
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
