import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { z } from "zod";
import { clientOptions } from "../cache/index.ts";
import type { Clock, Link } from "../chain/index.ts";
import type { Config } from "../contract/index.ts";
import { type FoundElsewhere, ofOwnWay } from "../health/index.ts";
import {
  type Database,
  SavedState,
  type Spend,
  type Spent,
  type TeamSpend,
  TeamState,
} from "../store/index.ts";
import { postgresConnection } from "./cache-store.ts";
import type { Health } from "./health.ts";
import { isLoopback } from "./links.ts";

export interface TeamParts {
  database: Database;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  config(): Config;
  links(): readonly Link[];
  spend: Spend;
  health: Pick<Health, "adopt" | "tellAll">;
  /** What others spent has changed. */
  onChange(): void;
  /** Told, in words for the operator, when the team's database went away. */
  onWarning(text: string): void;
}

const kept = z.array(
  z.object({
    month: z.string(),
    link: z.string(),
    nanoUsd: z.number(),
    estimatedNanoUsd: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    attempts: z.number(),
    unpricedAttempts: z.number(),
  }),
);
const nanoPerUsd = 1e9;

/**
 * This gateway as one of several that act as one: with a team's Postgres as the cache's store, what links' breakers found out and what
 * was spent are the team's too. What others spent is kept on this machine, so that a restart without the database opens no purse.
 */
export class Team implements Pick<Spend, "add" | "month" | "byLink">, AsyncDisposable {
  readonly #parts: TeamParts;
  readonly #saved: SavedState;
  #others: readonly TeamSpend[];
  #state: TeamState | null = null;

  constructor(parts: TeamParts) {
    const { database, clock } = parts;
    this.#parts = parts;
    this.#saved = new SavedState({ database, clock, key: "team_spend" });
    this.#others = read(this.#saved);
  }

  /** Joins the team, where the config names its database. */
  join(): void {
    const { clock, config, env, health, onWarning } = this.#parts;
    const { store = "sqlite", namespace = "default" } = config().cache ?? {};
    if (store === "sqlite" || this.#state !== null) return;
    const connection = postgresConnection(store, env);
    this.#state = new TeamState({
      open: () => new Client(clientOptions(connection)),
      namespace,
      member: this.#member(),
      clock,
      spent: () => this.#own(),
      onCircuit: ({ link, target, ...found }) => health.adopt(link, target, found),
      onSpent: (others) => this.#spent(others),
      onTrouble: (reason) =>
        reason !== null &&
        onWarning(
          `The team's database can't be reached (${reason}): breakers and spend of other gateways are as last known.`,
        ),
    });
    health.tellAll();
    this.#state.start();
  }

  /** What this gateway found out about a link; told to the others where it speaks of the place, and not of this gateway's own way to it. */
  found(link: string, target: string, found: FoundElsewhere): void {
    if (this.#state === null || !this.#isCommon(link)) return;
    const isOver = found.state === "open" && found.opensInMs === 0 && found.refusedInMs === 0;
    const isOwnWay = found.state === "open" && found.kind !== null && ofOwnWay.has(found.kind);
    if (isOver || isOwnWay) return;
    this.#state.tellCircuit({ link, target, ...found });
  }

  add(expense: Parameters<Spend["add"]>[0]): void {
    this.#parts.spend.add(expense);
    this.#state?.tellSpent();
  }

  month(now: number): Spent {
    return this.#ofMonth(now).reduce((sum, one) => plus(sum, spentOf(one)), this.#parts.spend.month(now));
  }

  byLink(now: number): Map<string, Spent> {
    const links = this.#parts.spend.byLink(now);
    for (const one of this.#ofMonth(now)) links.set(one.link, plus(links.get(one.link), spentOf(one)));
    return new Map([...links].toSorted(([, a], [, b]) => b.usd - a.usd));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#state?.[Symbol.asyncDispose]();
  }

  /** A model on this very machine is nobody else's. */
  #isCommon(id: string): boolean {
    const link = this.#parts.links().find((one) => one.id === id);
    if (link === undefined) return false;
    if (link.tier !== "local") return true;
    return link.baseUrl !== null && !isLoopback(new URL(link.baseUrl).hostname);
  }

  #ofMonth(now: number): TeamSpend[] {
    if (this.#state === null) return [];
    const month = this.#parts.spend.monthOf(now);
    return this.#others.filter((one) => one.month === month);
  }

  #own(): TeamSpend[] {
    const { clock, spend } = this.#parts;
    const now = clock.now();
    const month = spend.monthOf(now);
    return [...spend.byLink(now)].map(([link, spent]) => ({
      month,
      link,
      nanoUsd: Math.round(spent.usd * nanoPerUsd),
      estimatedNanoUsd: Math.round(spent.estimated_usd * nanoPerUsd),
      inputTokens: spent.input_tokens,
      outputTokens: spent.output_tokens,
      attempts: spent.attempts,
      unpricedAttempts: spent.unpriced_attempts,
    }));
  }

  #spent(others: readonly TeamSpend[]): void {
    const json = JSON.stringify(others);
    if (json === JSON.stringify(this.#others)) return;
    this.#others = others;
    this.#saved.save(json);
    this.#parts.onChange();
  }

  /** The name of this data folder in the team, for good: its spend is counted once however often it is told. */
  #member(): string {
    const { database, clock } = this.#parts;
    const state = new SavedState({ database, clock, key: "team_member" });
    const name = state.load();
    if (name !== null) return name;
    const made = randomUUID();
    state.save(made);
    return made;
  }
}

function read(saved: SavedState): TeamSpend[] {
  try {
    return kept.parse(JSON.parse(saved.load() ?? "[]"));
  } catch {
    return [];
  }
}

const spentOf = (one: TeamSpend): Spent => ({
  usd: one.nanoUsd / nanoPerUsd,
  estimated_usd: one.estimatedNanoUsd / nanoPerUsd,
  input_tokens: one.inputTokens,
  output_tokens: one.outputTokens,
  attempts: one.attempts,
  unpriced_attempts: one.unpricedAttempts,
});

const plus = (a: Spent | undefined, b: Spent): Spent => ({
  usd: (a?.usd ?? 0) + b.usd,
  estimated_usd: (a?.estimated_usd ?? 0) + b.estimated_usd,
  input_tokens: (a?.input_tokens ?? 0) + b.input_tokens,
  output_tokens: (a?.output_tokens ?? 0) + b.output_tokens,
  attempts: (a?.attempts ?? 0) + b.attempts,
  unpriced_attempts: (a?.unpriced_attempts ?? 0) + b.unpriced_attempts,
});
