import { randomUUID } from "node:crypto";
import type { Clock, Link, Provider, Requirement } from "../chain/index.ts";
import type { ChainEvent, ChatRequest } from "../contract/index.ts";
import { Injector, seeded, standInProvider } from "../drills/index.ts";
import { EngineClient, type EngineProcess } from "../engine/index.ts";
import type { Locale } from "../notices/index.ts";
import { rehearsedFailure } from "../providers/index.ts";
import type { Spend } from "../store/index.ts";
import { Budget } from "./budget.ts";
import { probesOf, rulesOf } from "./chain-settings.ts";
import { drillCache } from "./drill-cache.ts";
import type { DrillPlan } from "./drill-plan.ts";
import { billed, DrillSpend } from "./drill-spend.ts";
import { engineSettings } from "./engine-settings.ts";
import { Health } from "./health.ts";
import { Instruments } from "./instruments.ts";
import { joinedChain } from "./joined-chain.ts";
import { LevelWatch } from "./level-watch.ts";
import { probe } from "./link-test.ts";
import type { Log } from "./log.ts";
import { standingOf } from "./standing.ts";
import { statusOf } from "./status.ts";

/** What a drill may have of the app. */
export interface DrillChainParts {
  clock: Clock;
  /** The real provider of a link, behind the app's one door; models on this machine run in the engine that is given. */
  provider(link: Link, engine: EngineClient): Provider;
  spawnEngine(): EngineProcess;
  /** The breakers' state as it was kept last. */
  savedBreakers(): string | null;
  /** What was spent this month; read only. */
  spend: Pick<Spend, "month" | "byLink">;
  /** The person's own budget, which counts what a drill really spends. */
  budget: Pick<Budget, "record">;
  locale(): Locale;
  requirements: readonly Requirement[];
  version: string;
  onError(error: unknown): void;
}

/** A chain for one drill, with nothing shared but the ways to real links. */
export interface DrillChain extends AsyncDisposable {
  injector: Injector;
  run(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChainEvent>;
  /** The text of `/metrics`. */
  metrics(): Promise<string>;
}

/**
 * Builds a chain of its own for a drill: health begins with a copy of the breakers' state, the budget with a copy of the month; cache,
 * latencies, levels and metrics begin empty, and models on this machine run in a process of their own. All of it is in memory and
 * goes with the drill, whichever way that ends. `log` hears what an operator would read of this chain.
 */
export function createDrillChain(
  { drill, config, links, isSealed, level }: DrillPlan,
  parts: DrillChainParts,
  log: Log,
): DrillChain {
  const { clock, version } = parts;
  const random = seeded(drill.seed ?? 1);
  let engineProcess: EngineProcess | null = null;
  const engine = new EngineClient({
    spawn: () => {
      const started = parts.spawnEngine();
      engineProcess = started;
      started.onExit(() => {
        if (engineProcess === started) engineProcess = null;
      });
      return started;
    },
    clock,
    settings: () => engineSettings(config.engine),
  });
  const injector = new Injector({
    faults: drill.faults,
    seed: drill.seed ?? 1,
    links,
    clock,
    failureOf: rehearsedFailure,
    killEngine: () => {
      engineProcess?.kill();
      return engineProcess !== null;
    },
  });
  const providers = new Map(
    links.map((link) => {
      const script = drill.stand_ins?.[link.id];
      const provider = script
        ? standInProvider(script, clock)
        : billed(parts.provider(link, engine), parts.budget, clock);
      return [link.id, injector.guard(provider)];
    }),
  );
  const provider = (link: Link) => providers.get(link.id) as Provider;
  const budget = new Budget({
    spend: new DrillSpend(parts.spend, clock.now()),
    clock,
    capUsd: () => config.budget?.monthly_usd ?? null,
    priceOf: (id) => links.find((link) => link.id === id)?.price ?? null,
    onError: parts.onError,
  });
  const rules = rulesOf(config, links, level);
  const levels = new LevelWatch({ clock, links: () => links });
  levels.set(level);
  const warnings: string[] = [];
  const health = new Health({
    clock,
    random,
    // Links that a drill brings are new to everybody.
    store: { load: isSealed ? () => null : parts.savedBreakers, save: () => {} },
    budget,
    probe: (link, signal) => probe(provider(link), link, clock, signal),
    // Where every link is a stand-in, a machine without a network is as good as any.
    ...(isSealed && { network: () => "drill" }),
    onBattery: () => false,
    isMetered: () => false,
    onChange: () => instruments.standing.changed(),
    onWarning: (text) => void warnings.push(text),
    onProbe: (probed) => levels.record(probed),
    onRecovery: () => {},
    onBadSign: () => {},
  });
  const breakers = new Map(config.fallback_chain?.map(({ id, breaker }) => [id, breaker]));
  health.configure(
    links.map((link) => ({ ...link, breaker: breakers.get(link.id) })),
    probesOf(config),
  );
  const settings = { rules, links, file: null };
  const outbox = { count: () => ({ waiting: 0, ready: 0 }) };
  const status = () =>
    statusOf({ levels, health, budget, outbox, settings, engine, warnings, version, drill: null });
  const instruments: Instruments = new Instruments({
    log,
    clock,
    newId: randomUUID,
    content: () => false,
    status,
    standing: () => standingOf({ levels, health, settings, engine, warnings }),
    budget: () => budget.state(),
    onEnd: ({ finished }) => finished && levels.recordEnd(finished),
  });
  instruments.standing.look();
  engine.onStatus(() => instruments.standing.changed());
  const chain = joinedChain({
    rules: () => rules,
    provider,
    clock,
    random,
    cache: config.cache?.enabled === false ? null : drillCache(clock),
    settings,
    health,
    engine,
    // No model has been set aside in an engine that began with the drill.
    resolveModel: () => null,
    budget,
    locale: parts.locale,
    drill: () => ({ name: drill.name, isOwn: true }),
    levels,
    instruments,
    config: () => config,
    requirements: parts.requirements,
  });
  return {
    injector,
    run: instruments.runs.noted(chain.run.bind(chain), "answer"),
    metrics: async () => (await instruments.metrics.read()).text,
    async [Symbol.asyncDispose]() {
      health[Symbol.dispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}
