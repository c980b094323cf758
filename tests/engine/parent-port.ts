/** Preloaded into a child of Node: gives it `process.parentPort` as Electron's utility processes have it, over the IPC channel. */
import { EventEmitter } from "node:events";

const port = new EventEmitter();
// like Electron's, it keeps messages until somebody listens
port.once("newListener", () => {
  process.nextTick(() => process.on("message", (data) => port.emit("message", { data })));
});
Object.assign(process, {
  parentPort: Object.assign(port, { postMessage: (message: unknown) => process.send?.(message) }),
});
