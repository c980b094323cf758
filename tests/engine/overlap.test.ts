import type { Token } from "node-llama-cpp";
import { describe, expect, it } from "vitest";
import { commonPrefix, gapBetween, placeFor } from "../../electron/engine/overlap.ts";

const tokens = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => (from + index) as Token);
const kept = (list: Token[], usedAt: number, canMove = false) => ({ tokens: list, usedAt, canMove });

describe("what two prompts have in common", () => {
  it("is how they begin", () => {
    expect(commonPrefix(tokens(0, 9), [...tokens(0, 4), ...tokens(100, 110)])).toBe(4);
    expect(commonPrefix([], tokens(0, 4))).toBe(0);
  });

  it("is also what follows a part that was left out", () => {
    const wanted = [...tokens(0, 10), ...tokens(60, 100), ...tokens(200, 210)];
    expect(gapBetween(tokens(0, 100), wanted)).toEqual({ start: 10, end: 60, tail: 40 });
  });

  it("is not what is too short to be worth moving", () => {
    expect(gapBetween(tokens(0, 100), [...tokens(0, 10), ...tokens(90, 100)])).toBeNull();
  });

  it("is not a passage that another conversation quotes", () => {
    expect(
      gapBetween(tokens(0, 200), [...tokens(0, 10), ...tokens(60, 100), ...tokens(300, 310)]),
    ).toBeNull();
  });
});

describe("where a prompt is evaluated", () => {
  const a = [...tokens(0, 50), ...tokens(1000, 1400)];
  const b = [...tokens(0, 50), ...tokens(2000, 2400)];

  it("is the conversation that it continues", () => {
    expect(placeFor([...b, ...tokens(1, 9)], [kept(a, 2), kept(b, 1)])).toEqual({ into: 1, from: null });
  });

  it("is an unused place, after the common beginning was copied there", () => {
    expect(placeFor([...tokens(0, 50), ...tokens(3000, 3100)], [kept(a, 1), kept([], 0)])).toEqual({
      into: 1,
      from: 0,
    });
  });

  it("is the place of the conversation that was not used for the longest time", () => {
    expect(placeFor(tokens(5000, 5100), [kept(a, 2), kept(b, 1)])).toEqual({ into: 1, from: null });
  });

  it("is the long conversation whose oldest turns were left out", () => {
    const shorter = [...tokens(0, 50), ...tokens(1200, 1400), ...tokens(7000, 7010)];
    expect(placeFor(shorter, [kept(a, 9, true), kept(b, 1, true)])).toEqual({ into: 0, from: null });
    expect(placeFor(shorter, [kept(a, 9), kept(b, 1)])).toEqual({ into: 1, from: 0 });
  });
});
