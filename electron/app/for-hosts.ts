import type { Clock, Link, Requirement } from "../chain/index.ts";
import type { ChainEvent, ChatRequest, Config, Status } from "../contract/index.ts";
import type { EngineProcess } from "../engine/index.ts";
import type { Place } from "../models/index.ts";
import type { Locale } from "../notices/index.ts";
import type { Conversations, FindVault, JsonFileOpener } from "../store/index.ts";
import type { Answers } from "./answers.ts";
import type { Cache } from "./cache.ts";
import type { ChainSettings } from "./chain-settings.ts";
import type { Drills } from "./drills.ts";
import type { GatewayService } from "./gateway.ts";
import type { Lab } from "./lab.ts";
import type { LinkTester } from "./link-test.ts";
import type { Local } from "./local-servers.ts";
import type { Log } from "./log.ts";
import type { ModelManager } from "./model-manager.ts";
import type { AppRouter } from "./router.ts";
import type { Watched } from "./watched.ts";

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
