import { describe, expect, it } from "vitest";
import { Channel, orAborted } from "../../electron/engine/channel.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const item of items) seen.push(item);
  return seen;
}

describe("a channel", () => {
  it("gives what was pushed before it was read, in order, and ends", async () => {
    const channel = new Channel<number>();
    channel.push(1);
    channel.push(2);
    channel.end();
    expect(await all(channel)).toEqual([1, 2]);
  });

  it("wakes a reader that waits", async () => {
    const channel = new Channel<number>();
    const read = all(channel);
    await Promise.resolve();
    channel.push(1);
    await Promise.resolve();
    channel.push(2);
    channel.end();
    expect(await read).toEqual([1, 2]);
  });

  it("throws its error after everything that was pushed", async () => {
    const channel = new Channel<number>();
    channel.push(1);
    channel.end({ error: "broken" });
    const seen: number[] = [];
    const read = (async () => {
      for await (const item of channel) seen.push(item);
    })();
    await expect(read).rejects.toBe("broken");
    expect(seen).toEqual([1]);
  });

  it("ends as it first ended", async () => {
    const channel = new Channel<number>();
    channel.end();
    channel.end({ error: "too late" });
    expect(await all(channel)).toEqual([]);
  });
});

describe("orAborted", () => {
  it("gives the promise's value or failure", async () => {
    const { signal } = new AbortController();
    expect(await orAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(orAborted(Promise.reject("no"), signal)).rejects.toBe("no");
  });

  it("throws the reason of an abort, and lets the promise fail later unheard", async () => {
    const stop = new AbortController();
    const late = Promise.withResolvers<never>();
    const waiting = orAborted(late.promise, stop.signal);
    stop.abort("enough");
    await expect(waiting).rejects.toBe("enough");
    late.reject(new Error("late"));
  });

  it("throws at once when the signal had aborted before", async () => {
    await expect(orAborted(new Promise(() => {}), AbortSignal.abort("before"))).rejects.toBe("before");
  });
});
