import type { ModelBenchmark } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import { ModelError } from "../models/index.ts";

const limitMs = 60_000;
const wantedTokens = 64;
const tokensAtOnce = 32;
const mostRounds = 8;

/** A text of about 300 tokens, another one each time, so that nothing of it is evaluated already. */
const promptOf = (round: number): string =>
  `Round ${round}. ${Array.from({ length: 60 }, (_, n) => `item ${n + round * 60}`).join(", ")}. Go on with this list.`;

/**
 * How fast a model reads and answers, measured through the engine with whatever it is set to: a minute at most. Throws a ModelError
 * when the model says too little to be measured, or what the engine throws.
 */
export async function benchmark(
  engine: Pick<EngineClient, "load" | "generate">,
  path: string,
  now: () => number,
  signal: AbortSignal,
): Promise<Omit<ModelBenchmark, "model">> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const began = now();
  const { device } = await engine.load({ path }, limit);
  const sum = { load: now() - began, read: 0, readMs: 0, told: 0, toldMs: 0 };
  try {
    for (let round = 0; round < mostRounds && sum.told < wantedTokens; round++) {
      const started = now();
      let first: number | null = null;
      const messages = [{ role: "user" as const, content: promptOf(round) }];
      for await (const event of engine.generate(
        { model: { path }, messages, maxTokens: tokensAtOnce },
        limit,
      )) {
        if (event.type === "delta") first ??= now();
        if (event.type !== "finish" || first === null) continue;
        sum.read += event.usage.input_tokens;
        sum.readMs += first - started;
        sum.told += event.usage.output_tokens - 1;
        sum.toldMs += now() - first;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted || sum.told === 0) {
      throw limit.aborted
        ? new ModelError(
            "unusable",
            "The model said nothing within a minute: it is too slow for this machine.",
          )
        : error;
    }
  }
  if (sum.told === 0 || sum.toldMs === 0)
    throw new ModelError("unusable", "The model says too little to be measured. Benchmark a chat model.");
  return {
    tokens_per_second: (sum.told * 1000) / sum.toldMs,
    prompt_tokens_per_second: (sum.read * 1000) / Math.max(1, sum.readMs),
    load_ms: sum.load,
    device: device ?? "cpu",
  };
}
