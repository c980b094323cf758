import {
  type Clock,
  type Link,
  type Provider,
  type ProviderEvent,
  ProviderFailure,
  type ProviderRequest,
} from "../chain/index.ts";
import { type DrillFault, durationMs } from "../contract/index.ts";
import { pause, untilAborted } from "./pause.ts";
import { type Spoiler, spoilers } from "./spoil.ts";

/** What faults need of the world. */
export interface FaultTools {
  clock: Clock;
  /** What a real provider would make of an HTTP error. */
  failureOf(link: Link, status: number, retryAfterMs: number | null): ProviderFailure;
  /** Kills the engine's process; false where none runs. */
  killEngine(): boolean;
}

/** An attempt on its way to a provider. */
export interface Call {
  provider: Provider;
  request: ProviderRequest;
  link: Link;
  signal: AbortSignal;
}

const refusal = "I'm sorry, but I can't help with that.";

/** The provider's answer, under all these faults at once. Faults that need no answer keep the call from the provider. */
export async function* faulty(
  faults: readonly DrillFault[],
  { provider, request, link, signal }: Call,
  tools: FaultTools,
): AsyncGenerator<ProviderEvent, void, void> {
  const find = <Kind extends DrillFault["fault"]>(kind: Kind) =>
    faults.find((fault): fault is Extract<DrillFault, { fault: Kind }> => fault.fault === kind);
  if (find("block")) throw new ProviderFailure("network", `The drill blocks the way to "${link.id}".`);

  const delayMs = faults.reduce((ms, fault) => ms + (fault.fault === "delay" ? durationMs(fault.by) : 0), 0);
  const status = find("status");
  const stall = find("stall");
  const isRefused = find("refuse") !== undefined;
  if (status || isRefused || stall?.after === 0) {
    yield { type: "connected" };
    await pause(delayMs, tools.clock, signal);
    if (status) {
      const { retry_after } = status;
      throw tools.failureOf(link, status.status, retry_after ? durationMs(retry_after) : null);
    }
    if (!isRefused) await untilAborted(signal);
    yield { type: "head", status: 200, requestId: null };
    yield { type: "delta", text: refusal };
    yield { type: "finish", reason: "stop", model: link.model, usage: null };
    return;
  }
  const cut = find("cut");
  const kill = find("kill_engine");
  const lower = find("lower_quality");
  yield* disturbed(provider.stream(request, link, signal), link, signal, {
    tools,
    delayMs,
    stallAfter: stall ? (stall.after ?? defaultAfter) : null,
    cutAfter: cut ? (cut.after ?? defaultAfter) : null,
    killAfter: kill ? (kill.after ?? 0) : null,
    spoil: lower ? spoilers[lower.as ?? "garble"]() : null,
  });
}

/** Enough for the answer to have begun. Characters. */
const defaultAfter = 20;

/** What becomes of an answer on its way; counts are characters of it. */
interface Disturbance {
  tools: FaultTools;
  delayMs: number;
  stallAfter: number | null;
  cutAfter: number | null;
  killAfter: number | null;
  spoil: Spoiler | null;
}

async function* disturbed(
  events: AsyncIterable<ProviderEvent>,
  link: Link,
  signal: AbortSignal,
  { tools, delayMs, stallAfter, cutAfter, killAfter, spoil }: Disturbance,
): AsyncGenerator<ProviderEvent, void, void> {
  let said = 0;
  let spoke = false;
  let killed = false;
  const isDue = (after: number | null): boolean => after !== null && said >= after;
  for await (const event of events) {
    if (event.type !== "delta" && event.type !== "finish") {
      yield event;
      continue;
    }
    if (!spoke) await pause(delayMs, tools.clock, signal);
    spoke = true;
    if (isDue(cutAfter)) throw new ProviderFailure("truncated", `The drill cut the answer of "${link.id}".`);
    if (isDue(stallAfter)) await untilAborted(signal);
    if (isDue(killAfter) && !killed) {
      killed = true;
      // Where an engine runs, its own death is what the answer ends with.
      if (!tools.killEngine()) throw new ProviderFailure("engine_crashed", "The drill killed the engine.");
    }
    if (event.type === "finish" || event.text === undefined) {
      yield event;
      continue;
    }
    const text = spoil ? spoil(event.text) : event.text;
    if (text === null) {
      yield { type: "finish", reason: "stop", model: link.model, usage: null };
      return;
    }
    said += event.text.length;
    yield { ...event, text };
  }
}
