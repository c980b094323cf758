import { z } from "zod";
import type { Clock, Link } from "../chain/index.ts";
import type { BreakerConfig, FailureKind } from "../contract/index.ts";
import { Breaker, type BreakerRefusal, type Circuit, type FoundElsewhere, type Permit } from "./breaker.ts";
import { breakerSettings } from "./breaker-settings.ts";
import type { BreakerState } from "./breaker-state.ts";

/** What of a link its breaker goes by. */
export interface BreakerLink extends Pick<Link, "id" | "provider" | "model" | "baseUrl"> {
  breaker?: BreakerConfig | undefined;
}

/** Where the breakers' state outlives the process. Either may throw: the breakers then go on without. */
export interface BreakerStore {
  load(): string | null;
  save(json: string): void;
}

export interface BreakersParts {
  clock: Clock;
  counts(kind: FailureKind): boolean;
  store: BreakerStore;
  /** Told when a link's state or reset time has changed. It may come while states are read: it must not throw, nor read at once. */
  onChange?(link: string): void;
  /** Told of what was found out here, for others that ask the same place. */
  onFound?(link: string, target: string, found: FoundElsewhere): void;
  /** Told, in words for the person, when state could not be read or kept. */
  onWarning(text: string): void;
}

interface Entry {
  breaker: Breaker;
  target: string;
  settings: string;
}

const savedBreakers = z.record(z.string(), z.object({ target: z.string(), breaker: z.unknown() }));
type SavedBreakers = z.infer<typeof savedBreakers>;

/** Counts are kept within this time; a change of state at once. */
const saveDelayMs = 1_000;

/** For a link that was taken out of the chain while a request was under way: there is nothing left to protect. */
const unknownLinkPermit: Permit = {
  success() {},
  failure() {},
  cancel() {},
  [Symbol.dispose]() {},
};

/** The breaker of every link. Closing it keeps what is not kept yet. */
export class Breakers implements Disposable {
  readonly #parts: BreakersParts;
  #entries = new Map<string, Entry>();
  /** What an earlier process left, for links that have not been seen yet. */
  #saved: SavedBreakers;
  #cancelSave: (() => void) | null = null;
  #isConfiguring = false;
  #isAdopting = false;
  #hasWarned = false;

  constructor(parts: BreakersParts) {
    this.#parts = parts;
    this.#saved = this.#load();
  }

  /**
   * Takes up the links of a config. A breaker stays as it is while its link leads to the same place under the same settings;
   * new settings start it anew, and links that are gone are forgotten.
   */
  configure(links: readonly BreakerLink[]): void {
    this.#isConfiguring = true;
    try {
      this.#entries = new Map(links.map((link) => [link.id, this.#entryOf(link)]));
    } finally {
      this.#isConfiguring = false;
    }
  }

  /** Leave to call a link now, or null. A link that is not in the chain is never refused. */
  tryAcquire(link: string): Permit | null {
    const entry = this.#entries.get(link);
    return entry ? entry.breaker.tryAcquire() : unknownLinkPermit;
  }

  /** Why a call of the link would be refused now, or null when it would not. Takes nothing. */
  refusal(link: string): BreakerRefusal | null {
    return this.#entries.get(link)?.breaker.refusal() ?? null;
  }

  /** The state of a link, or null when it is not in the chain. */
  of(link: string): Circuit | null {
    return this.#entries.get(link)?.breaker.snapshot() ?? null;
  }

  /** All links, by id, in the order of the chain: the body of `/v1/circuits`. */
  snapshot(): Record<string, Circuit> {
    return Object.fromEntries([...this.#entries].map(([id, { breaker }]) => [id, breaker.snapshot()]));
  }

  /** Closes a link's breaker and lifts its reset time: the person has given it another key, say. */
  reset(link: string): void {
    this.#entries.get(link)?.breaker.reset();
  }

  /** Takes up what another gateway found out about a link, if it leads to the same place there. */
  adopt(link: string, target: string, found: FoundElsewhere): void {
    const entry = this.#entries.get(link);
    if (entry?.target !== target) return;
    this.#isAdopting = true;
    try {
      entry.breaker.adopt(found);
    } finally {
      this.#isAdopting = false;
    }
  }

  /** Tells again of every link that is left alone now. */
  tellAll(): void {
    for (const [link, entry] of this.#entries) {
      if (entry.breaker.refusal() !== null) this.#tell(link, entry);
    }
  }

  [Symbol.dispose](): void {
    if (this.#cancelSave) this.#save();
  }

  #entryOf(link: BreakerLink): Entry {
    const target = JSON.stringify([link.provider, link.baseUrl, link.model]);
    const chosen = breakerSettings(link.breaker);
    const settings = JSON.stringify(chosen);
    const present = this.#entries.get(link.id);
    if (present?.target === target && present.settings === settings) return present;
    const { clock, counts } = this.#parts;
    const breaker = new Breaker({
      settings: chosen,
      clock,
      counts,
      onChange: (what) => this.#changed(link.id, what),
    });
    const saved = this.#saved[link.id];
    delete this.#saved[link.id];
    if (saved?.target === target && !breaker.restore(saved.breaker))
      this.#parts.onWarning(
        `What was known of link "${link.id}" can't be read, or a newer version wrote it: it starts as if healthy.`,
      );
    return { breaker, target, settings };
  }

  #changed(link: string, what: "state" | "count"): void {
    if (this.#isConfiguring) return;
    if (what === "count") {
      this.#cancelSave ??= this.#parts.clock.after(saveDelayMs, () => this.#save());
      return;
    }
    this.#save();
    const entry = this.#entries.get(link);
    if (entry && !this.#isAdopting) this.#tell(link, entry);
    this.#parts.onChange?.(link);
  }

  #tell(link: string, { target, breaker }: Entry): void {
    const { clock, onFound } = this.#parts;
    onFound?.(link, target, foundBy(breaker.toJSON(), clock.now()));
  }

  #load(): SavedBreakers {
    const { store, onWarning } = this.#parts;
    try {
      const json = store.load();
      return json === null ? {} : savedBreakers.parse(JSON.parse(json));
    } catch {
      onWarning("What was known of the links' failures can't be read: every link starts as if healthy.");
      return {};
    }
  }

  #save(): void {
    this.#cancelSave?.();
    this.#cancelSave = null;
    const saved = [...this.#entries].map(([id, { target, breaker }]) => [id, { target, breaker }]);
    try {
      this.#parts.store.save(JSON.stringify(Object.fromEntries(saved)));
    } catch (error) {
      // Once is enough: the disk is full now, and will be at the next failure.
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.onWarning(
        `What is known of the links' failures can't be kept, and is lost with the next restart: ${reason}`,
      );
    }
  }
}

function foundBy(state: BreakerState, now: number): FoundElsewhere {
  return {
    state: state.state,
    opensInMs: Math.max(0, (state.opens_until ?? 0) - now),
    refusedInMs: Math.max(0, (state.refused_until ?? 0) - now),
    kind: state.last_kind,
    refusedKind: state.refused_kind,
    failures: state.failure_count,
  };
}
