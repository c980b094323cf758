/** The entry of the engine's process, started by `forkEngine` or by Electron's `utilityProcess.fork`. */

import { RPCHandler } from "@orpc/server/message-port";
import type { ParentPort } from "electron";
import { engineRouter } from "./router.ts";

type Listener = (event: { data: unknown }) => void;

/** The way to the parent as the port that oRPC knows: `process.parentPort` in Electron, the IPC channel in Node. */
function parentPort() {
  const utilityPort = (process as { parentPort?: ParentPort }).parentPort;
  if (utilityPort !== undefined) {
    return {
      on: (event: string, listener: Listener) => {
        if (event === "message") utilityPort.on("message", listener);
      },
      postMessage: (data: unknown) => utilityPort.postMessage(data),
    };
  }
  return {
    on: (event: string, listener: Listener) => {
      if (event === "message") process.on("message", (data) => listener({ data }));
    },
    // the callback takes the error of a channel that closes meanwhile
    postMessage: (data: unknown) => void (process.connected && process.send?.(data, undefined, {}, () => {})),
  };
}

// llama.cpp would have a debugger look at an abort for seconds, in which the process says and does nothing. Its parent has the last words.
process.env.GGML_NO_BACKTRACE ??= "1";

// A parent that died can't end its child any more. Electron ends its utility processes by itself.
process.on("disconnect", () => process.exit(0));

new RPCHandler(engineRouter()).upgrade(parentPort());
