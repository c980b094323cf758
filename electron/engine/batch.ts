import type { EngineEvent } from "./contract.ts";

type Delta = Extract<EngineEvent, { type: "delta" }>;

/** Tokens that come faster than this, milliseconds, go to the main process together: each message costs both of them about 0.1 ms. */
const togetherMs = 4;

/** Passes deltas on, the first at once, and those that follow within milliseconds joined to one of their kind. */
export class Batch {
  readonly #push: (delta: Delta) => void;
  #waiting: Delta | null = null;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(push: (delta: Delta) => void) {
    this.#push = push;
  }

  add(delta: Delta): void {
    const joined = this.#waiting === null ? delta : join(this.#waiting, delta);
    if (joined === null) this.flush();
    this.#waiting = joined ?? delta;
    if (performance.now() - this.#sentAt >= togetherMs) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), togetherMs);
  }

  /** Passes on what waits. Whoever adds has to do this at the end. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === null) return;
    this.#push(this.#waiting);
    this.#waiting = null;
    this.#sentAt = performance.now();
  }
}

/** Two deltas as one; null when they are of different kinds, or of different tool calls. */
function join(a: Delta, b: Delta): Delta | null {
  if (a.text !== undefined && b.text !== undefined) return { type: "delta", text: a.text + b.text };
  if (a.reasoning !== undefined && b.reasoning !== undefined)
    return { type: "delta", reasoning: a.reasoning + b.reasoning };
  if (a.tool_call === undefined || b.tool_call === undefined) return null;
  if (b.tool_call.id !== undefined || a.tool_call.index !== b.tool_call.index) return null;
  const text = (a.tool_call.arguments ?? "") + (b.tool_call.arguments ?? "");
  return { type: "delta", tool_call: { ...a.tool_call, arguments: text } };
}
