/** Run by a test as a process of its own: starts an endless generation, tells the engine's pid, and waits to be killed. */
import { EngineClient, forkEngine } from "../../electron/engine/index.ts";
import { childEntry, patience, question } from "./support.ts";

const engine = forkEngine(childEntry);
const client = new EngineClient({ spawn: () => engine });
const model = { path: process.env.MODEL ?? "", gpu: "off" as const };
let told = false;
for await (const event of client.generate({ model, messages: question }, patience)) {
  if (event.type === "delta" && !told) {
    told = true;
    process.send?.(engine.pid);
  }
}
