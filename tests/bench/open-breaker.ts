import type { Link } from "../../electron/chain/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";
import { inMemory } from "./chain-alone.ts";
import { chainWith, gateOver, patience, question, time } from "./chains.ts";
import { figure, type Section } from "./report.ts";
import { inTurn, median, paired, quantile } from "./samples.ts";

/** Far below the clock's noise each, so that many are measured at once. */
const refusals = 1_000;
const calls = 20;

/** What a link costs whose breaker is open: the refusal itself, and a call that passes the link over. */
export async function openBreaker(rounds: number): Promise<Section> {
  // The rest must last for as long as is measured.
  const failing = { ...linkOf({ id: "primary" }), breaker: { recovery_timeout: "1h" } };
  const second = linkOf({ id: "second", priority: 1 });
  const gate = openedGate(failing, [failing, second]);
  const call = (links: readonly Link[]) => {
    const chain = chainWith(links, inMemory(1), {
      gate,
      strategy: "priority",
      onAttempt: (attempt) => gate.record(attempt),
    });
    return async () => {
      const started = performance.now();
      for (let call = 0; call < calls; call++) await time(chain.run(question, patience));
      return usOf(started, calls);
    };
  };
  const measured = await inTurn(
    { rounds, warmUp: 50 },
    {
      refusal: async () => {
        const started = performance.now();
        for (let refusal = 0; refusal < refusals; refusal++) {
          if (!("refused" in gate.tryAcquire(failing))) throw new Error("the breaker is not open");
        }
        return usOf(started, refusals);
      },
      alone: call([second]),
      passing: call([failing, second]),
    },
  );
  const row = (name: string, values: number[]) => [
    name,
    figure(median(values)),
    figure(quantile(values, 0.95)),
  ];
  return {
    title: "A link whose breaker is open",
    text: `${rounds} rounds in turn, of ${refusals} refusals and of ${calls} calls over a provider in memory; the refusal is made with the sentence that the person gets. A call that passes the link over has an attempt and a notice more than one that never knew it.`,
    columns: ["what", "median µs", "p95 µs"],
    rows: [
      row("a refusal", measured.refusal),
      row("a call that passes the link over, added", paired(measured.passing, measured.alone)),
    ],
  };
}

function openedGate(failing: Link, links: readonly Link[]): ReturnType<typeof gateOver> {
  const gate = gateOver(links);
  for (;;) {
    const permit = gate.tryAcquire(failing);
    if ("refused" in permit) return gate;
    permit.failure("server", null);
  }
}

/** Microseconds that one of so many took. */
const usOf = (started: number, many: number): number => ((performance.now() - started) * 1_000) / many;
