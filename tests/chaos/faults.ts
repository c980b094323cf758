import type { Config, FailureKind, LinkConfig, NoticeCode } from "../../electron/contract/index.ts";
import {
  type Answer,
  answer,
  type Behaviour,
  type Break,
  errorInside200,
  hang,
  portal,
  portalRedirect,
  rateLimited,
  reset,
  status,
  trouble,
  wrongType,
} from "../fixtures/unruly/index.ts";

/** Troubles of a link's address, where no server can be told how to misbehave. */
export type Address = "refused" | "unresolvable" | "tls";

/** What a behaviour may depend on: `say` is the answer that the link would give to this very request, `loop` one that comes to no end. */
export interface Cue {
  say(changes?: Partial<Answer>): Answer;
  loop(): Answer;
  /** Counts the requests to this link within the cell, from 0. */
  nth: number;
}

/** A way in which a link fails, and what the chain owes to the person when it does. */
export interface Fault {
  name: string;
  does: Address | ((cue: Cue) => Behaviour);
  /** The kinds that a receipt may give it, by wire format where they differ; none where the answer is whole all the same. */
  kinds: readonly FailureKind[];
  /** What a receipt gives as the HTTP status; undefined where the formats differ. */
  status?: number | null;
  /** Whether a part of the answer came before it. */
  torn: boolean;
  follows: "next" | "stop";
  /** Whether the last remote link is asked once more. */
  again: boolean;
  /** Short limits of the faulty link, where the fault is to run into one. */
  limits?: NonNullable<LinkConfig["timeouts"]>;
  /** The notice that has to name it. */
  notice?: NoticeCode;
  /** What a whole answer is made of. */
  size?: "usual" | "large" | "huge" | "doubled";
  /** Whether all links say the same words, so that a stream can follow a restarted answer. */
  alike?: boolean;
  /** How links take the beginning of an answer that they are to continue. */
  prefill?: "continues" | "repeats" | "refuses";
  /** The fault comes and goes: it may be met or not. */
  comesAndGoes?: boolean;
  /** The chain hedges after this long; the faulty link is then stopped, unless no other speaks. */
  hedgeAfter?: "50ms";
  /** What is asked for beside words. An answer of which this is in flight can't be continued. */
  asks?: Asked;
  /** What follows from failures, where it is not the desktop's own preset. */
  skip?: NonNullable<Config["skip"]>;
  /** What follows from an answer that broke, where it is not to continue. */
  recovery?: NonNullable<Config["recovery"]>;
  /** Whether the person reads with pauses that are longer than the link's limits. */
  readsSlowly?: boolean;
}

/** A call of a tool, an answer in JSON, or one with thoughts before it. */
export type Asked = "tool" | "json" | "thoughts";

const soon = "250ms";

/** A failure before the first word that the next link mends. */
function refusal(
  name: string,
  does: Fault["does"],
  kinds: FailureKind | FailureKind[],
  more: Partial<Fault> = {},
): Fault {
  return { name, does, kinds: [kinds].flat(), torn: false, follows: "next", again: false, ...more };
}

/** A failure in the middle of the answer. */
function tear(name: string, by: Break, kinds: FailureKind[], more: Partial<Fault> = {}): Fault {
  const does = ({ say }: Cue) => say({ breaks: { by, after: 2 } });
  return { name, does, kinds, status: 200, torn: true, follows: "next", again: false, ...more };
}

/** The last word of a chain that moves on from what may pass, and from nothing else. */
const lastWord = (name: string, does: Fault["does"], kind: FailureKind, status: number | null): Fault =>
  refusal(`${name}, retryable_only`, does, kind, { status, follows: "stop", skip: "retryable_only" });

/** A nuisance that costs nobody the answer. */
const nuisance = (name: string, does: (cue: Cue) => Behaviour, more: Partial<Fault> = {}): Fault =>
  refusal(name, does, [], more);

/** Every way in which a server, or the way to it, may fail. */
export const cloudFaults: readonly Fault[] = [
  refusal("429, no Retry-After", () => status(429), "rate_limited", { status: 429, again: true }),
  refusal("429, Retry-After: 0", () => rateLimited("0"), "rate_limited", { status: 429, again: true }),
  refusal("429, Retry-After: 60", () => rateLimited("60"), "rate_limited", { status: 429 }),
  refusal("429, Retry-After: a date", () => rateLimited("Fri, 01 Jan 2100 00:00:00 GMT"), "rate_limited", {
    status: 429,
  }),
  refusal("quota used up", () => trouble("quota"), "quota_exhausted", { notice: "quota_exhausted" }),
  refusal("500", () => status(500), "server", { status: 500, again: true }),
  refusal("502", () => status(502), "server", { status: 502, again: true }),
  refusal("503", () => status(503), "overloaded", { status: 503, again: true }),
  refusal("504", () => status(504), "server", { status: 504, again: true }),
  refusal("529", () => status(529), "overloaded", { status: 529, again: true }),
  refusal("401", () => status(401), "auth", { status: 401, notice: "key_rejected" }),
  refusal("403", () => status(403), "auth", { status: 403, notice: "key_rejected" }),
  refusal("404", () => status(404), "not_found", { status: 404, notice: "model_missing" }),
  refusal("400", () => status(400), "invalid_request", { status: 400, follows: "stop" }),
  refusal("422", () => status(422), "invalid_request", { status: 422, follows: "stop" }),
  refusal("context too long", () => trouble("context_length"), "context_length", { status: 400 }),
  refusal("content filter", () => trouble("content_filter"), "content_policy", {
    status: 400,
    follows: "stop",
  }),
  refusal("connection refused", "refused", "network", { status: null, again: true }),
  refusal("name without address", "unresolvable", "network", { status: null, again: true }),
  refusal("TLS failure", "tls", "network", { status: null, again: true }),
  refusal("reset before headers", () => reset(), "network", { status: null, again: true }),
  refusal("hang before headers", () => hang(), "timeout_first_token", {
    status: null,
    again: true,
    limits: { first_token: soon },
  }),
  nuisance("slow first token, in time", ({ say }) => say({ firstDelayMs: 150 })),
  refusal("slow first token, too late", ({ say }) => say({ firstDelayMs: 5_000 }), "timeout_first_token", {
    status: 200,
    again: true,
    limits: { first_token: soon },
  }),
  refusal("slow first token, hedged", ({ say }) => say({ firstDelayMs: 5_000 }), "timeout_first_token", {
    status: 200,
    again: true,
    limits: { first_token: "1s" },
    hedgeAfter: "50ms",
  }),
  nuisance("slow drip, in time", ({ say }) => say({ delayMs: 15 })),
  {
    ...tear("slow drip, too long", "stall", ["timeout_total"], { limits: { total: "700ms" } }),
    does: ({ say }) => say({ delayMs: 100 }),
  },
  tear("stall", "stall", ["timeout_idle"], { limits: { idle: soon } }),
  tear("cut", "cut", ["truncated"]),
  tear("cut; others say the same", "cut", ["truncated"], { alike: true }),
  tear("cut; others continue", "cut", ["truncated"], { prefill: "continues" }),
  tear("cut; others continue and repeat", "cut", ["truncated"], { prefill: "repeats" }),
  tear("cut; others refuse to continue", "cut", ["truncated"], { prefill: "refuses" }),
  tear("cut; others could continue, but are not to", "cut", ["truncated"], {
    prefill: "continues",
    recovery: "restart",
  }),
  tear("cut, without recovery", "cut", ["truncated"], { recovery: "error", follows: "stop" }),
  tear("cut in a tool call", "cut", ["truncated"], { asks: "tool", prefill: "continues" }),
  tear("cut in JSON", "cut", ["truncated"], { asks: "json", prefill: "continues" }),
  {
    ...tear("cut in the thoughts", "cut", ["truncated"], { asks: "thoughts", prefill: "continues" }),
    does: ({ say }) => say({ breaks: { by: "cut", after: 1 } }),
  },
  nuisance("a tool call and no word", ({ say }) => say(), { asks: "tool" }),
  // The first word is later than the first token may be, but the thoughts before it are output too.
  nuisance("thoughts in time, words later", ({ say }) => say({ pieces: 1, delayMs: 2_000 }), {
    asks: "thoughts",
    limits: { first_token: "1s" },
  }),
  {
    ...tear("loop", "cut", ["loop"], { skip: { next: ["loop"] }, prefill: "continues" }),
    does: ({ loop }) => loop(),
  },
  tear("reset in mid-stream", "reset", ["network"]),
  tear("malformed chunk", "malformed", ["malformed"]),
  tear("error event", "error_event", ["server", "overloaded"]),
  {
    ...tear("no end", "cut", ["truncated"]),
    does: ({ say }) => say({ finish: null, end: false }),
  },
  nuisance("finish, but no end", ({ say }) => say({ end: false })),
  nuisance("cut behind the finish", ({ say }) => say({ end: false, cutAtEnd: true })),
  refusal("wrong content type", () => wrongType(), "malformed", { status: 200 }),
  refusal("captive portal", () => portal(), "network", { status: 200, again: true }),
  refusal("captive portal, redirect", () => portalRedirect(), "network", { status: 302, again: true }),
  refusal("empty", () => answer({ text: "" }), "empty", { status: 200 }),
  refusal("error in a 200", () => errorInside200(), "server", { status: 200, again: true }),
  nuisance("2 MB answer", ({ say }) => say(), { size: "huge" }),
  nuisance("long answer, read slowly", ({ say }) => say(), {
    size: "large",
    readsSlowly: true,
    limits: { idle: "2s" },
  }),
  nuisance("every piece twice", ({ say }) => say({ doubled: "pieces" }), { size: "doubled" }),
  nuisance("start, finish and end twice", ({ say }) => say({ doubled: "frame" })),
  refusal("flapping", ({ say, nth }) => (nth % 2 === 0 ? status(503) : say()), "overloaded", {
    status: 503,
    again: true,
    comesAndGoes: true,
  }),
  lastWord("401", () => status(401), "auth", 401),
  lastWord("404", () => status(404), "not_found", 404),
  lastWord("context too long", () => trouble("context_length"), "context_length", 400),
  lastWord("empty", () => answer({ text: "" }), "empty", 200),
  tear("malformed chunk, retryable_only", "malformed", ["malformed"], {
    follows: "stop",
    skip: "retryable_only",
  }),
  refusal("429, retryable_only", () => status(429), "rate_limited", {
    status: 429,
    again: true,
    skip: "retryable_only",
  }),
  refusal("500, retryable_only", () => status(500), "server", {
    status: 500,
    again: true,
    skip: "retryable_only",
  }),
  tear("cut, retryable_only", "cut", ["truncated"], { skip: "retryable_only" }),
];
