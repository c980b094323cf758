import { describe, expect, it } from "vitest";
import { storm } from "./engine-storm.ts";

describe("a storm over the engine, in small", { timeout: 300_000 }, () => {
  it("leaves the app standing, every failure with its kind, no torn answer that looks whole, and no process", async () => {
    const { wrongs, ends } = await storm({ generations: 10, mutants: 20, seed: 3 });
    expect(wrongs).toEqual([]);
    expect([...ends.keys()]).toContain("SIGSTOP: engine_crashed");
  });
});
