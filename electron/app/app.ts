import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { cacheMigrations } from "../cache/index.ts";
import { type Link, systemClock } from "../chain/index.ts";
import type { Status } from "../contract/index.ts";
import { EngineClient } from "../engine/index.ts";
import { modelsMigrations } from "../models/index.ts";
import { outboxNotice } from "../notices/index.ts";
import { loadPresets } from "../providers/index.ts";
import {
  Conversations,
  LabRuns,
  labMigrations,
  type MovedAside,
  OutboxEntries,
  openDatabase,
  openSettings,
  SavedState,
  Secrets,
  Spend,
  storeMigrations,
} from "../store/index.ts";
import { Answers } from "./answers.ts";
import { Budget } from "./budget.ts";
import { Cache } from "./cache.ts";
import { ChainSettings } from "./chain-settings.ts";
import { Drills } from "./drills.ts";
import { engineSettings } from "./engine-settings.ts";
import type { App, AppOptions } from "./for-hosts.ts";
import { bundledEmbedder, GatewayService } from "./gateway.ts";
import { Health } from "./health.ts";
import { Instruments } from "./instruments.ts";
import { joinedChain } from "./joined-chain.ts";
import { Lab } from "./lab.ts";
import { LevelWatch } from "./level-watch.ts";
import { LinkTester, probe } from "./link-test.ts";
import { Locales } from "./locales.ts";
import { silentLog } from "./log.ts";
import { createModels } from "./models.ts";
import { Outbox } from "./outbox.ts";
import { OutboxItems } from "./outbox-items.ts";
import { createRouter } from "./router.ts";
import { standingOf } from "./standing.ts";
import { statusOf } from "./status.ts";
import { Team } from "./team.ts";
import { Warm } from "./warm.ts";
import { Watched } from "./watched.ts";
import { createWays } from "./ways.ts";

/** More questions than this do not wait; the oldest are dropped, with a word. */
const outboxMax = 200;

/** Builds everything from a config; nothing else builds. Throws a StoreError or ConfigError that says how to mend it. */
export function createApp(options: AppOptions): App {
  const { clock = systemClock, dataDir, resources, env } = options;
  const now = () => clock.now();
  const warnings: string[] = [];
  const instruments: Instruments = new Instruments({
    log: options.log,
    clock,
    newId: randomUUID,
    content: () => settings.config.log?.content ?? false,
    status: () => status.now,
    standing: () => standingOf({ levels, health, settings, engine, warnings }),
    budget: () => budget.state(),
    onEnd: ({ finished }) => finished && levels.recordEnd(finished),
  });
  const onError = (error: unknown) => {
    instruments.journal.fault(error);
    options.onError(error);
  };
  const onMovedAside = ({ message }: MovedAside) => void warnings.push(message);
  const open = (name: string, migrations: readonly string[]) =>
    openDatabase({ path: join(dataDir, name), migrations, now, onMovedAside });

  using opened = new DisposableStack();
  const database = opened.use(open("holdfast.db", storeMigrations));
  const conversations = opened.use(new Conversations({ database, clock, newId: randomUUID }));
  const modelsDatabase = opened.use(open("models.db", modelsMigrations));
  const cacheDatabase = opened.use(open("cache.db", cacheMigrations));
  const presets = loadPresets(join(resources, "providers.json"));
  const secrets = new Secrets({ env, vaults: options.vaults });
  const engine = new EngineClient({
    spawn: options.spawnEngine,
    clock,
    store: new SavedState({ database, clock, key: "set_aside_models" }),
    settings: () => engineSettings(settings.config.engine),
  });
  const ways = createWays({
    modelsDatabase,
    secrets,
    clock,
    env,
    fetch: options.fetch,
    instruments,
    settings: () => settings,
    modelPath: (model) => models.pathOf(model),
    onMended: (link) => health.forget(link),
    onError,
  });
  const { connections, egress, local, trialKeys } = ways;
  const { ollama } = local;
  const provider = (link: Link) => ways.provider(link, engine);

  const settings = new ChainSettings({
    store: openSettings({ file: options.settingsFile, now, onMovedAside }),
    secrets,
    file: options.configFile,
    presets,
    families: ways.families,
    told: (link) => ollama.told(link),
    onChange: () => {
      takeUp();
      instruments.journal.configChanged(settings.links.map(({ id }) => id));
      status.changed();
      models.state.changed();
      ollama.state.changed();
    },
    onKeyChange: (link) => health.forget(link),
  });
  instruments.startTelemetry({
    config: settings.config.telemetry,
    env,
    version: options.version,
    clock,
    // Whoever runs Holdfast names the collector: what goes there says how requests went, never what was said.
    fetch: egress.byHand(options.fetch ?? fetch, () => null),
  });
  const locales = new Locales(join(resources, "locales"), options.systemLanguage ?? "en");
  const locale = () => locales.of(settings.language);
  // A file that can't be used is told of now, and not in the middle of an answer.
  locales.of("en");
  const models = createModels({
    database: modelsDatabase,
    resources,
    dataDir,
    places: options.modelPlaces ?? [],
    env,
    now,
    egress,
    engine,
    settings,
    onError,
  });
  const levels = new LevelWatch({ clock, links: () => settings.links });
  const spend = new Spend({ database });
  const team = new Team({
    database,
    clock,
    env,
    config: () => settings.config,
    links: () => settings.links,
    spend,
    health: { adopt: (...found) => health.adopt(...found), tellAll: () => health.tellAll() },
    onChange: () => status.changed(),
    onWarning: (text) => instruments.journal.warning(text),
  });
  const budget = new Budget({
    spend: team,
    clock,
    capUsd: () => settings.config.budget?.monthly_usd ?? null,
    priceOf: (id) => settings.links.find((link) => link.id === id)?.price ?? null,
    onError,
  });
  const savedBreakers = new SavedState({ database, clock, key: "breakers" });
  const health = opened.use(
    new Health({
      clock,
      random: Math.random,
      store: savedBreakers,
      budget,
      probe: (link, signal) => probe(ways.probed(link, engine), link, clock, signal),
      onBattery: options.onBattery ?? (() => false),
      isMetered: options.isMetered ?? (() => false),
      onChange: () => status.changed(),
      onFound: (...found) => team.found(...found),
      onWarning: (text) => void warnings.push(text),
      onProbe: (probed) => levels.record(probed),
      onRecovery: () => outbox.retryNow(),
      onBadSign: () => warm.badSign(),
    }),
  );

  const resolveModel = (model: string) => models.resolve(model);
  const warm = opened.use(
    new Warm({
      clock,
      settings,
      health,
      connections,
      egress,
      engine,
      resolveModel,
      warmOllama: (link, signal) => ollama.warmLink(link, signal),
    }),
  );
  const cache = new Cache({
    database: cacheDatabase,
    conversations,
    secrets,
    engine,
    modelPath: (model) => models.pathOf(model),
    fetch: egress.byHand(
      options.fetch ?? connections.fetch,
      () => "an embedder has to be on this machine: every question goes to it",
    ),
    clock,
    config: settings.config.cache ?? {},
    embedder: () => settings.config.cache?.embedder,
    env,
    onError,
    onLookup: (outcome) => instruments.metrics.recordLookup(outcome),
    onReport: (same) => instruments.metrics.recordReport(same),
  });
  const chain = joinedChain({
    rules: () => settings.rules,
    provider,
    clock,
    random: Math.random,
    cache: cache.answers,
    settings,
    health,
    engine,
    resolveModel,
    budget,
    locale,
    drill: () => drills.running && { name: drills.running.name, isOwn: false },
    levels,
    instruments,
    config: () => settings.config,
    requirements: options.requirements ?? [],
  });
  const { runs } = instruments;
  const ask: App["run"] = (request, signal, may) => {
    if (!request.local_only) health.noteRequest();
    const begin = () => chain.run(request, signal, may);
    return warm.over(request, ollama.prepared(request, signal, begin));
  };
  const run: App["run"] = runs.noted(ask, "answer");
  const entries = opened.use(new OutboxEntries({ database, clock, newId: randomUUID, max: outboxMax }));
  const outbox = new Outbox({
    entries,
    conversations,
    chain: { run: runs.noted(chain.run.bind(chain), "outbox") },
    clock,
    chainAsSet: () => settings.rules,
    enabled: () => settings.config.outbox?.enabled ?? true,
    isLocalOnly: (id) => conversations.isLocalOnly(id),
    onError,
  });
  outbox.onChange(() => status.changed());
  const outboxItems = new OutboxItems(outbox, conversations, (entry) => outboxNotice(entry, locale()));
  const status = new Watched<Status>(() =>
    statusOf({
      levels,
      health,
      budget,
      outbox: outboxItems,
      settings,
      engine,
      warnings,
      version: options.version,
      drill: drills.running,
    }),
  );
  engine.onStatus(() => status.changed());
  status.onChange(() => instruments.standing.changed());

  /** Takes up the chain as it is set now. */
  const takeUp = () => {
    levels.set(settings.rules.level);
    health.configure(settings.linksWithBreakers, settings.probes);
    cache.embedAgain();
  };
  takeUp();
  instruments.standing.look();

  const answers = new Answers({ run, conversations, outbox, onError });
  const tester = new LinkTester({ provider, clock, presets, trialKeys });
  const gateway = new GatewayService({
    run,
    embed: bundledEmbedder(engine, resources),
    status: () => status.now,
    metrics: () => instruments.metrics.read(),
    hide: (token) => void instruments.hidden(token),
    level: () => levels.level,
    links: () => settings.links,
    setLevel: (level) => settings.setCeiling(level),
    config: () => settings.config,
    setConfig: (config) => settings.setConfig(config),
    secrets,
    env,
    version: options.version,
    now,
    onError,
  });
  const lab = new Lab({
    runs: new LabRuns(opened.use(open("lab.db", labMigrations))),
    conversations,
    chain: { run: runs.noted(chain.plain.run.bind(chain.plain), "lab") },
    tools: chain.tools,
    links: () => settings.links,
    clock,
    newId: randomUUID,
    onError,
  });
  const drills = new Drills({
    clock,
    resources,
    dataDir,
    version: options.version,
    provider: ways.provider,
    spawnEngine: options.spawnEngine,
    savedBreakers: () => savedBreakers.load(),
    spend: team,
    budget,
    locale,
    requirements: options.requirements ?? [],
    log: options.log ?? silentLog,
    inForce: () => ({ config: settings.config, level: settings.rules.level, presets }),
    onChange: () => status.changed(),
    onError,
  });
  const router = createRouter({
    drills,
    lab,
    gateway,
    models,
    local,
    conversations,
    answers,
    settings,
    status,
    presets,
    tester,
    outbox: outboxItems,
    engine,
    cache,
  });
  const closing = new AsyncDisposableStack();
  closing.use(opened.move());
  // What is used last is closed first, and a part that can't be closed keeps none of the others open.
  for (const part of [connections, instruments, ollama, engine, team, cache]) closing.use(part);
  for (const part of [outbox, answers, lab, models.downloads, gateway, drills]) closing.use(part);

  return {
    router,
    settings,
    status,
    locale,
    tester,
    run,
    gateway,
    models,
    local,
    lab,
    drills,
    networkChanged: () => health.networkChanged(),
    startOutbox: () => {
      outbox.start();
      health.watchNetwork();
    },
    startCache: () => cache.start(),
    joinTeam: () => team.join(),
    cache,
    answers,
    conversations,
    log: options.log ?? silentLog,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
