import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Attempt, FailureKind } from "../../electron/contract/index.ts";
import { seeded, writeMutation, writeReciter } from "../fixtures/gguf/index.ts";
import { House } from "./house.ts";
import { localWords } from "./spoken.ts";

/** What befalls the engine during a generation. */
type Blow = "nothing" | "SIGKILL" | "SIGSTOP" | "no memory" | "mutant";

export interface StormOptions {
  generations: number;
  /** How many more models are asked whose files were mutated. */
  mutants: number;
  seed: number;
  /** Hears how far it is. */
  say?(line: string): void;
}

export interface StormReport {
  /** How often each blow ended how: `whole`, or the kind of the failure. */
  ends: ReadonlyMap<string, number>;
  /** What should not have happened; empty when all is well. */
  wrongs: readonly string[];
  /** What this process holds more than before, bytes of the heap. */
  grownBytes: number;
}

/** How a generation may fail, by what befell it. */
const allowed: Record<Blow, readonly FailureKind[]> = {
  nothing: [],
  SIGKILL: ["engine_crashed"],
  SIGSTOP: ["engine_crashed"],
  // too little for the weights, for the context, or for Node itself
  "no memory": ["out_of_memory", "engine_crashed"],
  mutant: ["malformed", "engine_crashed", "out_of_memory", "context_length", "empty", "loop"],
};

/** Of ten blows; a stop takes seconds to be found, so there are few. */
const mix: readonly Blow[] = [
  "nothing",
  "SIGKILL",
  "nothing",
  "no memory",
  "nothing",
  "SIGKILL",
  "nothing",
  "SIGSTOP",
  "nothing",
  "SIGKILL",
];
const longWords = "It says the same long sentence to the end, whatever befalls the engine meanwhile. ".repeat(
  4,
);
const headerBytes = 8_000;

/**
 * Asks the whole app again and again for what only a model on this machine can answer, while its engine is killed,
 * stopped, starved and fed with damaged files.
 */
export async function storm({
  generations,
  mutants,
  seed,
  say = () => {},
}: StormOptions): Promise<StormReport> {
  const random = seeded(seed);
  const ends = new Map<string, number>();
  const wrongs: string[] = [];
  let grownBytes = 0;
  {
    await using house = await House.open();
    const whole = writeReciter(join(house.folder, "long.gguf"), { sentence: longWords, feedForward: 4_000 });
    const small = writeReciter(join(house.folder, "small.gguf"), { sentence: localWords });
    const count = (blow: Blow, end: string) =>
      ends.set(`${blow}: ${end}`, (ends.get(`${blow}: ${end}`) ?? 0) + 1);
    const ask = async (blow: Blow, model: string, words: string) => {
      const strike = struck(house, blow, random() * 150);
      const seen = await answerOf(house, model);
      strike[Symbol.dispose]();
      count(blow, seen.kind ?? "whole");
      const wrong = wrongOf(blow, seen, words);
      if (wrong !== null) wrongs.push(`${blow}, ${model}: ${wrong}`);
    };

    await ask("nothing", whole, longWords);
    const before = heapBytes();
    const blows = [
      ...Array.from({ length: generations }, (_, at) => mix[at % mix.length] as Blow),
      ...Array.from({ length: mutants }, (): Blow => "mutant"),
    ].sort(() => random() - 0.5);
    for (const [at, blow] of blows.entries()) {
      if (blow === "mutant") {
        const path = join(house.folder, `mutant-${at}.gguf`);
        writeMutation(small, path, Math.min(headerBytes, statSync(small).size), seed + at);
        await ask(blow, path, localWords);
      } else {
        // a name of its own, or the third blow would set the model aside
        await ask(blow, blow === "nothing" ? whole : house.modelFor(whole, at), longWords);
      }
      if (at % 25 === 24) say(`${at + 1} of ${blows.length}`);
    }
    await ask("nothing", whole, longWords);
    for (const error of house.errors) wrongs.push(`the app told of a fault outside of any answer: ${error}`);
    grownBytes = heapBytes() - before;
    house.configure(() => ({ engine: { idle_unload: "1ms" } }));
    await ask("nothing", small, localWords);
    for await (const { engine } of house.app.status.watch()) if (engine.state === "stopped") break;
    // the last one is told of before the system has taken it away
    for (let tries = 0; house.pids.some(isRunning) && tries < 100; tries++) await wait(50);
    const left = house.pids.filter(isRunning);
    if (left.length > 0) wrongs.push(`processes of the engine are left: ${left.join(", ")}`);
  }
  return { ends, wrongs, grownBytes };
}

interface Seen {
  text: string;
  /** Of the last attempt; null when it answered. */
  kind: FailureKind | null;
  attempts: readonly Attempt[];
}

async function answerOf(house: House, model: string): Promise<Seen> {
  const timeouts = { connect: "60s", first_token: "60s", idle: "60s", total: "120s" };
  const engine = house.app.settings.config.engine;
  house.configure(() => ({
    fallback_chain: [{ id: "local", provider: "llama", model, timeouts }],
    deadline: "180s",
    ...(engine && { engine }),
  }));
  let text = "";
  const request = { messages: [{ role: "user" as const, content: "Say it." }], max_tokens: 500 };
  for await (const event of house.run(request, new AbortController().signal)) {
    if (event.type === "delta") text += event.text ?? "";
    if (event.type === "retracted") text = "";
    if (event.type !== "finished") continue;
    const { attempts } = event.receipt;
    return { text, kind: event.failure ? (attempts.at(-1)?.kind ?? "cancelled") : null, attempts };
  }
  throw new Error("the chain ended without saying how");
}

function wrongOf(blow: Blow, { text, kind, attempts }: Seen, words: string): string | null {
  // what a mutant says can't be known: its weights may have changed
  if (kind === null) return blow === "mutant" || text === words ? null : `looks whole: ${text.slice(-40)}`;
  if (!allowed[blow].includes(kind)) return `failed as ${kind}: ${attempts.at(-1)?.message}`;
  return attempts.at(-1)?.message ? null : `failed as ${kind} without a word`;
}

/** Has the blow fall on the engine's process once it works, after a while. */
function struck(house: House, blow: Blow, afterMs: number): Disposable {
  const over = new AbortController();
  let relieve: () => unknown = () => {};
  if (blow === "nothing" || blow === "mutant") return { [Symbol.dispose]: () => {} };
  void (async () => {
    for await (const { engine } of house.app.status.watch(over.signal)) {
      if (engine.state !== "generating" && engine.state !== "loading") continue;
      const { pid } = house.process ?? {};
      await wait(afterMs);
      if (pid !== undefined && !over.signal.aborted && isRunning(pid)) relieve = fall(blow, pid);
      return;
    }
  })();
  return {
    [Symbol.dispose]: () => {
      over.abort();
      relieve();
    },
  };
}

/** Lets the blow fall, and gives what takes back of it what can be taken back. */
function fall(blow: "SIGKILL" | "SIGSTOP" | "no memory", pid: number): () => unknown {
  if (blow !== "no memory") process.kill(pid, blow);
  if (blow !== "no memory" || process.platform !== "linux") return () => {};
  const limit = (bytes: string) => execFileSync("prlimit", ["--pid", String(pid), `--data=${bytes}:`]);
  // not a byte more than it has
  const taken = /^VmData:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  limit(String(Number(taken) * 1_024));
  return () => isRunning(pid) && limit("unlimited");
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}
