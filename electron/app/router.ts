import { implement, ORPCError } from "@orpc/server";
import { api, type Preset, type Status } from "../contract/index.ts";
import { type EngineClient, EngineFailure } from "../engine/index.ts";
import { ModelError } from "../models/index.ts";
import type { Conversations } from "../store/index.ts";
import { ConfigError, StoreError } from "../store/index.ts";
import type { Answers } from "./answers.ts";
import type { Cache } from "./cache.ts";
import type { ChainSettings } from "./chain-settings.ts";
import type { Drills } from "./drills.ts";
import type { GatewayService } from "./gateway.ts";
import type { Lab } from "./lab.ts";
import type { LinkTester } from "./link-test.ts";
import type { Local } from "./local-servers.ts";
import type { ModelManager } from "./model-manager.ts";
import type { OutboxItems } from "./outbox-items.ts";
import type { Watched } from "./watched.ts";

export interface RouterParts {
  models: ModelManager;
  local: Local;
  conversations: Conversations;
  answers: Answers;
  settings: ChainSettings;
  status: Watched<Status>;
  presets: readonly Preset[];
  tester: LinkTester;
  outbox: OutboxItems;
  engine: EngineClient;
  gateway: GatewayService;
  cache: Cache;
  lab: Lab;
  drills: Drills;
}

/** The contract, implemented: each procedure a line or two over the part that does the work. */
export function createRouter(parts: RouterParts) {
  const {
    conversations,
    answers,
    settings,
    status,
    presets,
    tester,
    outbox,
    models,
    local: { ollama, servers },
    engine,
    gateway,
    cache,
    lab,
    drills,
  } = parts;
  const door = implement(api).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      const isTold =
        error instanceof StoreError ||
        error instanceof ConfigError ||
        error instanceof ModelError ||
        error instanceof EngineFailure;
      throw isTold ? asWireError(error) : error;
    }
  });
  return door.router({
    conversations: {
      list: door.conversations.list.handler(() => conversations.list()),
      get: door.conversations.get.handler(({ input }) => conversations.get(input.id)),
      rename: door.conversations.rename.handler(({ input }) => conversations.rename(input.id, input.title)),
      remove: door.conversations.remove.handler(({ input }) => {
        answers.stopAll(input.id);
        conversations.remove(input.id);
        outbox.conversationRemoved(input.id);
        cache.forget(input.id, false);
      }),
      setLocalOnly: door.conversations.setLocalOnly.handler(({ input }) => {
        const marked = conversations.setLocalOnly(input.id, input.local_only);
        if (input.local_only) cache.forget(input.id, true);
        return marked;
      }),
    },
    chat: {
      send: door.chat.send.handler(({ input }) =>
        answers.send(input.conversation_id, input.text, input.local_only),
      ),
      regenerate: door.chat.regenerate.handler(({ input }) => answers.regenerate(input.question_id)),
      follow: door.chat.follow.handler(({ input, signal }) => answers.follow(input.message_id, signal)),
      stop: door.chat.stop.handler(({ input }) => answers.stop(input.message_id)),
      keep: door.chat.keep.handler(({ input }) => conversations.keep(input.question_id, input.answer_id)),
    },
    status: {
      get: door.status.get.handler(() => status.now),
      watch: door.status.watch.handler(({ signal }) => status.watch(signal)),
    },
    level: {
      set: door.level.set.handler(({ input }) => {
        settings.setCeiling(input.level);
        return status.now;
      }),
    },
    outbox: {
      list: door.outbox.list.handler(() => outbox.list()),
      add: door.outbox.add.handler(({ input }) => outbox.add(input.question_id)),
      accept: door.outbox.accept.handler(({ input }) => outbox.accept(input.id)),
      drop: door.outbox.drop.handler(({ input }) => outbox.drop(input.id)),
      retryNow: door.outbox.retryNow.handler(() => outbox.retryNow()),
    },
    engine: {
      tryAgain: door.engine.tryAgain.handler(({ input, errors }) => {
        if (!engine.tryAgain(input.path))
          throw errors.NOT_FOUND({ message: `The model ${input.path} is not set aside.` });
        return status.now;
      }),
    },
    cache: {
      stats: door.cache.stats.handler(() => cache.stats()),
      list: door.cache.list.handler(({ input }) => cache.list(input)),
      pin: door.cache.pin.handler(({ input }) => cache.pin(input.id, input.pinned)),
      remove: door.cache.remove.handler(({ input }) => cache.remove(input.id)),
      purge: door.cache.purge.handler(async ({ input }) => ({ removed: await cache.purge(input) })),
      lookups: door.cache.lookups.handler(() => cache.lookups()),
      lookup: door.cache.lookup.handler(({ input }) => cache.lookup(input.id)),
      say: door.cache.say.handler(({ input }) => cache.say(input.lookup, input.same)),
      markDown: door.cache.markDown.handler(({ input }) => cache.markDown(input.message_id, input.down)),
      marked: door.cache.marked.handler(({ input }) => cache.marked(input.conversation_id)),
      tryEmbedder: door.cache.tryEmbedder.handler(({ input, signal }) =>
        cache.tryEmbedder(input.embedder ?? undefined, signal),
      ),
    },
    models: {
      get: door.models.get.handler(() => models.state.now),
      watch: door.models.watch.handler(({ signal }) => models.state.watch(signal)),
      add: door.models.add.handler(({ input, signal }) =>
        models.add(input.reference, input.force ?? false, signal),
      ),
      pause: door.models.pause.handler(({ input }) => models.downloads.pause(input.id)),
      resume: door.models.resume.handler(({ input }) => models.downloads.resume(input.id)),
      cancel: door.models.cancel.handler(({ input }) => models.downloads.cancel(input.id)),
      remove: door.models.remove.handler(({ input }) => models.remove(input.id)),
      verify: door.models.verify.handler(({ input, signal }) => models.verify(input.id, signal)),
      use: door.models.use.handler(async ({ input }) => ({ link: await models.use(input.id) })),
      info: door.models.info.handler(({ input, signal }) => models.info(input.reference, signal)),
      search: door.models.search.handler(({ input, signal }) => models.search(input.text, signal)),
      rescan: door.models.rescan.handler(() => models.rescan()),
      benchmark: door.models.benchmark.handler(({ input, signal }) => models.benchmark(input.id, signal)),
      try: door.models.try.handler(({ input, signal }) => told(models.try(input.id, input.text, signal))),
    },
    ollama: {
      watch: door.ollama.watch.handler(({ signal }) => ollama.watch(signal)),
      refresh: door.ollama.refresh.handler(({ signal }) => ollama.refresh(signal)),
      start: door.ollama.start.handler(({ signal }) => ollama.start(signal)),
      stop: door.ollama.stop.handler(() => ollama.stop()),
      pull: door.ollama.pull.handler(({ input }) => ollama.pull(input.name)),
      pause: door.ollama.pause.handler(({ input }) => ollama.pulls.pause(input.name)),
      cancel: door.ollama.cancel.handler(({ input }) => ollama.pulls.cancel(input.name)),
      remove: door.ollama.remove.handler(({ input, signal }) => ollama.remove(input.name, signal)),
      use: door.ollama.use.handler(async ({ input, signal }) => ({
        link: await ollama.use(input.name, signal),
      })),
      warm: door.ollama.warm.handler(({ input, signal }) => ollama.warm(input.name, signal)),
      unload: door.ollama.unload.handler(({ input, signal }) => ollama.unload(input.name, signal)),
    },
    servers: {
      look: door.servers.look.handler(({ input, signal }) => servers.look(input.ports, signal)),
      add: door.servers.add.handler(({ input }) => ({ link: servers.add(input.base_url, input.model) })),
    },
    lab: {
      list: door.lab.list.handler(() => lab.list()),
      watch: door.lab.watch.handler(({ signal }) => lab.watch(signal)),
      report: door.lab.report.handler(({ input }) => lab.report(input.id)),
      start: door.lab.start.handler(({ input }) => lab.start(input)),
      resume: door.lab.resume.handler(({ input }) => lab.resume(input.id)),
      stop: door.lab.stop.handler(({ input }) => lab.stop(input.id)),
      remove: door.lab.remove.handler(({ input }) => lab.remove(input.id)),
      ballot: door.lab.ballot.handler(({ input }) => lab.ballot(input.id)),
      vote: door.lab.vote.handler(({ input }) => lab.vote(input.id, input.prompt_id, input.slot)),
    },
    drills: {
      get: door.drills.get.handler(() => drills.state()),
      watch: door.drills.watch.handler(({ signal }) => drills.watch(signal)),
      start: door.drills.start.handler(({ input }) => drills.start(input)),
      stop: door.drills.stop.handler(() => drills.stop()),
      report: door.drills.report.handler(({ input }) => drills.reports.get(input.id)),
      page: door.drills.page.handler(({ input }) => ({ html: drills.reports.html(input.id) })),
    },
    settings: {
      get: door.settings.get.handler(() => settings.settings),
      setLanguage: door.settings.setLanguage.handler(({ input }) => settings.setLanguage(input.language)),
      setTheme: door.settings.setTheme.handler(({ input }) => settings.setTheme(input.theme)),
      config: door.settings.config.handler(() => settings.config),
      setConfig: door.settings.setConfig.handler(({ input }) => settings.setConfig(input)),
    },
    links: {
      presets: door.links.presets.handler(() => [...presets]),
      test: door.links.test.handler(({ input, signal }) => tester.test(input.link, input.api_key, signal)),
    },
    gateway: {
      info: door.gateway.info.handler(() => gateway.info()),
      set: door.gateway.set.handler(({ input }) => gateway.set(input.enabled, input.port)),
      token: door.gateway.token.handler(async () => ({ token: await gateway.token() })),
      setToken: door.gateway.setToken.handler(({ input }) => gateway.setToken(input.token)),
    },
    secrets: {
      info: door.secrets.info.handler(() => settings.secretsInfo()),
      set: door.secrets.set.handler(({ input }) => settings.setSecret(input.link, input.api_key)),
      remove: door.secrets.remove.handler(({ input }) => settings.removeSecret(input.link)),
    },
  });
}

export type AppRouter = ReturnType<typeof createRouter>;

function asWireError(
  error: StoreError | ConfigError | ModelError | EngineFailure,
): ORPCError<string, undefined> {
  if (error instanceof ConfigError) return new ORPCError("BAD_REQUEST", { message: error.message });
  const codes: Record<string, string> = {
    not_found: "NOT_FOUND",
    conflict: "CONFLICT",
    invalid: "BAD_REQUEST",
  };
  const otherwise = error instanceof StoreError ? "INTERNAL_SERVER_ERROR" : "BAD_REQUEST";
  return new ORPCError(codes[error.kind] ?? otherwise, { message: error.message });
}

/** A stream whose errors keep their text on the way to the page. */
async function* told<T>(stream: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  try {
    yield* stream;
  } catch (error) {
    throw error instanceof ModelError || error instanceof EngineFailure ? asWireError(error) : error;
  }
}
