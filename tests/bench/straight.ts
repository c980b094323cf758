// A program of its own: node-llama-cpp used straight, as its own guide does it. Takes the model's path, the question and
// the longest answer in tokens; answers once at the start and again at each message, and sends what it measured.
import { availableParallelism } from "node:os";
import { getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";
import type { Generated } from "./engine-speed.ts";

const [path = "", question = "", maxTokens = "0"] = process.argv.slice(2);
const llama = await getLlama({
  gpu: false,
  build: "never",
  skipDownload: true,
  logLevel: LlamaLogLevel.error,
  maxThreads: 0,
});
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({
  contextSize: { max: 8192 },
  // as many as the engine takes (docs/decisions/0011-one-core-is-left-free.md)
  threads: Math.max(1, Math.min(llama.cpuMathCores, availableParallelism() - 1)),
});
const session = new LlamaChatSession({ contextSequence: context.getSequence() });

async function answer(): Promise<Generated> {
  // Empty, without the system prompt that the session would begin with: the chain has none of its own either.
  session.setChatHistory([]);
  const started = performance.now();
  const before = session.sequence.tokenMeter.getState();
  let firstMs = 0;
  const text = await session.prompt(question, {
    maxTokens: Number(maxTokens),
    temperature: 0,
    repeatPenalty: false,
    onTextChunk: () => {
      firstMs ||= performance.now() - started;
    },
  });
  const totalMs = performance.now() - started;
  return { firstMs, totalMs, tokens: session.sequence.tokenMeter.diff(before).usedOutputTokens, text };
}

process.on("message", async () => process.send?.(await answer()));
process.send?.(await answer());
