import { describe, expect, it } from "vitest";
import { Turns } from "../../electron/engine/turns.ts";

const never = new AbortController().signal;

describe("turns", () => {
  it("are given in the order of asking, one at a time", async () => {
    const turns = new Turns();
    const order: string[] = [];
    const take = async (name: string) => {
      using _turn = await turns.enter(never);
      order.push(`${name} in`);
      await Promise.resolve();
      order.push(`${name} out`);
    };
    await Promise.all([take("a"), take("b"), take("c")]);
    expect(order).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  });

  it("can't be taken by one who asks while a turn is passed on", async () => {
    const turns = new Turns();
    const order: string[] = [];
    const first = await turns.enter(never);
    const second = turns.enter(never).then((turn) => {
      order.push("second");
      turn[Symbol.dispose]();
    });
    first[Symbol.dispose]();
    const third = turns.enter(never).then(() => order.push("third"));
    await Promise.all([second, third]);
    expect(order).toEqual(["second", "third"]);
  });

  it("pass over one who stopped waiting, who gets the reason of the abort", async () => {
    const turns = new Turns();
    const first = await turns.enter(never);
    const stop = new AbortController();
    const second = turns.enter(stop.signal);
    const third = turns.enter(never);
    stop.abort("no longer");
    await expect(second).rejects.toBe("no longer");
    first[Symbol.dispose]();
    await third;
  });

  it("end once, however often they are disposed", async () => {
    const turns = new Turns();
    const first = await turns.enter(never);
    const second = turns.enter(never);
    first[Symbol.dispose]();
    await second;
    first[Symbol.dispose]();
    let third = false;
    void turns.enter(never).then(() => {
      third = true;
    });
    await Promise.resolve();
    expect(third).toBe(false);
  });
});
