import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { EngineFault } from "./engine-faults.ts";
import type { House } from "./house.ts";

/** What is done to the engine's process during a cell. */
export interface Harm {
  /** Behind each request of a cell that asks one after the other. */
  between(): Promise<void>;
  end(): Promise<void>;
}

/** Long enough for a few words, so that there is something to tear, milliseconds. */
const someWordsMs = 30;

/** Begins to do to the engine what a fault says; null where the fault is in the model's file alone. */
export async function harmsOf(house: House, fault: EngineFault): Promise<Harm | null> {
  if (fault.roomMb !== undefined) return confined(house, fault.roomMb);
  if (fault.signal !== undefined) return struck(house, fault.signal);
  return null;
}

/** An engine that gets no more memory than one with a small model has, and a little room, however often it begins anew. Linux only. */
async function confined(house: House, roomMb: number): Promise<Harm> {
  await house.startEngine();
  const { pid } = house.process ?? {};
  const taken = /^VmData:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  house.confineEngine((Number(taken) + roomMb * 1_024) * 1_024);
  return {
    between: async () => {},
    async end() {
      house.confineEngine(null);
      await house.endEngine();
    },
  };
}

/** A signal for each process of the engine as soon as it speaks with the endless model. */
async function struck(house: House, signal: NodeJS.Signals): Promise<Harm> {
  // An answer ends the row of earlier crashes, over which the next process would wait for seconds.
  await house.startEngine();
  const over = new AbortController();
  const struckAlready = new Set<number>();
  const watching = (async () => {
    for await (const { engine } of house.app.status.watch(over.signal)) {
      const { pid } = house.process ?? {};
      if (engine.state !== "generating" || !engine.model?.endsWith("endless.gguf")) continue;
      if (pid === undefined || struckAlready.has(pid)) continue;
      struckAlready.add(pid);
      await wait(someWordsMs);
      process.kill(pid, signal);
    }
  })();
  return {
    between: () => house.endEngine(),
    async end() {
      over.abort();
      await watching;
      await house.endEngine();
    },
  };
}
