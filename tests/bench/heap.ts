import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { memoryChain } from "./chain-alone.ts";
import { patience, question, time } from "./chains.ts";
import { figure, type Section } from "./report.ts";
import { slope } from "./samples.ts";

/** The garbage collector, which Node gives only to those who ask. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

/** Whether the chain keeps anything of a call that has ended: the heap after ever more calls. */
export async function heap(calls: number): Promise<Section> {
  const collect = collector();
  const chain = memoryChain(20);
  const step = calls / 10;
  const points: [calls: number, bytes: number][] = [];
  for (let done = 0; done <= calls; done++) {
    if (done > 0 && done % step === 0) {
      collect();
      points.push([done, process.memoryUsage().heapUsed]);
    }
    await time(chain.run(question, patience));
  }
  const mib = (bytes: number) => figure(bytes / 1024 ** 2);
  const shown = points.filter((_, at) => [0, 4, 9].includes(at));
  return {
    title: "Memory over many calls",
    text: "Calls with 20 deltas each over a provider in memory, all with one signal, as a program's own stop would be; the heap in use after a collection. Growth is the slope of the line through ten such points.",
    columns: ["after", "heap MiB"],
    rows: [
      ...shown.map(([done, bytes]) => [`${done.toLocaleString("en-US")} calls`, mib(bytes)]),
      ["growth, bytes a call", figure(slope(points))],
    ],
  };
}
