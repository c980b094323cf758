import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Batch } from "../../electron/engine/batch.ts";
import type { EngineEvent } from "../../electron/engine/index.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => vi.useRealTimers());

function recorder() {
  const seen: EngineEvent[] = [];
  return { seen, batch: new Batch((delta) => seen.push(delta)) };
}
const text = (said: string) => ({ type: "delta" as const, text: said });

describe("deltas on their way to the main process", () => {
  it("passes the first on at once, and joins those that follow within milliseconds", () => {
    const { seen, batch } = recorder();
    for (const said of ["a", "b", "c"]) batch.add(text(said));
    expect(seen).toEqual([text("a")]);
    vi.advanceTimersByTime(4);
    expect(seen).toEqual([text("a"), text("bc")]);
  });

  it("passes slow ones on one by one", () => {
    const { seen, batch } = recorder();
    for (const said of ["a", "b"]) {
      batch.add(text(said));
      vi.advanceTimersByTime(10);
    }
    expect(seen).toEqual([text("a"), text("b")]);
  });

  it("does not join words with reasoning, nor two calls", () => {
    const { seen, batch } = recorder();
    const call = (index: number, id: string) =>
      ({ type: "delta", tool_call: { index, id, name: "clock", arguments: "{" } }) as const;
    batch.add(text("a"));
    batch.add({ type: "delta", reasoning: "hm" });
    batch.add(call(0, "x"));
    batch.add({ type: "delta", tool_call: { index: 0, arguments: "}" } });
    batch.add(call(1, "y"));
    batch.flush();
    expect(seen).toEqual([
      text("a"),
      { type: "delta", reasoning: "hm" },
      { type: "delta", tool_call: { index: 0, id: "x", name: "clock", arguments: "{}" } },
      call(1, "y"),
    ]);
  });
});
