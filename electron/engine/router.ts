import { implement, ORPCError } from "@orpc/server";
import { Channel } from "./channel.ts";
import { type ChildStatus, engineContract } from "./contract.ts";
import { Embedder } from "./embedding.ts";
import { EngineFailure, messageOf } from "./failure.ts";
import { ownPulse } from "./pulse.ts";
import { Runtime } from "./runtime.ts";

/** The engine's procedures over one runtime. */
export function engineRouter() {
  const watchers = new Set<Channel<ChildStatus>>();
  let status: ChildStatus = { state: "idle", model: null, device: null, vram_bytes: null };
  const runtime = new Runtime((next) => {
    status = next;
    for (const watcher of watchers) watcher.push(next);
  });
  const embedder = new Embedder();
  const os = implement(engineContract);
  const never = new AbortController().signal;

  return os.router({
    load: os.load.handler(({ input, signal = never }) => explained(() => runtime.load(input, signal))),
    embed: os.embed.handler(({ input, signal = never }) => explained(() => embedder.embed(input, signal))),
    inspect: os.inspect.handler(({ input }) =>
      // node-llama-cpp is a large import, and the other calls are to be heard before it
      explained(async () => (await import("./inspect.ts")).inspectModel(input)),
    ),
    unload: os.unload.handler(({ signal = never }) => explained(() => runtime.unload(signal))),
    info: os.info.handler(() => runtime.info()),
    generate: os.generate.handler(async function* ({ input, signal = never }) {
      try {
        yield* runtime.generate(input, signal);
      } catch (error) {
        throw explain(error);
      }
    }),
    ping: os.ping.handler(() => ownPulse(status.state)),
    watch: os.watch.handler(async function* ({ signal = never }) {
      const changes = new Channel<ChildStatus>();
      const end = () => changes.end();
      signal.addEventListener("abort", end, { once: true });
      watchers.add(changes);
      try {
        yield status;
        yield* changes;
      } finally {
        watchers.delete(changes);
        signal.removeEventListener("abort", end);
      }
    }),
  });
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error);
  }
}

/** An error that keeps its kind and its text on the way to the main process; oRPC hides those of any other. */
function explain(error: unknown): ORPCError<"ENGINE", { kind: EngineFailure["kind"] }> {
  const kind = error instanceof EngineFailure ? error.kind : "engine_crashed";
  return new ORPCError("ENGINE", { message: messageOf(error), data: { kind }, defined: true, cause: error });
}
