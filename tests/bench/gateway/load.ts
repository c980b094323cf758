// A program of its own: the clients. For each message, an `Order`, it keeps so many streams running against an address for a while, and
// sends back what each request took, as `Taken`.
import { Agent, request } from "undici";

export interface Order {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** How many requests are under way at once. */
  streams: number;
  /** No request begins after this many milliseconds. */
  forMs: number;
}

/** What the requests of an order took, milliseconds each, and how long all of them together. */
export interface Taken {
  firstMs: number[];
  totalMs: number[];
  allMs: number;
}

const agent = new Agent({ connections: null, pipelining: 1, keepAliveTimeout: 600_000 });

/** One request to the end of its stream. Throws when it is not answered whole. */
async function once({ url, headers, body }: Order): Promise<[firstMs: number, totalMs: number]> {
  const begin = performance.now();
  const answer = await request(url, { method: "POST", headers, body, dispatcher: agent });
  let firstMs: number | null = null;
  let text = "";
  for await (const piece of answer.body) {
    text += piece;
    if (firstMs === null && text.includes('"word0 "')) firstMs = performance.now() - begin;
  }
  if (firstMs === null || !text.includes("[DONE]"))
    throw new Error(`${url}: ${answer.statusCode} ${text.slice(0, 500)}`);
  return [firstMs, performance.now() - begin];
}

async function carryOut(order: Order): Promise<Taken> {
  const taken: Taken = { firstMs: [], totalMs: [], allMs: 0 };
  const begin = performance.now();
  const client = async () => {
    while (performance.now() - begin < order.forMs) {
      const [firstMs, totalMs] = await once(order);
      taken.firstMs.push(firstMs);
      taken.totalMs.push(totalMs);
    }
  };
  await Promise.all(Array.from({ length: order.streams }, client));
  return { ...taken, allMs: performance.now() - begin };
}

process.on("message", (order: Order) => {
  carryOut(order).then(
    (taken) => process.send?.(taken),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
