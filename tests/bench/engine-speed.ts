import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Chain } from "../../electron/chain/index.ts";
import { EngineClient, forkEngine } from "../../electron/engine/index.ts";
import { llamaProvider } from "../../electron/providers/index.ts";
import { writeReciter } from "../fixtures/gguf/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";
import { chainOver, patience } from "./chains.ts";
import { Child } from "./child.ts";
import { figure, type Section } from "./report.ts";
import { inTurn, median } from "./samples.ts";

/** One answer of a model; times are milliseconds since it was asked. */
export interface Generated {
  firstMs: number;
  totalMs: number;
  tokens: number;
  text: string;
}

interface Subject {
  name: string;
  path: string;
  question: string;
  maxTokens: number;
}

const root = resolve(import.meta.dirname, "../..");
/** The engine as it ships; `npm run bench` has built it. */
const engineEntry = join(root, "out/main/engine.js");
const starter = join(root, "resources/models/starter.gguf");
const sentence = "The quick brown fox jumps over the lazy dog while the cat looks on. ";

/** The models: the one that ships, and two made by hand whose tokens cost next to nothing and about as much as a large model's. */
function subjects(folder: string): Subject[] {
  const reciter = (name: string, file: string, feedForward: number, maxTokens: number): Subject => ({
    name,
    path: writeReciter(join(folder, file), { sentence, endless: true, feedForward }),
    question: "Say it.",
    maxTokens,
  });
  return [
    ...(existsSync(starter)
      ? [
          {
            name: "starter",
            path: starter,
            question: "What happens when I lose my connection?",
            maxTokens: 200,
          },
        ]
      : []),
    reciter("reciter, tiny", "tiny.gguf", 32, 256),
    reciter("reciter, slow", "slow.gguf", 60_000, 64),
  ];
}

/** A chain over the engine in a process of its own, as the app has it. */
class EngineChain implements AsyncDisposable {
  readonly #client = new EngineClient({ spawn: () => forkEngine(engineEntry) });
  readonly #chain: Chain;
  readonly #subject: Subject;

  constructor(subject: Subject) {
    this.#subject = subject;
    const link = linkOf({
      id: "local",
      provider: "llama",
      model: subject.path,
      tier: "local",
      level: "reduced",
    });
    const timeouts = { connectMs: 60_000, firstTokenMs: 60_000, idleMs: 60_000, totalMs: 300_000 };
    const provider = llamaProvider({
      // The straight use is on the CPU as well.
      engine: {
        generate: (request, signal) =>
          this.#client.generate({ ...request, model: { ...request.model, gpu: "off" } }, signal),
      },
      resolveModel: (path) => path,
    });
    this.#chain = chainOver([{ ...link, timeouts }], provider);
  }

  async answer(): Promise<Generated> {
    const { question, maxTokens } = this.#subject;
    const started = performance.now();
    const request = { messages: [{ role: "user" as const, content: question }], max_tokens: maxTokens };
    let firstMs = 0;
    for await (const event of this.#chain.run(request, patience)) {
      if (event.type === "delta") firstMs ||= performance.now() - started;
      if (event.type !== "finished") continue;
      if (event.failure)
        throw new Error(`the engine did not answer: ${JSON.stringify(event.receipt.attempts)}`);
      const tokens = event.receipt.usage?.output_tokens ?? 0;
      return { firstMs, totalMs: performance.now() - started, tokens, text: event.answer.text };
    }
    throw new Error("the chain ended without saying how");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }
}

const straightOf = ({ path, question, maxTokens }: Subject) =>
  new Child("straight.ts", [path, question, String(maxTokens)]);

/** From the last word on: what comes before it is the time to the first token. */
const tokensPerSecond = ({ tokens, firstMs, totalMs }: Generated) =>
  ((tokens - 1) * 1_000) / (totalMs - firstMs);

/** How fast a model on this machine speaks through chain and engine, against node-llama-cpp used straight. */
export async function engineSpeed(rounds: number, starts: number): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    const rows: string[][] = [];
    for (const subject of subjects(folder)) {
      rows.push(await speedRow(subject, rounds, starts));
    }
    return {
      title: "A model on this machine, against node-llama-cpp used straight",
      text:
        `${rounds} answers of each kind in turn, the same prompt and as many tokens, temperature 0, one thread fewer than there are ` +
        "cores, on the CPU. *Straight* is node-llama-cpp's `LlamaChatSession` in one process; *chain* is the whole way: chain, " +
        `provider, engine process and back. Tokens a second count from the first token to the last. Cold is the median of ${starts} ` +
        "starts: a new process, llama.cpp, the model, the prompt. The reciters are models made by hand that say a sentence again and " +
        "again: the tiny one's tokens cost next to nothing, so that it shows the way through the engine and little else.",
      columns: [
        "model",
        "straight tok/s",
        "chain tok/s",
        "ratio",
        "added µs a token",
        "first token cold, straight ms",
        "chain ms",
        "warm, straight ms",
        "chain ms",
      ],
      rows,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function speedRow(subject: Subject, rounds: number, starts: number): Promise<string[]> {
  const cold = await inTurn({ rounds: starts, warmUp: 0 }, coldStarts(subject));
  await using engine = new EngineChain(subject);
  await using straight = straightOf(subject);
  await straight.message();
  const warm = await inTurn(
    { rounds, warmUp: 2 },
    {
      straight: () => {
        straight.send("again");
        return straight.message() as Promise<Generated>;
      },
      chain: () => engine.answer(),
    },
  );
  sameAnswers(warm.straight[0], warm.chain[0]);
  const speed = {
    straight: median(warm.straight.map(tokensPerSecond)),
    chain: median(warm.chain.map(tokensPerSecond)),
  };
  const first = (of: Generated[]) => figure(median(of.map(({ firstMs }) => firstMs)));
  return [
    `${subject.name} (${warm.chain[0]?.tokens} tokens)`,
    figure(speed.straight),
    figure(speed.chain),
    figure(speed.chain / speed.straight),
    figure(1e6 / speed.chain - 1e6 / speed.straight),
    figure(median(cold.straight)),
    figure(median(cold.chain)),
    first(warm.straight),
    first(warm.chain),
  ];
}

/** Milliseconds from nothing to the first token. */
function coldStarts(subject: Subject) {
  return {
    straight: async () => {
      const started = performance.now();
      await using child = straightOf(subject);
      const { firstMs, totalMs } = (await child.message()) as Generated;
      return performance.now() - started - (totalMs - firstMs);
    },
    chain: async () => {
      await using engine = new EngineChain(subject);
      return (await engine.answer()).firstMs;
    },
  };
}

function sameAnswers(a: Generated | undefined, b: Generated | undefined): void {
  if (a?.text.trim() !== b?.text.trim() || a?.text === undefined) {
    throw new Error(`the two ways gave different answers:\n${a?.text}\n${b?.text}`);
  }
}
