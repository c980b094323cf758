import { eventIterator, oc } from "@orpc/contract";
import { z } from "zod";
import { cacheEntry, cacheLookupRecord, cachePurge, cacheStats, embedderTry } from "./cache.ts";
import { chainEvent } from "./chat.ts";
import { cacheEmbedder, config, linkConfig } from "./config.ts";
import { conversation, storedMessage } from "./conversation.ts";
import { drillProgress, drillReport, drillStart, drillsState } from "./drill-report.ts";
import { gatewayInfo } from "./gateway.ts";
import { labBallot, labReport, labRun, labStart } from "./lab.ts";
import { localServer, ollamaState } from "./local-servers.ts";
import { addedModel, foundModel, modelBenchmark, modelCheck, modelInfo, modelsState } from "./models.ts";
import { outboxItem } from "./outbox.ts";
import { preset } from "./presets.ts";
import { attempt } from "./receipt.ts";
import { secretsInfo, settings } from "./settings.ts";
import { status } from "./status.ts";
import { level } from "./words.ts";

const byId = z.object({ id: z.string() });
const ollamaName = z.object({ name: z.string().trim().min(1).max(200) });
const nothing = z.void();

/**
 * What the page hears of one answer: first a snapshot of the message as stored, with the events other than text that led
 * there, oldest first, then the events after it.
 */
export const followEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("snapshot"), message: storedMessage, steps: z.array(chainEvent) }),
  ...chainEvent.options,
]);
export type FollowEvent = z.infer<typeof followEvent>;

/** The ids under which a question and its coming answer are stored. */
const accepted = z.object({
  conversation,
  question: storedMessage,
  answer: storedMessage,
});

const errors = {
  NOT_FOUND: { message: "There is no such conversation, message or link." },
  CONFLICT: { message: "That can't be done now." },
  BAD_REQUEST: { message: "The input is not valid." },
};
const base = oc.errors(errors);

/** The typed door between the page and the main process. */
export const api = {
  conversations: {
    list: base.output(z.array(conversation)),
    get: base.input(byId).output(z.object({ conversation, messages: z.array(storedMessage) })),
    rename: base.input(byId.extend({ title: z.string().trim().min(1).max(200) })).output(conversation),
    remove: base.input(byId).output(nothing),
    setLocalOnly: base.input(byId.extend({ local_only: z.boolean() })).output(conversation),
  },
  chat: {
    /** Stores the question, starts the chain, and gives back the ids at once. A null conversation begins a new one. */
    send: base
      .input(
        z.object({
          conversation_id: z.string().nullable(),
          text: z.string().trim().min(1).max(200_000),
          /** Marks a new conversation as local-only from its first question on. */
          local_only: z.boolean().optional(),
        }),
      )
      .output(accepted),
    /** Another answer to the same question; the earlier one is kept as a variant. */
    regenerate: base.input(z.object({ question_id: z.string() })).output(accepted),
    /** The answer as it is made; ends when it is finished. May be followed by several pages, and from the middle. */
    follow: base.input(z.object({ message_id: z.string() })).output(eventIterator(followEvent)),
    stop: base.input(z.object({ message_id: z.string() })).output(nothing),
    /** Keeps one of the answers to a question in view; null the newest. Gives the question. */
    keep: base
      .input(z.object({ question_id: z.string(), answer_id: z.string().nullable() }))
      .output(storedMessage),
  },
  status: {
    get: base.output(status),
    /** The status now, and again whenever it changes. */
    watch: base.output(eventIterator(status)),
  },
  level: {
    /** Sets the best level that may be used; `full` lifts the limit. */
    set: base.input(z.object({ level })).output(status),
  },
  outbox: {
    /** Oldest first; ask again when `status.outbox` has changed. */
    list: base.output(z.array(outboxItem)),
    /** Puts a question in, with the person's leave for this one. */
    add: base.input(z.object({ question_id: z.string() })).output(z.array(outboxItem)),
    /** The person has seen the better answer; the offer goes. */
    accept: base.input(byId).output(z.array(outboxItem)),
    drop: base.input(byId).output(z.array(outboxItem)),
    /** Asks now for all that waits. */
    retryNow: base.output(z.array(outboxItem)),
  },
  engine: {
    /** Lets a model that was set aside be tried again. NOT_FOUND when it is not set aside. */
    tryAgain: base.input(z.object({ path: z.string() })).output(status),
  },
  cache: {
    stats: base.output(cacheStats),
    /** Newest first. `search`: text that question or answer hold, in any case. */
    list: base
      .input(
        z.object({
          search: z.string().min(1).optional(),
          conversation_id: z.string().optional(),
          limit: z.int().min(1).max(1_000),
          offset: z.int().nonnegative(),
        }),
      )
      .output(z.object({ entries: z.array(cacheEntry), total: z.int() })),
    pin: base.input(byId.extend({ pinned: z.boolean() })).output(nothing),
    remove: base.input(byId).output(nothing),
    purge: base.input(cachePurge).output(z.object({ removed: z.int() })),
    /** The newest look-ups, newest first. */
    lookups: base.output(z.array(cacheLookupRecord)),
    /** One look-up; null when it is too long ago. */
    lookup: base.input(byId).output(cacheLookupRecord.nullable()),
    /** The person's answer to "Was this the same question?", by the look-up in the receipt. */
    say: base.input(z.object({ lookup: z.string(), same: z.boolean() })).output(nothing),
    /** Marks an answer down: it leaves the cache and is never stored again for this question. */
    markDown: base.input(z.object({ message_id: z.string(), down: z.boolean() })).output(nothing),
    /** The answers of a conversation that are marked down. */
    marked: base.input(z.object({ conversation_id: z.string() })).output(z.array(z.string())),
    /** Embeds one sentence, and keeps nothing of it; null is the embedder that ships with the program. BAD_REQUEST says why it can't. */
    tryEmbedder: base.input(z.object({ embedder: cacheEmbedder.nullable() })).output(embedderTry),
  },
  models: {
    get: base.output(modelsState),
    /** The state now, and again whenever it changes, a few times a second while something is downloaded. */
    watch: base.output(eventIterator(modelsState)),
    /** A catalogue id, `owner/repo:file`, a URL, or a path. Takes up an interrupted download of the same. */
    add: base
      .input(z.object({ reference: z.string().trim().min(1), force: z.boolean().optional() }))
      .output(addedModel),
    pause: base.input(byId).output(nothing),
    resume: base.input(byId).output(nothing),
    /** Ends a download and removes what there is of it. */
    cancel: base.input(byId).output(nothing),
    /** Removes a model; its file too where Holdfast put it there. CONFLICT while a link runs it. */
    remove: base.input(byId).output(nothing),
    verify: base.input(byId).output(modelCheck),
    /** Puts a model into the chain, in place of the first local GGUF link. Gives the link's id. */
    use: base.input(byId).output(z.object({ link: z.string() })),
    info: base.input(z.object({ reference: z.string().trim().min(1) })).output(modelInfo),
    search: base.input(z.object({ text: z.string().trim().min(1) })).output(z.array(foundModel)),
    /** Looks again for models of other programs. */
    rescan: base.output(nothing),
    /** Measures a model, or with null this machine; a minute at most. */
    benchmark: base.input(z.object({ id: z.string().nullable() })).output(modelBenchmark),
    /** One short answer of one model, outside of the chain. */
    try: base
      .input(z.object({ id: z.string(), text: z.string().trim().min(1).max(4_000) }))
      .output(eventIterator(z.object({ text: z.string() }))),
  },
  ollama: {
    /** How it stands now, looked at anew, and again whenever that changes. */
    watch: base.output(eventIterator(ollamaState)),
    refresh: base.output(ollamaState),
    /** Starts the program that is installed here; it is stopped with the app. */
    start: base.output(ollamaState),
    /** Stops what was started here. CONFLICT for a server that somebody else started. */
    stop: base.output(ollamaState),
    /** Has it fetch a model from its library, or goes on with one that was broken off. */
    pull: base.input(ollamaName).output(nothing),
    pause: base.input(ollamaName).output(nothing),
    /** Ends a pull for good. */
    cancel: base.input(ollamaName).output(nothing),
    /** Deletes a model from Ollama's disk. CONFLICT while a link runs it. */
    remove: base.input(ollamaName).output(nothing),
    /** Puts a model into the chain, in place of the Ollama link that is there. Gives the link's id. */
    use: base.input(ollamaName).output(z.object({ link: z.string() })),
    /** Loads a model into memory, as the next question will want it. */
    warm: base.input(ollamaName).output(nothing),
    unload: base.input(ollamaName).output(nothing),
  },
  servers: {
    /** Looks for servers with models on this machine: on their usual ports, and on these. Nothing looks by itself. */
    look: base
      .input(z.object({ ports: z.array(z.int().min(1).max(65_535)).max(20).optional() }))
      .output(z.array(localServer)),
    /** Adds a server that the last look found to the chain, as a link of the tier `local`. Gives the link's id. */
    add: base
      .input(z.object({ base_url: z.string(), model: z.string().min(1) }))
      .output(z.object({ link: z.string() })),
  },
  lab: {
    /** Newest first. */
    list: base.output(z.array(labRun)),
    /** The runs now, and again whenever one has moved on. */
    watch: base.output(eventIterator(z.array(labRun))),
    report: base.input(byId).output(labReport),
    /** BAD_REQUEST when there is nothing to ask, or a link is not in the chain. */
    start: base.input(labStart).output(labRun),
    resume: base.input(byId).output(labRun),
    stop: base.input(byId).output(labRun),
    remove: base.input(byId).output(nothing),
    /** The next prompt to vote on; null when there is none left. */
    ballot: base.input(byId).output(labBallot.nullable()),
    /** A vote for a slot, null for none better; gives the next ballot. */
    vote: base
      .input(byId.extend({ prompt_id: z.string(), slot: z.int().nonnegative().nullable() }))
      .output(labBallot.nullable()),
  },
  drills: {
    get: base.output(drillsState),
    /** The state now, and again whenever it has changed, a few times a second while a drill runs. */
    watch: base.output(eventIterator(drillsState)),
    /** CONFLICT while one runs, or when it may cost money and `may_cost` is not said. */
    start: base.input(drillStart).output(drillProgress),
    stop: base.output(nothing),
    report: base.input(byId).output(drillReport),
    /** The report as one HTML file. */
    page: base.input(byId).output(z.object({ html: z.string() })),
  },
  settings: {
    get: base.output(settings),
    setTheme: base.input(settings.pick({ theme: true })).output(settings),
    setLanguage: base.input(settings.pick({ language: true })).output(settings),
    /** The config in force, every default filled in only where it was set. */
    config: base.output(config),
    /** Replaces the settings' config. CONFLICT while a config file is in force. */
    setConfig: base.input(config).output(config),
  },
  links: {
    presets: base.output(z.array(preset)),
    /** Sends one short request through a link, saved or not, with a key that need not be saved yet. */
    test: base
      .input(z.object({ link: linkConfig, api_key: z.string().min(1).optional() }))
      .output(z.object({ ok: z.boolean(), attempt })),
  },
  gateway: {
    info: base.output(gatewayInfo),
    /** Throws the switch. CONFLICT while a config file is in force. */
    set: base.input(z.object({ enabled: z.boolean(), port: z.int().min(0).max(65_535) })).output(gatewayInfo),
    token: base.output(z.object({ token: z.string() })),
    /** Another token from now on; null makes one up. */
    setToken: base.input(z.object({ token: z.string().trim().min(16).nullable() })).output(gatewayInfo),
  },
  secrets: {
    info: base.output(secretsInfo),
    set: base.input(z.object({ link: z.string(), api_key: z.string().trim().min(1) })).output(secretsInfo),
    remove: base.input(z.object({ link: z.string() })).output(secretsInfo),
  },
};
export type Api = typeof api;
