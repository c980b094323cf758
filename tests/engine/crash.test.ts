import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EngineClient, forkEngine } from "../../electron/engine/index.ts";
import { Bench, collect, patience, question, slow, until } from "./support.ts";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench[Symbol.asyncDispose]());

const running = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("a process that dies", slow, () => {
  it("fails the generation in flight as engine_crashed, and the next one works", async () => {
    const { client } = bench;
    const endless = bench.model({ sentence: "on and on ", endless: true });
    const events = client.generate({ model: endless, messages: question }, patience);
    await until(events, "delta");
    bench.processes[0]?.kill();
    const died = (async () => {
      for (;;) await until(events, "delta");
    })();
    await expect(died).rejects.toMatchObject({
      kind: "engine_crashed",
      message: expect.stringContaining("ended unexpectedly (SIGKILL)"),
    });
    expect(client.status.state).toBe("crashed");

    const model = bench.model({ sentence: "back again" });
    expect((await collect(client.generate({ model, messages: question }, patience))).text).toBe("back again");
    expect(client.status.restarts).toBe(1);
    expect(bench.processes).toHaveLength(2);
  });

  it("fails the waiting requests as well, and leaves none hanging", async () => {
    const { client } = bench;
    const endless = bench.model({ sentence: "on and on ", endless: true });
    const events = client.generate({ model: endless, messages: question }, patience);
    await until(events, "delta");
    const waiting = client.generate({ model: endless, messages: question }, patience);
    await until(waiting, "accepted");
    const fates = Promise.allSettled([collect(events), collect(waiting), client.unload()]);
    bench.processes[0]?.kill();
    for (const fate of await fates) {
      expect(fate).toMatchObject({ status: "rejected", reason: { kind: "engine_crashed" } });
    }
  });

  it("is an engine_crashed failure when it can't even start", async () => {
    await using client = new EngineClient({ spawn: () => forkEngine(bench.path("no-such-entry.js")) });
    const model = bench.model({ sentence: "never" });
    const answer = collect(client.generate({ model, messages: question }, patience));
    await expect(answer).rejects.toMatchObject({ kind: "engine_crashed" });
    expect(client.status.state).toBe("crashed");
  });

  it("is told to the log with what it last wrote", async () => {
    const lines: string[] = [];
    await using client = new EngineClient({
      spawn: () => forkEngine(bench.path("no-such-entry.js")),
      onStderr: (line) => lines.push(line),
    });
    const failure = await client.load(bench.model({ sentence: "never" })).catch((error: unknown) => error);
    expect((failure as Error).cause).toBeInstanceOf(Error);
    expect(lines.join("\n")).toContain("no-such-entry.js");
  });
});

/** What V8 says when it gets no memory; the frames run over many lines. */
const starved = [
  "FATAL ERROR: MarkCompactCollector: young object promotion failed Allocation failed - JavaScript heap out of memory",
  "----- Native stack trace -----",
  "",
  ...Array.from({ length: 19 }, (_, frame) => `${String(frame).padStart(2)}: 0x931db0  [/usr/bin/node]`),
];

it("a process that gets no memory fails as out_of_memory, though a stack follows its last words", async () => {
  const entry = bench.path("starved.cjs");
  writeFileSync(entry, `console.error(${JSON.stringify(starved.join("\n"))}); process.abort();`);
  await using client = new EngineClient({ spawn: () => forkEngine(entry) });
  await expect(client.load(bench.model({ sentence: "never" }))).rejects.toMatchObject({
    kind: "out_of_memory",
  });
});

describe("ends that are meant", slow, () => {
  it("ends the process, and what runs in it as cancelled, when the client is disposed", async () => {
    const { client } = bench;
    const endless = bench.model({ sentence: "on and on ", endless: true });
    const events = client.generate({ model: endless, messages: question }, patience);
    await until(events, "delta");
    const answer = collect(events);
    answer.catch(() => {});
    await client[Symbol.asyncDispose]();
    await expect(answer).rejects.toMatchObject({ kind: "cancelled" });
    expect(client.status.state).toBe("stopped");
    expect(running(bench.processes[0]?.pid ?? 0)).toBe(false);
    await expect(client.load(endless)).rejects.toMatchObject({ kind: "cancelled" });
  });

  it("starts no process before the first use, nor to unload or to ask", async () => {
    await bench.client.unload();
    expect(await bench.client.info()).toEqual({ device: null, model: null, tokensPerSecond: null });
    expect(bench.processes).toHaveLength(0);
    expect(bench.client.status.state).toBe("stopped");
  });

  it("tells its status from the start to the answer", async () => {
    const { client } = bench;
    const states: string[] = [];
    const stop = client.onStatus(({ state }) => states.push(state));
    await collect(client.generate({ model: bench.model({ sentence: "ok" }), messages: question }, patience));
    stop();
    expect(states.join(" ")).toMatch(/^starting idle loading generating( idle)?$/);
  });

  it("ends by itself when its parent dies in the middle of a generation", async () => {
    const parent = fork(fileURLToPath(new URL("./orphaning-parent.ts", import.meta.url)), {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, MODEL: bench.model({ sentence: "on and on ", endless: true }).path },
    });
    const [pid] = (await once(parent, "message")) as [number];
    expect(running(pid)).toBe(true);
    parent.kill("SIGKILL");
    await expect.poll(() => running(pid), { timeout: 10_000 }).toBe(false);
  });
});
