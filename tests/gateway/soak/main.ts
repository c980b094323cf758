import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { soak } from "./soak.ts";

// The heap is compared when what can be freed has been.
setFlagsFromString("--expose-gc");
globalThis.gc = runInNewContext("gc");

/** The whole soak: 10,000 requests, 32 at once. Exit code 0: none lost, mixed or cut, and the memory as it was, within a tenth. */
const { outcomes, heapBefore, heapAfter } = await soak(10_000, 32);
const growth = heapAfter / heapBefore - 1;
console.log(outcomes);
console.log(
  `Heap: ${(heapBefore / 2 ** 20).toFixed(1)} MiB before, ${(heapAfter / 2 ** 20).toFixed(1)} MiB after (${(growth * 100).toFixed(1)} %)`,
);
const { lost, mixed, cut } = outcomes;
process.exitCode = lost + mixed + cut === 0 && growth <= 0.1 ? 0 : 1;
