import { describe, expect, it } from "vitest";
import { Watched } from "../../electron/app/watched.ts";
import { settle } from "../fixtures/fake-clock.ts";

function counter() {
  let value = 0;
  const watched = new Watched(() => value);
  const set = (next: number) => {
    value = next;
    watched.changed();
  };
  return { watched, set };
}

describe("a value that is watched", () => {
  it("is given at once, and again at each change", async () => {
    const { watched, set } = counter();
    const values = watched.watch();
    expect((await values.next()).value).toBe(0);
    const next = values.next();
    set(1);
    expect((await next).value).toBe(1);
    set(2);
    expect((await values.next()).value).toBe(2);
  });

  it("is given as it is now: what a slow watcher missed is left out", async () => {
    const { watched, set } = counter();
    const values = watched.watch();
    await values.next();
    for (const value of [1, 2, 3]) set(value);
    expect((await values.next()).value).toBe(3);
    let more = false;
    const next = values.next().then(() => {
      more = true;
    });
    await settle();
    expect(more).toBe(false);
    set(4);
    await next;
  });

  it("is given to each watcher by itself", async () => {
    const { watched, set } = counter();
    const [one, other] = [watched.watch(), watched.watch()];
    await one.next();
    set(1);
    expect((await one.next()).value).toBe(1);
    expect((await other.next()).value).toBe(1);
  });

  it("ends for a watcher that waits when its signal aborts", async () => {
    const { watched } = counter();
    const leave = new AbortController();
    const values = watched.watch(leave.signal);
    await values.next();
    const next = values.next();
    leave.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it("gives nothing to a watcher that had left before it began", async () => {
    const { watched } = counter();
    expect((await watched.watch(AbortSignal.abort()).next()).done).toBe(true);
  });
});
