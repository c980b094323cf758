import { type ChildProcess, fork } from "node:child_process";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { EngineClient, type UtilityProcessLike, utilityEngine } from "../../electron/engine/index.ts";
import { Bench, childEntry, collect, patience, question, slow } from "./support.ts";

/** Electron's utility process as far as the engine uses it. */
class FakeUtility extends EventEmitter {
  readonly pid = 7;
  readonly stderr = new PassThrough();
  readonly posted: unknown[] = [];
  killed = false;

  postMessage(message: unknown): void {
    this.posted.push(message);
  }

  kill(): boolean {
    this.killed = true;
    return true;
  }
}

describe("an engine in a utility process", () => {
  it("passes messages both ways", () => {
    const utility = new FakeUtility();
    const engine = utilityEngine(utility);
    const heard: unknown[] = [];
    engine.onMessage((message) => heard.push(message));
    engine.postMessage("to the child");
    utility.emit("message", "to the parent");
    expect(utility.posted).toEqual(["to the child"]);
    expect(heard).toEqual(["to the parent"]);
  });

  it("tells its exit, and posts nothing after it", () => {
    const utility = new FakeUtility();
    const engine = utilityEngine(utility);
    const exits: unknown[] = [];
    engine.onExit((exit) => exits.push(exit));
    utility.emit("exit", 9);
    engine.postMessage("too late");
    expect(exits).toEqual([{ code: 9, signal: null }]);
    expect(utility.posted).toEqual([]);
  });

  it("is killed by a signal that a stopped process heeds, and by Electron's own means", () => {
    const utility = new FakeUtility();
    const killed: number[] = [];
    utilityEngine(utility, (pid) => killed.push(pid)).kill();
    expect(killed).toEqual([7]);
    expect(utility.killed).toBe(true);
  });

  it("is not killed once it is gone, for its number may be another's by then", () => {
    const utility = new FakeUtility();
    const killed: number[] = [];
    const engine = utilityEngine(utility, (pid) => killed.push(pid));
    utility.emit("exit", 0);
    engine.kill();
    expect(killed).toEqual([]);
  });
});

/** A child of Node with the interface of a utility process, on both of its sides. */
function forkUtility(): UtilityProcessLike {
  const shim = new URL("./parent-port.ts", import.meta.url).href;
  const child: ChildProcess = fork(childEntry, [], {
    execArgv: ["--import", shim],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return Object.assign(child, {
    pid: child.pid,
    postMessage: (message: unknown) => void child.send(message as string),
  });
}

describe("the engine's entry in a utility process", slow, () => {
  it("answers through process.parentPort", async () => {
    await using bench = new Bench();
    await using client = new EngineClient({ spawn: () => utilityEngine(forkUtility()) });
    const model = bench.model({ sentence: "from the utility process" });
    const { text } = await collect(client.generate({ model, messages: question }, patience));
    expect(text).toBe("from the utility process");
  });
});
