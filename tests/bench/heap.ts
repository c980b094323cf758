import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Provider, ProviderFailure } from "../../electron/chain/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";
import { inMemory } from "./chain-alone.ts";
import { chainOver, patience, question, time } from "./chains.ts";
import { figure, type Section } from "./report.ts";
import { slope } from "./samples.ts";

/** The garbage collector, which Node gives only to those who ask. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

const deltas = 8;
/** Every so manieth call of the first link fails: weights, breakers and receipts of two attempts have their part. */
const failsEvery = 10;
const samples = 20;

/** Two links by their weights, the first of which fails now and then. */
function unsteadyChain() {
  const whole = inMemory(deltas);
  let asked = 0;
  const provider: Provider = {
    async *stream(request, link, signal) {
      if (link.id === "primary" && ++asked % failsEvery === 0)
        throw new ProviderFailure("overloaded", "Too many requests.", { status: 529 });
      yield* whole.stream(request, link, signal);
    },
  };
  const links = ["primary", "second"].map((id) => linkOf({ id, price: { input: 1, output: 5 } }));
  return chainOver(links, provider);
}

/** Whether the chain keeps anything of a call that has ended: the heap after ever more calls. */
export async function heap(calls: number): Promise<Section> {
  const collect = collector();
  const chain = unsteadyChain();
  const step = calls / samples;
  const points: [calls: number, bytes: number][] = [];
  for (let done = 1; done <= calls; done++) {
    await time(chain.run(question, patience));
    if (done % step !== 0) continue;
    // What the first collection finds out to be free, a second one frees.
    collect();
    collect();
    points.push([done, process.memoryUsage().heapUsed]);
  }
  const mib = (bytes: number) => figure(bytes / 1024 ** 2);
  const bytes = points.map(([, used]) => used);
  const first = bytes[0] ?? Number.NaN;
  const last = bytes.at(-1) ?? Number.NaN;
  const shown = points.filter((_, at) => [0, samples / 2 - 1, samples - 1].includes(at));
  return {
    title: "Memory over many calls",
    text: `Calls with ${deltas} deltas each over a provider in memory, with breakers, weights and receipts; every ${failsEvery}th call of the first of two links fails. All have one signal, as a program's own stop would be. The heap in use is taken after a collection, ${samples} times; growth is the slope of the line through all of them.`,
    columns: ["after", "heap MiB"],
    rows: [
      ...shown.map(([done, used]) => [`${done.toLocaleString("en-US")} calls`, mib(used)]),
      ["the last above the first", mib(last - first)],
      ["between the least and the most", mib(Math.max(...bytes) - Math.min(...bytes))],
      ["growth in a million calls", mib(slope(points) * 1e6)],
    ],
  };
}
