import { afterAll, describe, expect, it } from "vitest";
import { Bench, collect, patience, question, slow, until } from "./support.ts";

const bench = new Bench();
const { client } = bench;
afterAll(() => bench[Symbol.asyncDispose]());

const endless = bench.model({ sentence: "on and on ", endless: true });
const speaker = bench.model({ sentence: "my turn" });
const forEver = (signal: AbortSignal) => client.generate({ model: endless, messages: question }, signal);
/** The goal is 100 ms; more is allowed to a busy machine. */
const soonMs = 2000;

/** What the generation throws, and how long after the abort it does. */
async function abortOf(events: AsyncIterator<unknown>, stop: AbortController) {
  const reason = new Error("stopped by the person");
  const pending = (async () => {
    for (;;) if ((await events.next()).done) throw new Error("it ended");
  })();
  const at = performance.now();
  stop.abort(reason);
  const thrown = await pending.catch((error: unknown) => error);
  return { thrown, reason, ms: performance.now() - at };
}

describe("aborting and waiting", slow, () => {
  it("stops a generation soon, with the reason of the abort", async () => {
    const stop = new AbortController();
    const events = forEver(stop.signal);
    await until(events, "delta");
    const { thrown, reason, ms } = await abortOf(events, stop);
    expect(thrown).toBe(reason);
    expect(ms).toBeLessThan(soonMs);
  });

  it("frees the engine soon after an abort", async () => {
    const stop = new AbortController();
    const events = forEver(stop.signal);
    await until(events, "delta");
    const at = performance.now();
    await abortOf(events, stop);
    const next = forEver(patience);
    await until(next, "delta");
    expect(performance.now() - at).toBeLessThan(soonMs);
    await next.return();
  });

  it("stops while a long prompt is read", async () => {
    const reader = bench.model({ sentence: "ok", feedForward: 30_000, blocks: 2 });
    await client.load(reader);
    const stop = new AbortController();
    const messages = [{ role: "user" as const, content: "x".repeat(1500) }];
    const events = client.generate({ model: reader, messages }, stop.signal);
    await until(events, "accepted");
    await expect.poll(() => client.status.state, { interval: 1 }).toBe("generating");
    for (let trip = 0; trip < 5; trip++) await client.info(); // by now it reads, and still listens
    const at = performance.now();
    const { thrown, reason } = await abortOf(events, stop);
    expect(thrown).toBe(reason);
    await client.unload(); // waits until the prompt is let go
    expect(performance.now() - at).toBeLessThan(soonMs);
  });

  it("stops while a model is loaded", async () => {
    await client.unload();
    const stop = new AbortController();
    const events = forEver(stop.signal);
    await until(events, "accepted");
    const { thrown, reason, ms } = await abortOf(events, stop);
    expect(thrown).toBe(reason);
    expect(ms).toBeLessThan(soonMs);
  });

  it("lets a second request wait until the first has ended", async () => {
    const stop = new AbortController();
    const first = forEver(stop.signal);
    await until(first, "delta");
    const second = client.generate({ model: speaker, messages: question }, patience);
    await until(second, "accepted");
    const answer = collect(second);
    for (let seen = 0; seen < 50; seen++) await until(first, "delta");
    expect(client.status).toMatchObject({ state: "generating", model: "reciter-1.gguf" });
    stop.abort();
    expect((await answer).text).toBe("my turn");
  });

  it("takes an aborted request out of the queue and leaves the running one alone", async () => {
    const running = forEver(patience);
    await until(running, "delta");
    const stop = new AbortController();
    const waiting = client.generate({ model: speaker, messages: question }, stop.signal);
    await until(waiting, "accepted");
    const { thrown, reason, ms } = await abortOf(waiting, stop);
    expect(thrown).toBe(reason);
    expect(ms).toBeLessThan(soonMs);
    await until(running, "delta");
    await running.return();
    expect((await collect(client.generate({ model: speaker, messages: question }, patience))).text).toBe(
      "my turn",
    );
  });

  it("ends a generation whose reader leaves", async () => {
    for await (const event of forEver(patience)) if (event.type === "delta") break;
    const { text } = await collect(client.generate({ model: speaker, messages: question }, patience));
    expect(text).toBe("my turn");
  });
});
