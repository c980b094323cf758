import { utimesSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EngineSettings } from "../../electron/engine/index.ts";
import { Bench, collect, patience, question, slow, until } from "./support.ts";

let bench: Bench;
const settings: EngineSettings = { model: {}, memoryLimitBytes: null, idleUnloadMs: null };
beforeEach(() => {
  Object.assign(settings, { model: {}, memoryLimitBytes: null, idleUnloadMs: null });
  bench = new Bench({ settings: () => settings });
});
afterEach(() => bench[Symbol.asyncDispose]());

const pid = () => bench.processes.at(-1)?.pid ?? 0;

/** Asks, and strikes as soon as the engine speaks; gives what came of it. */
async function struck(model: { path: string; gpu: "off" }, strike: () => void): Promise<unknown> {
  const events = bench.client.generate({ model, messages: question }, patience);
  await until(events, "delta");
  strike();
  return collect(events).catch((error: unknown) => error);
}

describe.skipIf(process.platform === "win32")("an engine that is stopped", slow, () => {
  it("is found and ended, its requests fail at once, and the next one is answered", async () => {
    const endless = bench.model({ sentence: "on and on ", endless: true });
    const failure = await struck(endless, () => process.kill(pid(), "SIGSTOP"));
    expect(failure).toMatchObject({
      kind: "engine_crashed",
      message: expect.stringContaining("no longer answered"),
    });
    expect(bench.client.status.state).toBe("crashed");
    const model = bench.model({ sentence: "here again" });
    const { text } = await collect(bench.client.generate({ model, messages: question }, patience));
    expect(text).toBe("here again");
  });
});

describe("a model with which the engine dies again and again", slow, () => {
  it("is set aside after the third time, while others go on, until it is tried again or changed", async () => {
    const { client } = bench;
    const endless = bench.model({ sentence: "on and on ", endless: true });
    for (let time = 0; time < 3; time++) await struck(endless, () => bench.processes.at(-1)?.kill());
    const refused = collect(client.generate({ model: endless, messages: question }, patience));
    await expect(refused).rejects.toMatchObject({
      kind: "engine_crashed",
      message: expect.stringContaining("is set aside"),
    });
    expect(bench.processes).toHaveLength(3);
    expect(client.status.set_aside).toMatchObject([{ path: endless.path, crashes: 3 }]);

    const model = bench.model({ sentence: "not me" });
    expect((await collect(client.generate({ model, messages: question }, patience))).text).toBe("not me");

    expect(client.tryAgain(endless.path)).toBe(true);
    expect((await client.load(endless)).model?.path).toBe(endless.path);
    utimesSync(endless.path, 1, 1);
    expect((await client.load(endless)).model?.path).toBe(endless.path);
  });
});

describe("memory", slow, () => {
  it("beyond the limit ends the process as out_of_memory", async () => {
    const endless = bench.model({ sentence: "on and on ", endless: true });
    const failure = await struck(endless, () => {
      settings.memoryLimitBytes = 50e6;
    });
    expect(failure).toMatchObject({
      kind: "out_of_memory",
      message: expect.stringContaining("engine.memory_limit"),
    });
  });

  it("is not tried with a file that is larger than the limit", async () => {
    settings.memoryLimitBytes = 1_000;
    await expect(bench.client.load(bench.model({ sentence: "large" }))).rejects.toMatchObject({
      kind: "out_of_memory",
    });
    expect(bench.processes).toHaveLength(0);
  });

  it("is given back when nothing is asked for a while, and taken again by the next load", async () => {
    settings.idleUnloadMs = 50;
    const model = bench.model({ sentence: "short" });
    await collect(bench.client.generate({ model, messages: question }, patience));
    await expect.poll(() => bench.client.status.state, { timeout: 10_000 }).toBe("stopped");
    expect((await bench.client.load(model)).model?.path).toBe(model.path);
    expect(bench.client.status.restarts).toBe(0);
  });

  it("is kept while something is under way", async () => {
    settings.idleUnloadMs = 1;
    const endless = bench.model({ sentence: "on and on ", endless: true });
    const events = bench.client.generate({ model: endless, messages: question }, patience);
    for (let piece = 0; piece < 50; piece++) await until(events, "delta");
    expect(bench.processes).toHaveLength(1);
    await events.return();
  });
});

describe("settings", slow, () => {
  it("count for every request that does not say otherwise, and the CPU stands in for a GPU that is not here", async () => {
    settings.model = { contextSize: 512, gpu: "metal", flashAttention: false, batchSize: 64 };
    const { path } = bench.model({ sentence: "as set" });
    const { model, device } = await bench.client.load({ path });
    expect(model?.contextSize).toBe(512);
    if (process.platform === "darwin") return;
    expect(device).toBe("cpu");
    await expect.poll(() => bench.client.status.gpu_unavailable).toBe(true);
  });
});
