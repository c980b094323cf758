import { basename } from "node:path";
import { type Clock, type Gate, type Link, plan } from "../chain/index.ts";
import { type ChainEvent, type ChatRequest, type EngineStatus, textOf } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import { llamaModelOf, originOf } from "../providers/index.ts";
import type { ChainSettings } from "./chain-settings.ts";
import type { Connections } from "./connections.ts";
import type { Egress } from "./egress.ts";
import type { Health } from "./health.ts";
import { isLoopback } from "./links.ts";
import { isStarter } from "./starter.ts";

export interface WarmParts {
  clock: Clock;
  settings: Pick<ChainSettings, "rules" | "probes">;
  health: Pick<Health, "mayAsk"> & Pick<Gate, "confidence" | "latencyMs">;
  connections: Pick<Connections, "isOpen">;
  egress: Pick<Egress, "knock">;
  engine: Pick<EngineClient, "status" | "load">;
  /** Has Ollama load the model of a link. */
  warmOllama(link: Link, signal: AbortSignal): Promise<void>;
  /** The path of a link's model; null where it is not on this machine. */
  resolveModel(model: string): string | null;
}

/** The links that are likely to be asked next. */
const warmLinks = 2;
/** The first look waits for the connection that the first request opens itself. */
const firstLookMs = 1_000;
const openLimitMs = 10_000;
/** In any other state the engine is at work already. */
const atRest: ReadonlySet<EngineStatus["state"]> = new Set(["stopped", "idle", "crashed"]);
/** A model that could not be loaded is not tried again at every sign. */
const loadAgainMs = 60_000;

/**
 * Has ready what the next request may need: live connections to the first two links beyond this machine while somebody is there, and, at the
 * first bad sign, the model on this machine in memory. What fails here fails silently: it is nobody's request.
 */
export class Warm implements Disposable {
  readonly #parts: WarmParts;
  readonly #closing = new AbortController();
  readonly #opening = new Set<string>();
  #cancelLook: (() => void) | null = null;
  #system: string | undefined;
  /** Monotonic time of the last request that might leave this machine. */
  #askedAt = 0;
  #isLoading = false;
  #loadAgainAt = 0;

  constructor(parts: WarmParts) {
    this.#parts = parts;
  }

  /** Passes a run on, and takes its failures and its hedge for bad signs. */
  async *over(
    request: ChatRequest,
    events: AsyncIterable<ChainEvent>,
  ): AsyncGenerator<ChainEvent, void, void> {
    this.#system = systemOf(request) ?? this.#system;
    // Who asks for an answer from this machine only is no reason to speak to any other.
    if (!request.local_only) {
      this.#askedAt = this.#parts.clock.monotonic();
      this.#lookIn(firstLookMs);
    }
    let started = 0;
    for await (const event of events) {
      if (event.type === "attempt_started" && event.tier !== "local") started += 1;
      const isHedge = event.type === "attempt_started" && started > 1;
      const isFailure = event.type === "attempt_failed" && event.attempt.tier !== "local";
      if (isHedge || isFailure) this.badSign();
      yield event;
    }
  }

  /** Links beyond this machine may not answer: the model on this machine gets ready. */
  badSign(): void {
    const { clock, warmOllama } = this.#parts;
    if (this.#isLoading || clock.monotonic() < this.#loadAgainAt) return;
    const link = this.#order().find((one) => one.provider === "llama" || this.#mayWarmOllama(one));
    const load = link?.provider === "ollama" ? warmOllama(link, this.#closing.signal) : this.#load(link);
    if (load === null) return;
    this.#isLoading = true;
    void load
      .catch(() => {
        this.#loadAgainAt = clock.monotonic() + loadAgainMs;
      })
      .finally(() => {
        this.#isLoading = false;
      });
  }

  [Symbol.dispose](): void {
    this.#cancelLook?.();
    this.#closing.abort();
  }

  /** A model that Ollama runs on this machine, or on another that a person counts as such: that one hears only what was asked for, unless probes are on. */
  #mayWarmOllama({ provider, tier, baseUrl }: Link): boolean {
    const isHere = baseUrl === null || isLoopback(new URL(baseUrl).hostname);
    return provider === "ollama" && tier === "local" && (isHere || this.#parts.settings.probes.enabled);
  }

  /** Has the engine load the model of a link; null where there is nothing to do. */
  #load(link: Link | undefined): Promise<unknown> | null {
    const { engine, resolveModel } = this.#parts;
    const { state, model: held } = engine.status;
    const path = link ? resolveModel(link.model) : null;
    if (!link || path === null || !atRest.has(state) || held === basename(path)) return null;
    // As a generation will ask for it, or it would be loaded twice.
    const model = llamaModelOf(link, () => path);
    // The starter model looks at questions by themselves, whatever system prompt they come with.
    return engine.load(model, this.#closing.signal, isStarter(link) ? undefined : this.#system);
  }

  /** The links as they would be asked now. `weighted` draws lots; here each has its mean. */
  #order(): Link[] {
    const { settings, health } = this.#parts;
    const { links, level, strategy } = settings.rules;
    const context = { strategy, gate: health, random: () => 0.5 };
    return plan({ messages: [] }, links, level, context).map(({ link }) => link);
  }

  #lookIn(ms: number): void {
    const { clock, settings } = this.#parts;
    if (this.#closing.signal.aborted) return;
    this.#cancelLook ??= clock.after(Math.min(ms, settings.probes.intervalMs), () => {
      this.#cancelLook = null;
      if (clock.monotonic() - this.#askedAt >= settings.probes.idleAfterMs) return;
      this.#look();
      this.#lookIn(settings.probes.intervalMs);
    });
  }

  #look(): void {
    const { health, connections } = this.#parts;
    const first = this.#order()
      .filter(({ tier }) => tier !== "local")
      .slice(0, warmLinks);
    for (const link of first) {
      const origin = originOf(link);
      if (origin === null || connections.isOpen(origin) || this.#opening.has(origin)) continue;
      if (health.mayAsk(link)) void this.#open(link, origin);
    }
  }

  async #open(link: Link, origin: string): Promise<void> {
    const { clock, egress } = this.#parts;
    const limit = new AbortController();
    const stop = () => limit.abort();
    const cancelLimit = clock.after(openLimitMs, stop);
    this.#closing.signal.addEventListener("abort", stop, { once: true });
    this.#opening.add(origin);
    try {
      await egress.knock(link, origin, limit.signal);
    } catch {
      // A server that can't be reached shows at the next request or probe, whose affair it is.
    } finally {
      this.#opening.delete(origin);
      this.#closing.signal.removeEventListener("abort", stop);
      cancelLimit();
    }
  }
}

/** What a conversation begins with. */
function systemOf({ messages }: ChatRequest): string | undefined {
  const [first] = messages;
  return first?.role === "system" ? textOf(first) : undefined;
}
