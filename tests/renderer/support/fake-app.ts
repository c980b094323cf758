import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { implement, ORPCError } from "@orpc/server";
import { RPCHandler } from "@orpc/server/ws";
import { type WebSocket, WebSocketServer } from "ws";
import {
  type Attempt,
  api,
  type CacheEntry,
  type CacheLookupRecord,
  type ChainEvent,
  type Config,
  type Conversation,
  type FollowEvent,
  type GatewayInfo,
  type LinkConfig,
  type LocalServer,
  type ModelsState,
  type OllamaState,
  type OutboxItem,
  type Receipt,
  type SecretsInfo,
  type Settings,
  type Status,
  type StoredMessage,
} from "../../../electron/contract/index.ts";
import { FakeDrills } from "./fake-drills.ts";
import { FakeLab } from "./fake-lab.ts";
import { fakeOllama, fakeServers, ollamaState } from "./fake-local.ts";
import { fakeModels, modelsState } from "./fake-models.ts";
import { attempt, emptyCache, keychain, outboxItem, presets, status } from "./fixtures.ts";

/** What the chain would tell for one question; it may wait for the test between events. */
export type Script = (question: string, stopped: AbortSignal) => AsyncIterable<ChainEvent>;

/** The page's content security policy, as strict as the hosts': nothing inline, nothing from elsewhere. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** One value that many may watch, each from now on. */
class Signal<T> {
  #value: T;
  #waiting: (() => void)[] = [];
  #version = 0;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(next: T) {
    this.#value = next;
    this.#version += 1;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** The value now and after every change, until the signal aborts. */
  async *watch(signal: AbortSignal | undefined): AsyncGenerator<T> {
    const ended = () => signal?.aborted ?? false;
    while (!ended()) {
      const seen = this.#version;
      yield this.#value;
      while (seen === this.#version && !ended()) {
        await new Promise<void>((resolve) => {
          this.#waiting.push(resolve);
          signal?.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    }
  }
}

/** An answer that is being made, whoever follows it. */
interface Generation {
  events: Signal<readonly ChainEvent[]>;
  stop: AbortController;
}

/**
 * A real oRPC server over a WebSocket that speaks the contract, with answers from scripts, and that serves the built
 * page on loopback. What a test looks at or changes is public.
 */
export class FakeApp {
  readonly lab = new FakeLab();
  readonly drills = new FakeDrills();
  readonly status = new Signal<Status>(status());
  gateway: GatewayInfo = { enabled: false, port: 4141, url: null, error: null, token_source: "session" };
  gatewayToken = "token-of-this-session";
  settings: Settings = { theme: "system", language: "system", level: "full", config: {} };
  secrets: SecretsInfo = keychain;
  /** Keys that were saved, by link. */
  readonly keys = new Map<string, string>();
  readonly conversations = new Map<string, Conversation>();
  readonly messages = new Map<string, StoredMessage>();
  /** What waits for a better tier, by id. */
  readonly outbox = new Map<string, OutboxItem>();
  /** The emergency cache's entries and look-ups, by id, and the answers that were marked down. */
  readonly cached = new Map<string, CacheEntry>();
  /** How many entries the embedder has still to read. */
  unembedded = 0;
  readonly lookups = new Map<string, CacheLookupRecord>();
  readonly marked = new Set<string>();
  /** How often all that waits was to be asked at once. */
  retries = 0;
  /** While true, no question is worth keeping: nothing could answer it better. */
  keepsNothing = false;
  /** Links that were tested, with the key that came along. */
  readonly tested: { link: LinkConfig; key: string | null }[] = [];
  testResult: { ok: boolean; attempt: Attempt } = { ok: true, attempt: attempt({ duration_ms: 320 }) };
  /** Answers the next questions. */
  script: Script;
  /** What the models' page shows, and what was asked of it. */
  /** Ollama and other servers of this machine, and what was asked of them. */
  readonly local = {
    state: new Signal<OllamaState>(ollamaState()),
    servers: [] as LocalServer[],
    asked: [] as string[],
  };
  readonly models = { state: new Signal<ModelsState>(modelsState()), asked: [] as string[] };
  readonly #root: string;
  readonly #generations = new Map<string, Generation>();
  readonly #sockets = new Set<WebSocket>();
  readonly #http: Server;
  /** While false, WebSockets are refused. */
  accepting = true;

  private constructor(root: string, script: Script) {
    this.#root = root;
    this.script = script;
    const handler = new RPCHandler(this.#router());
    const sockets = new WebSocketServer({ noServer: true });
    this.#http = createServer((request, response) => void this.#serve(request.url ?? "/", response));
    this.#http.on("upgrade", (request, socket, head) => {
      if (!this.accepting || request.url !== "/rpc") {
        socket.destroy();
        return;
      }
      sockets.handleUpgrade(request, socket, head, (ws) => {
        this.#sockets.add(ws);
        ws.on("close", () => this.#sockets.delete(ws));
        void handler.upgrade(ws);
      });
    });
  }

  /** Serves the page built at `root` with these answers, on a free port of loopback. */
  static async start(root: string, script: Script): Promise<FakeApp> {
    const app = new FakeApp(root, script);
    await new Promise<void>((resolve) => app.#http.listen(0, "127.0.0.1", resolve));
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`;
  }

  /** Cuts every open WebSocket, as a crash or a sleep of the machine does. */
  dropSockets(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const generation of this.#generations.values()) generation.stop.abort();
    this.dropSockets();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** Puts a conversation into the store as if it had been made before. */
  seed(
    title: string,
    messages: readonly Pick<StoredMessage, "role" | "text" | "state" | "receipt">[],
    localOnly = false,
  ): string {
    const conversation = this.#newConversation(title, localOnly);
    let question: string | null = null;
    for (const message of messages) {
      const stored = this.#store({
        ...message,
        conversation_id: conversation.id,
        answers: message.role === "assistant" ? question : null,
      });
      if (message.role === "user") question = stored.id;
    }
    return conversation.id;
  }

  /** Puts a question into the outbox, as the app does by itself. */
  queue(questionId: string, change: Partial<Omit<OutboxItem, "notice">> = {}): OutboxItem {
    const question = this.messages.get(questionId);
    if (question === undefined)
      throw new Error(`There is no question "${questionId}" to put into the outbox.`);
    const item = outboxItem({
      id: randomUUID(),
      conversation_id: question.conversation_id,
      question_id: questionId,
      question: question.text,
      ...change,
    });
    this.outbox.set(item.id, item);
    this.#outboxChanged();
    return item;
  }

  /** Stores a better answer to a question that waits, and offers it. */
  answerFromOutbox(item: OutboxItem, text: string, receipt: Receipt): void {
    const answer = this.#store({
      conversation_id: item.conversation_id,
      role: "assistant",
      text,
      state: "complete",
      answers: item.question_id,
      receipt,
    });
    const answered = outboxItem({ ...item, state: "answered", answered: "cloud", answer_id: answer.id });
    this.outbox.set(item.id, answered);
    this.#outboxChanged();
  }

  #outboxChanged(): OutboxItem[] {
    const items = [...this.outbox.values()];
    const count = (...states: OutboxItem["state"][]) =>
      items.filter((item) => states.includes(item.state)).length;
    const outbox = { waiting: count("waiting", "asking"), ready: count("answered") };
    this.status.value = { ...this.status.value, outbox };
    return items;
  }

  #leaveOutbox(id: string): OutboxItem[] {
    if (!this.outbox.delete(id)) throw new ORPCError("NOT_FOUND", { defined: true });
    return this.#outboxChanged();
  }

  #newConversation(title: string, localOnly: boolean): Conversation {
    const now = new Date().toISOString();
    const conversation = { id: randomUUID(), title, created_at: now, updated_at: now, local_only: localOnly };
    this.conversations.set(conversation.id, conversation);
    return conversation;
  }

  #store(message: Omit<StoredMessage, "id" | "created_at">): StoredMessage {
    const stored = { ...message, id: randomUUID(), created_at: new Date().toISOString() };
    this.messages.set(stored.id, stored);
    return stored;
  }

  #begin(conversation: Conversation, question: StoredMessage) {
    const answer = this.#store({
      conversation_id: conversation.id,
      role: "assistant",
      text: "",
      state: "streaming",
      answers: question.id,
      receipt: null,
    });
    void this.#generate(answer, question.text);
    return { conversation, question, answer };
  }

  async #generate(answer: StoredMessage, question: string): Promise<void> {
    const generation = { events: new Signal<readonly ChainEvent[]>([]), stop: new AbortController() };
    this.#generations.set(answer.id, generation);
    let text = "";
    for await (const event of this.script(question, generation.stop.signal)) {
      if (event.type === "delta") text += event.text ?? "";
      if (event.type === "retracted") text = "";
      if (event.type === "finished") {
        const { receipt, failure } = event;
        const state = failure === null ? "complete" : failure.code === "cancelled" ? "stopped" : "failed";
        this.messages.set(answer.id, { ...answer, text: event.answer.text || text, state, receipt });
      } else {
        this.messages.set(answer.id, { ...answer, text });
      }
      generation.events.value = [...generation.events.value, event];
    }
  }

  async *#follow(id: string, signal: AbortSignal | undefined): AsyncGenerator<FollowEvent> {
    const message = this.messages.get(id);
    if (message === undefined) throw new ORPCError("NOT_FOUND");
    const generation = this.#generations.get(id);
    let sent = generation?.events.value.length ?? 0;
    const steps = generation?.events.value.filter((one) => one.type !== "delta" && one.type !== "finished");
    yield { type: "snapshot", message, steps: message.state === "streaming" ? (steps ?? []) : [] };
    if (generation === undefined || message.state !== "streaming") return;
    for await (const events of generation.events.watch(signal)) {
      for (const event of events.slice(sent)) {
        yield event;
        if (event.type === "finished") return;
      }
      sent = events.length;
    }
  }

  #conversation(id: string): Conversation {
    const found = this.conversations.get(id);
    if (found === undefined) throw new ORPCError("NOT_FOUND", { defined: true });
    return found;
  }

  #setConfig(config: Config): Config {
    if (this.status.value.config_file !== null) throw new ORPCError("CONFLICT", { defined: true });
    this.settings = { ...this.settings, config };
    return config;
  }

  #router() {
    const os = implement(api);
    return os.router({
      conversations: {
        list: os.conversations.list.handler(() => [...this.conversations.values()]),
        get: os.conversations.get.handler(({ input, errors }) => {
          const conversation = this.conversations.get(input.id);
          if (conversation === undefined) throw errors.NOT_FOUND();
          const messages = [...this.messages.values()].filter((one) => one.conversation_id === input.id);
          return { conversation, messages };
        }),
        rename: os.conversations.rename.handler(({ input }) => {
          const renamed = { ...this.#conversation(input.id), title: input.title };
          this.conversations.set(input.id, renamed);
          return renamed;
        }),
        remove: os.conversations.remove.handler(({ input }) => {
          this.conversations.delete(input.id);
        }),
        setLocalOnly: os.conversations.setLocalOnly.handler(({ input }) => {
          const changed = { ...this.#conversation(input.id), local_only: input.local_only };
          this.conversations.set(input.id, changed);
          return changed;
        }),
      },
      chat: {
        send: os.chat.send.handler(({ input }) => {
          const { conversation_id: id, text, local_only = false } = input;
          const conversation =
            id === null ? this.#newConversation(text.slice(0, 60), local_only) : this.#conversation(id);
          const question = this.#store({
            conversation_id: conversation.id,
            role: "user",
            text,
            state: "complete",
            answers: null,
            receipt: null,
          });
          return this.#begin(conversation, question);
        }),
        regenerate: os.chat.regenerate.handler(({ input, errors }) => {
          const question = this.messages.get(input.question_id);
          if (question === undefined) throw errors.NOT_FOUND();
          return this.#begin(this.#conversation(question.conversation_id), question);
        }),
        follow: os.chat.follow.handler(({ input, signal }) => this.#follow(input.message_id, signal)),
        stop: os.chat.stop.handler(({ input }) => {
          this.#generations.get(input.message_id)?.stop.abort();
        }),
        keep: os.chat.keep.handler(({ input: { question_id, answer_id }, errors }) => {
          const question = this.messages.get(question_id);
          if (question === undefined) throw errors.NOT_FOUND();
          const kept = { ...question, ...(answer_id !== null && { kept: answer_id }) };
          this.messages.set(question_id, kept);
          return kept;
        }),
      },
      status: {
        get: os.status.get.handler(() => this.status.value),
        watch: os.status.watch.handler(({ signal }) => this.status.watch(signal)),
      },
      level: {
        set: os.level.set.handler(({ input: { level } }) => {
          this.status.value = { ...this.status.value, level, ceiling: level };
          return this.status.value;
        }),
      },
      cache: {
        stats: os.cache.stats.handler(() => ({
          ...emptyCache,
          entries: this.cached.size,
          waiting: this.unembedded,
        })),
        list: os.cache.list.handler(({ input }) => {
          const fits = [...this.cached.values()].filter(({ question }) =>
            question.includes(input.search ?? ""),
          );
          return { entries: fits.slice(input.offset, input.offset + input.limit), total: fits.length };
        }),
        pin: os.cache.pin.handler(({ input: { id, pinned } }) => {
          const entry = this.cached.get(id);
          if (entry) this.cached.set(id, { ...entry, pinned });
        }),
        remove: os.cache.remove.handler(({ input }) => void this.cached.delete(input.id)),
        purge: os.cache.purge.handler(({ input }) => {
          const gone = [...this.cached.values()].filter(({ pinned }) => !pinned || input.pinned === true);
          for (const { id } of gone) this.cached.delete(id);
          return { removed: gone.length };
        }),
        lookups: os.cache.lookups.handler(() => [...this.lookups.values()]),
        lookup: os.cache.lookup.handler(({ input }) => this.lookups.get(input.id) ?? null),
        say: os.cache.say.handler(({ input: { lookup, same } }) => {
          const found = this.lookups.get(lookup);
          if (found) this.lookups.set(lookup, { ...found, said: same });
        }),
        markDown: os.cache.markDown.handler(({ input: { message_id, down } }) => {
          if (down) this.marked.add(message_id);
          else this.marked.delete(message_id);
        }),
        marked: os.cache.marked.handler(() => [...this.marked]),
        tryEmbedder: os.cache.tryEmbedder.handler(({ input: { embedder }, errors }) => {
          if (typeof embedder === "string")
            throw errors.BAD_REQUEST({ message: `There is no file ${embedder}.` });
          return { dimensions: embedder === null ? 384 : 768, duration_ms: 12 };
        }),
      },
      outbox: {
        list: os.outbox.list.handler(() => [...this.outbox.values()]),
        add: os.outbox.add.handler(({ input }) => {
          if (!this.keepsNothing) this.queue(input.question_id);
          return [...this.outbox.values()];
        }),
        accept: os.outbox.accept.handler(({ input }) => this.#leaveOutbox(input.id)),
        drop: os.outbox.drop.handler(({ input }) => this.#leaveOutbox(input.id)),
        retryNow: os.outbox.retryNow.handler(() => {
          this.retries += 1;
          return [...this.outbox.values()];
        }),
      },
      engine: {
        tryAgain: os.engine.tryAgain.handler(() => this.status.value),
      },
      models: fakeModels(this.models),
      ollama: fakeOllama(this.local),
      servers: fakeServers(this.local),
      lab: this.lab.router(os),
      drills: this.drills.router(os),
      settings: {
        get: os.settings.get.handler(() => this.settings),
        setLanguage: os.settings.setLanguage.handler(({ input }) => {
          this.settings = { ...this.settings, ...input };
          return this.settings;
        }),
        setTheme: os.settings.setTheme.handler(({ input }) => {
          this.settings = { ...this.settings, ...input };
          return this.settings;
        }),
        config: os.settings.config.handler(() => this.settings.config),
        setConfig: os.settings.setConfig.handler(({ input }) => this.#setConfig(input)),
      },
      links: {
        presets: os.links.presets.handler(() => presets),
        test: os.links.test.handler(({ input }) => {
          this.tested.push({ link: input.link, key: input.api_key ?? null });
          return this.testResult;
        }),
      },
      gateway: {
        info: os.gateway.info.handler(() => this.gateway),
        set: os.gateway.set.handler(({ input }) => {
          const url = input.enabled ? `http://127.0.0.1:${input.port}/v1` : null;
          this.gateway = { ...this.gateway, ...input, url };
          return this.gateway;
        }),
        token: os.gateway.token.handler(() => ({ token: this.gatewayToken })),
        setToken: os.gateway.setToken.handler(({ input }) => {
          this.gatewayToken = input.token ?? `made-up-${randomUUID()}`;
          this.gateway = { ...this.gateway, token_source: "stored" };
          return this.gateway;
        }),
      },
      secrets: {
        info: os.secrets.info.handler(() => this.secrets),
        set: os.secrets.set.handler(({ input }) => {
          this.keys.set(input.link, input.api_key);
          this.secrets = { ...this.secrets, present: { ...this.secrets.present, [input.link]: "stored" } };
          return this.secrets;
        }),
        remove: os.secrets.remove.handler(({ input }) => {
          this.keys.delete(input.link);
          const { [input.link]: _gone, ...present } = this.secrets.present;
          this.secrets = { ...this.secrets, present };
          return this.secrets;
        }),
      },
    });
  }

  async #serve(url: string, response: ServerResponse): Promise<void> {
    const path = normalize(new URL(url, "http://page").pathname);
    const file = join(this.#root, path === "/" ? "index.html" : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, {
        "content-type": mediaTypes[extname(file)] ?? "application/octet-stream",
        "content-security-policy": policy,
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }
}
