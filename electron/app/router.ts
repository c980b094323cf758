import { implement, ORPCError } from "@orpc/server";
import { api, type Preset, type Status } from "../contract/index.ts";
import type { EngineClient } from "../engine/index.ts";
import type { Conversations } from "../store/index.ts";
import { StoreError } from "../store/index.ts";
import type { Answers } from "./answers.ts";
import type { Cache } from "./cache.ts";
import type { ChainSettings } from "./chain-settings.ts";
import type { GatewayService } from "./gateway.ts";
import type { LinkTester } from "./link-test.ts";
import type { OutboxItems } from "./outbox-items.ts";
import type { Watched } from "./watched.ts";

export interface RouterParts {
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
}

/** The contract, implemented: each procedure a line or two over the part that does the work. */
export function createRouter(parts: RouterParts) {
  const { conversations, answers, settings, status, presets, tester, outbox, engine, gateway, cache } = parts;
  const door = implement(api).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw error instanceof StoreError ? asWireError(error) : error;
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

function asWireError(error: StoreError): ORPCError<string, undefined> {
  const codes: Record<string, string> = {
    not_found: "NOT_FOUND",
    conflict: "CONFLICT",
    invalid: "BAD_REQUEST",
  };
  return new ORPCError(codes[error.kind] ?? "INTERNAL_SERVER_ERROR", { message: error.message });
}
