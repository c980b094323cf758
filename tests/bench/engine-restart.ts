import { join, resolve } from "node:path";
import { EngineClient, type EngineProcess, forkEngine } from "../../electron/engine/index.ts";
import { patience } from "./chains.ts";
import { figure, type Section } from "./report.ts";
import { median } from "./samples.ts";

const root = resolve(import.meta.dirname, "../..");
/** The engine as it ships; `npm run bench` has built it. */
const engineEntry = join(root, "out/main/engine.js");
const starter = join(root, "resources/models/starter.gguf");
const question = { role: "user" as const, content: "What happens when I lose my connection?" };

/** How long the starter model is away when its process is killed in the middle of an answer. */
export async function engineRestart(rounds: number): Promise<Section> {
  let process: EngineProcess | null = null;
  await using client = new EngineClient({
    spawn: () => {
      process = forkEngine(engineEntry);
      return process;
    },
  });
  const model = { path: starter, gpu: "off" as const };
  const speak = () => client.generate({ model, messages: [question] }, patience);
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // a whole answer, or the third kill would set the model aside
    for await (const _ of speak());
    let killedAt = 0;
    const torn = speak();
    await torn
      .next()
      .then(async () => {
        killedAt = performance.now();
        (process as EngineProcess | null)?.kill();
        for await (const _ of torn);
      })
      .catch(() => {});
    for await (const event of speak()) if (event.type === "delta") break;
    samples.push(performance.now() - killedAt);
  }
  return {
    title: "The starter model after its process was killed",
    text: `From SIGKILL to the first word of the next answer, ${rounds} times: the crash is noticed, a new process starts, llama.cpp and the model are loaded, the prompt is read. On the CPU.`,
    columns: ["median ms", "longest ms"],
    rows: [[figure(median(samples)), figure(Math.max(...samples))]],
  };
}
