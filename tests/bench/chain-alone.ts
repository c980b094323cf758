import type { Provider, ProviderEvent } from "../../electron/chain/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";
import { chainOver, patience, question, time } from "./chains.ts";
import { figure, type Section } from "./report.ts";
import { inTurn, median, quantile } from "./samples.ts";

/** A provider that has its answer already, and does nothing else. */
export function inMemory(pieces: number): Provider {
  const events: ProviderEvent[] = [
    { type: "connected" },
    { type: "head", status: 200, requestId: "req_1" },
    ...Array.from({ length: pieces }, () => ({ type: "delta", text: "word " }) as const),
    {
      type: "finish",
      reason: "stop",
      model: "in-memory",
      usage: { input_tokens: 20, output_tokens: pieces },
    },
  ];
  return {
    async *stream() {
      yield* events;
    },
  };
}

export const memoryChain = (pieces: number) =>
  chainOver([linkOf({ id: "primary", price: { input: 1, output: 5 } })], inMemory(pieces));

/** Calls in a batch: one alone is shorter than the clock's noise. */
const batch = 20;

/** What the chain alone takes, over a provider in memory: a call, and each delta. */
export async function chainAlone(rounds: number): Promise<Section> {
  const caller = (pieces: number) => {
    const chain = memoryChain(pieces);
    return async () => {
      const started = performance.now();
      for (let call = 0; call < batch; call++) await time(chain.run(question, patience));
      return ((performance.now() - started) * 1_000) / batch;
    };
  };
  const [few, many] = [1, 201];
  const { short, long } = await inTurn({ rounds, warmUp: 100 }, { short: caller(few), long: caller(many) });
  const perDelta = long.map((us, round) => (us - (short[round] ?? Number.NaN)) / (many - few));
  const row = (name: string, values: number[]) => [
    name,
    figure(median(values)),
    figure(quantile(values, 0.95)),
  ];
  return {
    title: "The chain alone",
    text: `${rounds} rounds of ${batch} calls over a provider in memory, without network or disk. A delta's cost is the difference between answers of ${many} and of ${few} deltas, divided by ${many - few}.`,
    columns: ["what", "median µs", "p95 µs"],
    rows: [
      row("a call with one delta", short),
      row(`a call with ${many} deltas`, long),
      row("each further delta", perDelta),
    ],
  };
}
