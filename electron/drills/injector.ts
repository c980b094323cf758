import type { Link, Provider } from "../chain/index.ts";
import { type DrillFault, durationMs } from "../contract/index.ts";
import { type FaultTools, faulty } from "./faulty.ts";
import { linksNamed } from "./links.ts";
import { seeded } from "./random.ts";

export interface InjectorParts extends FaultTools {
  faults: readonly DrillFault[];
  seed: number;
  /** The chain of the drill. */
  links: readonly Link[];
}

interface Armed {
  fault: DrillFault;
  on: ReadonlySet<string>;
  fromMs: number;
  toMs: number;
  share: number;
  random: () => number;
  hits: number;
}

/**
 * Injects a drill's faults inside the providers' border: the chain sees providers that misbehave, and knows of no drill. Faults
 * count from `begin`; before it, and after the drill, providers are as they are.
 */
export class Injector {
  readonly #parts: InjectorParts;
  readonly #armed: Armed[];
  #beganAt: number | null = null;

  constructor(parts: InjectorParts) {
    this.#parts = parts;
    this.#armed = parts.faults.map((fault, index) => {
      const fromMs = durationMs(fault.from ?? "0s");
      return {
        fault,
        on: new Set(linksNamed(fault.links, parts.links).map(({ id }) => id)),
        fromMs,
        toMs: fault.for ? fromMs + durationMs(fault.for) : Number.POSITIVE_INFINITY,
        share: fault.share ?? 1,
        // A draw of its own for each fault, so that another fault does not change whom this one hits.
        random: seeded(parts.seed * 1_000 + index),
        hits: 0,
      };
    });
  }

  /** The drill's time begins now. */
  begin(): void {
    this.#beganAt = this.#parts.clock.monotonic();
  }

  end(): void {
    this.#beganAt = null;
  }

  /** How many attempts each fault has hit, in the order of the faults. */
  get hits(): number[] {
    return this.#armed.map(({ hits }) => hits);
  }

  /** The same provider, with the faults in front of it. */
  guard(provider: Provider): Provider {
    return {
      stream: (request, link, signal) => {
        const faults = this.#strike(link);
        return faults.length === 0
          ? provider.stream(request, link, signal)
          : faulty(faults, { provider, request, link, signal }, this.#parts);
      },
    };
  }

  /** The faults that hit an attempt that begins now. */
  #strike({ id }: Link): DrillFault[] {
    if (this.#beganAt === null) return [];
    const at = this.#parts.clock.monotonic() - this.#beganAt;
    return this.#armed.flatMap((armed) => {
      const { on, fromMs, toMs, share, random, fault } = armed;
      if (!on.has(id) || at < fromMs || at >= toMs) return [];
      if (share < 1 && random() >= share) return [];
      armed.hits += 1;
      return fault;
    });
  }
}
