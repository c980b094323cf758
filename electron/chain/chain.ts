import type {
  Attempt,
  ChainEvent,
  ChainFailure,
  ChatRequest,
  FinishReason,
  Level,
  Notice,
  Receipt,
  Recovery,
  Strategy,
} from "../contract/index.ts";
import type { AnswerCache } from "./cache.ts";
import type { Clock } from "./clock.ts";
import type { SkipRule } from "./failure-table.ts";
import type { Gate } from "./gate.ts";
import type { Link, Provider } from "./provider.ts";
import type { Demands } from "./quality.ts";
import { Run } from "./run.ts";

/** When and with what a slow first token is hedged. */
export interface HedgeRule {
  /** Milliseconds, `p95` of what was observed of the link, or `off`. */
  after: number | "p95" | "off";
  with: "next" | "local";
}

/** The rules of a chain; they may change between two requests, never within one. */
export interface ChainRules {
  links: readonly Link[];
  strategy: Strategy;
  skip: SkipRule;
  /** What happens when a stream breaks in the middle. */
  recovery: Recovery;
  hedge: HedgeRule;
  /** The best level in force now. */
  level: Level;
  /** The limit of a whole request, milliseconds. */
  deadlineMs: number;
  /** What is said when nothing can answer, and when it is worth asking again. */
  offline: { message: string; retryAfterMs: number };
}

/** How a run ended, as far as its receipt does not say so; empty while it goes on. */
export interface Ending {
  finishReason?: FinishReason | null;
  failure?: ChainFailure;
  /** What the answer fails of its requirements, in words; it was given because none was better. */
  unmet?: string;
  /** Requirements that could not be checked. */
  unchecked?: readonly string[];
  /** Of several links that were asked at once: whether this one alone answered, and what others say against it. */
  disagreement?: { alone: boolean; others: string };
}

/** What a chain is built from. */
export interface ChainParts {
  rules(): ChainRules;
  provider(link: Link): Provider;
  gate: Gate;
  clock: Clock;
  /** 0 to below 1. */
  random: () => number;
  cache: AnswerCache | null;
  /** What is asked of the answers to a request; null for nothing. Without it nothing ever is. */
  demands?(request: ChatRequest): Demands | null;
  /** A receipt in words. */
  notices(receipt: Receipt, ending: Ending): Notice[];
  /** Told of every attempt as it ends, with what went through it: the request, and what the person has seen of the answer. */
  onAttempt(attempt: Attempt, exchange: { request: ChatRequest; said: string }): void;
}

/** Moves requests along the links: the only way to an answer. */
export class Chain {
  readonly #parts: ChainParts;

  constructor(parts: ChainParts) {
    this.#parts = parts;
  }

  /**
   * Answers a request: the planned links in order, then the cache, then the honest offline reply.
   * Never throws. Exactly one `finished` ends it, with the receipt, and with a failure when nothing answered.
   * `may` leaves links out of this one request.
   */
  run(
    request: ChatRequest,
    signal: AbortSignal,
    may: (link: Link) => boolean = () => true,
  ): AsyncGenerator<ChainEvent, void, void> {
    return new Run(this.#parts, request, signal, may).events();
  }
}
