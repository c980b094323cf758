import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Batch } from "../../electron/hosts/log-batch.ts";

const given: string[] = [];
const batch = new Batch(10, (lines) => given.push(lines));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  given.length = 0;
});

describe("lines of a log", () => {
  it("are written together, in their order, a moment later", () => {
    batch.write("a\n");
    batch.write("b\n");
    expect(given).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(given).toEqual(["a\nb\n"]);
  });

  it("wait no longer once there are many", () => {
    batch.write("a\n");
    batch.write("123456789\n");
    expect(given).toEqual(["a\n123456789\n"]);
  });

  it("are written once, those before it first, when one must not wait", () => {
    batch.write("a\n");
    batch.flush();
    batch.flush();
    vi.advanceTimersByTime(1_000);
    expect(given).toEqual(["a\n"]);
  });
});
