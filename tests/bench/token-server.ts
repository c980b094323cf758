// A program of its own: a server that streams an answer in OpenAI's format at the least cost to itself, so that what is
// measured is the client. The model's name says how many pieces the answer has: `pieces-32`. Prints its port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const sse = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

/** The pieces of a stream, as OpenAI frames them. */
function framesOf(model: string): string[] {
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_790_000_000, model };
  const chunk = (delta: object, finish: string | null = null) =>
    sse({ ...base, choices: [{ index: 0, delta, finish_reason: finish }], usage: null });
  const count = Number(model.slice("pieces-".length));
  const usage = { prompt_tokens: 9, completion_tokens: count, total_tokens: 9 + count };
  return [
    chunk({ role: "assistant", content: "" }),
    ...Array.from({ length: count }, (_, index) => chunk({ content: `word${index % 10} ` })),
    chunk({}, "stop"),
    sse({ ...base, choices: [], usage }),
    "data: [DONE]\n\n",
  ];
}

const known = new Map<string, string[]>();

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    const { model } = JSON.parse(body) as { model: string };
    const frames = known.get(model) ?? framesOf(model);
    known.set(model, frames);
    response.writeHead(200, { "content-type": "text/event-stream", "x-request-id": "req_1" });
    for (const frame of frames) response.write(frame);
    response.end();
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
