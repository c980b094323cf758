import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { cacheMigrations } from "../cache/index.ts";
import {
  type ChainParts,
  type Clock,
  type Link,
  type Provider,
  type Requirement,
  systemClock,
} from "../chain/index.ts";
import type { ChainEvent, ChatRequest, Config, ProviderName, Status } from "../contract/index.ts";
import { EngineClient, type EngineProcess } from "../engine/index.ts";
import { modelsMigrations, type Place } from "../models/index.ts";
import { type Locale, outboxNotice } from "../notices/index.ts";
import { createProviders, llamaProvider, loadPresets } from "../providers/index.ts";
import {
  Conversations,
  type FindVault,
  type JsonFileOpener,
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
import { asSecretLink, ChainSettings } from "./chain-settings.ts";
import { Connections } from "./connections.ts";
import { Drills } from "./drills.ts";
import { Egress } from "./egress.ts";
import { engineSettings } from "./engine-settings.ts";
import { bundledEmbedder, GatewayService } from "./gateway.ts";
import { Health } from "./health.ts";
import { Instruments } from "./instruments.ts";
import { Lab } from "./lab.ts";
import { LevelWatch } from "./level-watch.ts";
import { LinkTester, probe, type TrialKeys } from "./link-test.ts";
import { createLocalServers, type Local } from "./local-servers.ts";
import { Locales } from "./locales.ts";
import { type Log, silentLog } from "./log.ts";
import type { ModelManager } from "./model-manager.ts";
import { createModels } from "./models.ts";
import { noticesFor } from "./notices-for.ts";
import { Outbox } from "./outbox.ts";
import { OutboxItems } from "./outbox-items.ts";
import { Quality } from "./quality.ts";
import { type AppRouter, createRouter } from "./router.ts";
import { withLoneQuestions } from "./starter.ts";
import { statusOf } from "./status.ts";
import { Team } from "./team.ts";
import { Warm } from "./warm.ts";
import { Watched } from "./watched.ts";

/** What differs from one host to the next. All paths are absolute. */
export interface AppOptions {
  version: string;
  /** Models, catalogue and other data that ship with the program. */
  resources: string;
  /** Where everything that this person has is kept. */
  dataDir: string;
  settingsFile: JsonFileOpener;
  /** The config file in force, or null. */
  configFile: { path: string; config: Config } | null;
  env: Readonly<Record<string, string | undefined>>;
  /** Where keys could be kept, best first. */
  vaults: readonly FindVault[];
  spawnEngine(): EngineProcess;
  /** Told of faults that no answer can tell of. */
  onError(error: unknown): void;
  /** Where the log goes; nowhere unless given. */
  log?: Log;
  /** The machine's language as a BCP 47 tag, such as `de-AT`. Default `en`. */
  systemLanguage?: string;
  /** Whether this machine runs on battery now; where nobody can tell, it does not. */
  onBattery?(): boolean;
  /** Whether what goes through the connection is paid for; where nobody can tell, it is not. */
  isMetered?(): boolean;
  /** What every answer must pass, besides what config and request ask. */
  requirements?: readonly Requirement[];
  /** Where other programs keep models; nowhere unless given. */
  modelPlaces?: readonly Place[];
  clock?: Clock;
  fetch?: typeof fetch;
}

/** A running Holdfast, without a face: hosts give it one. */
export interface App extends AsyncDisposable {
  /** The contract, implemented. */
  router: AppRouter;
  settings: ChainSettings;
  status: Watched<Status>;
  /** The language that notices are written in now. */
  locale(): Locale;
  /** One short request through one link: what the settings' *Test* button and `doctor` do. */
  tester: LinkTester;
  /** The gateway: off until a host starts it, or has it follow its switch. */
  gateway: GatewayService;
  models: ModelManager;
  /** Servers of models on this machine: Ollama, and others that are found. */
  local: Local;
  /** Measures links against each other. */
  lab: Lab;
  /** Rehearsed failures, on chains of their own. */
  drills: Drills;
  /** The host knows of another network, or the machine has woken up: links are tried again at once. */
  networkChanged(): void;
  /** Begins to work off the outbox, and to look for the network's return: for hosts that stay, and so may ask again later. */
  startOutbox(): void;
  /** Loads the embedder before it is needed, and embeds what waits: for hosts that stay. */
  startCache(): void;
  /** Makes breakers and spend those of the team whose Postgres is the cache's store: for gateways of several machines. */
  joinTeam(): void;
  cache: Cache;
  /** Answers to stored questions, and the conversations that they belong to. */
  answers: Answers;
  conversations: Pick<Conversations, "list" | "get">;
  /** For what a host has to tell the operator. */
  log: Log;
  /** Asks the chain without keeping a conversation: for the gateway and the command line. `may` leaves links out. */
  run(
    request: ChatRequest,
    signal: AbortSignal,
    may?: (link: Link) => boolean,
  ): AsyncGenerator<ChainEvent, void, void>;
}

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
    standing: () => ({
      level: levels.level,
      offline: health.offline,
      circuits: settings.links.map(({ id }) => ({ link: id, circuit: health.statusOf(id).circuit })),
      engine: engine.status,
      warnings,
    }),
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
  const trialKeys: TrialKeys = new WeakMap();
  const connections = new Connections(env);
  const egress = new Egress(options.fetch ?? connections.fetch);
  const apiKey = async (link: Link) =>
    instruments.hidden(trialKeys.get(link) ?? (await secrets.get(asSecretLink(link))));
  const local = createLocalServers({
    database: modelsDatabase,
    fetch: options.fetch ?? connections.fetch,
    egress,
    clock,
    env,
    settings: () => settings,
    apiKey,
    onMended: (link) => health.forget(link),
    onError,
  });
  const { ollama } = local;
  const plain = createProviders({ apiKey, fetch: egress.fetch, clock, ollama });
  const providersWith = (engine: EngineClient): Partial<Record<ProviderName, Provider>> => ({
    ...plain,
    ollama: ollama.startedWhenNeeded(plain.ollama),
    llama: withLoneQuestions(llamaProvider({ engine, resolveModel: (model) => models.pathOf(model) })),
  });
  const providers = providersWith(engine);
  const provider = ({ provider: name }: Link): Provider => egress.guard(providers[name] as Provider);

  const settings = new ChainSettings({
    store: openSettings({ file: options.settingsFile, now, onMovedAside }),
    secrets,
    file: options.configFile,
    presets,
    families: Object.keys(providers) as ProviderName[],
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
      probe: (link, signal) => {
        // A probe asks whether a server is there, and is no reason to start one.
        const asked = link.provider === "ollama" ? egress.guard(plain.ollama) : provider(link);
        return probe(asked, link, clock, signal);
      },
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
    fetch: egress.fetch,
    clock,
    config: settings.config.cache ?? {},
    env,
    onError,
    onLookup: (outcome) => instruments.metrics.recordLookup(outcome),
    onReport: (same) => instruments.metrics.recordReport(same),
  });
  const chainParts: ChainParts = {
    rules: () => settings.rules,
    provider,
    gate: health,
    clock,
    random: Math.random,
    cache: cache.answers,
    notices: noticesFor({
      settings,
      health,
      engine,
      resolveModel,
      budget,
      locale,
      now,
      drill: () => drills.running && { name: drills.running.name, isOwn: false },
    }),
    onAttempt: (attempt, exchange) => {
      const cost = budget.record(attempt, exchange);
      levels.record(attempt);
      health.record(attempt);
      instruments.recordAttempt(attempt, exchange.request, cost !== null);
    },
  };
  const chain = new Quality({
    chain: chainParts,
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
    provider: (link, engine) => egress.guard(providersWith(engine)[link.provider] as Provider),
    spawnEngine: options.spawnEngine,
    savedBreakers: () => savedBreakers.load(),
    spend,
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
  const closing = opened.move();

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
    async [Symbol.asyncDispose]() {
      await drills[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      await models.downloads[Symbol.asyncDispose]();
      await lab[Symbol.asyncDispose]();
      await answers[Symbol.asyncDispose]();
      await outbox[Symbol.asyncDispose]();
      await cache[Symbol.asyncDispose]();
      await team[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      await ollama[Symbol.asyncDispose]();
      await instruments[Symbol.asyncDispose]();
      await connections[Symbol.asyncDispose]();
      closing[Symbol.dispose]();
    },
  };
}
