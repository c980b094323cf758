import { utimesSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../electron/chain/index.ts";
import type { EngineSettings } from "../../electron/engine/index.ts";
import { Bench, collect, patience, question, slow, until } from "./support.ts";

let bench: Bench;
/** The machine's own clock, until a test has struck and only waits: then the keeper's beats and delays are a tenth as long. */
let haste = 1;
const clock: Clock = { ...systemClock, after: (ms, fire) => systemClock.after(ms / haste, fire) };
/** What is remembered of crashes. */
let record: string | null = null;
const store = {
  load: () => record,
  save: (json: string) => {
    record = json;
  },
};
const settings: EngineSettings = { model: {}, memoryLimitBytes: null, idleUnloadMs: null };
beforeEach(() => {
  Object.assign(settings, { model: {}, memoryLimitBytes: null, idleUnloadMs: null });
  haste = 1;
  record = null;
  bench = new Bench({ settings: () => settings, clock, store });
});
afterEach(() => bench[Symbol.asyncDispose]());

const pid = () => bench.processes.at(-1)?.pid ?? 0;

/** Asks, and strikes as soon as the engine speaks; gives what came of it. */
async function struck(on: Bench, model: { path: string; gpu: "off" }, strike: () => void): Promise<unknown> {
  const events = on.client.generate({ model, messages: question }, patience);
  await until(events, "delta");
  strike();
  haste = 10;
  const failure = await collect(events).catch((error: unknown) => error);
  haste = 1;
  return failure;
}

describe.skipIf(process.platform === "win32")("an engine that is stopped", slow, () => {
  it("is found and ended, its requests fail at once, and the next one is answered", async () => {
    const endless = bench.model({ sentence: "on and on ", endless: true });
    const failure = await struck(bench, endless, () => process.kill(pid(), "SIGSTOP"));
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
    const endless = bench.model({ sentence: "on and on ", endless: true });
    await struck(bench, endless, () => bench.processes[0]?.kill());
    const [crashed] = JSON.parse(record ?? "").models;
    expect(crashed).toMatchObject({ path: endless.path, crashes: 1 });
    record = JSON.stringify({ version: 1, models: [{ ...crashed, crashes: 2 }] });
    await using later = new Bench({ settings: () => settings, clock, store });
    const { client, processes } = later;
    await struck(later, endless, () => processes[0]?.kill());
    const refused = collect(client.generate({ model: endless, messages: question }, patience));
    await expect(refused).rejects.toMatchObject({
      kind: "engine_crashed",
      message: expect.stringContaining("is set aside"),
    });
    expect(processes).toHaveLength(1);
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
    const failure = await struck(bench, endless, () => {
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
