import { type Clock, costUsd, estimatedTokensOf, type Link, priceOf } from "../chain/index.ts";
import {
  type Attempt,
  type BudgetStatus,
  type ChatRequest,
  type FailureKind,
  type Price,
  textOf,
  type Usage,
} from "../contract/index.ts";
import type { Spend, Spent } from "../store/index.ts";

/** What went through an attempt: the request, and what was said (reasoning and tool calls included) before it ended. */
export interface Exchange {
  request: Pick<ChatRequest, "messages" | "tools">;
  said: string;
}

/** What an attempt cost. */
export interface AttemptCost {
  /** Null when the price, or how much went through, is not known. */
  usd: number | null;
  usage: Usage;
  /** Whether `usage` is an estimate, since the provider did not report it. */
  estimated: boolean;
}

/** How the month stands. */
export interface BudgetState {
  spent_usd: number;
  /** The part of `spent_usd` that rests on estimated tokens. */
  estimated_usd: number;
  /** Attempts of this month that may have cost money that is not in `spent_usd`, since their price is not known. */
  unpriced_attempts: number;
  /** `budget.monthly_usd`; null when there is no cap. */
  cap_usd: number | null;
  /** `spent_usd` as a share of the cap, 1 and more when it is reached; null when there is no cap. */
  share: number | null;
  /** From 80 % of the cap on. */
  warning: boolean;
  reached: boolean;
}

export interface BudgetParts {
  spend: Pick<Spend, "add" | "month" | "byLink">;
  clock: Pick<Clock, "now">;
  /** `budget.monthly_usd`, or null. */
  capUsd(): number | null;
  /** The price of a link, USD per million tokens, or null. */
  priceOf(linkId: string): Price | null;
  /** Told of faults of the store; they cost no answer. */
  onError(error: unknown): void;
}

const warningShare = 0.8;
const uncapped = { warning: false, reached: false, cap_usd: null, spent_usd: 0 };

/**
 * What the links cost this month, and whether they may cost more. The figure is one for all processes on this machine; a new
 * month, in the person's own time zone, begins at nothing.
 */
export class Budget {
  readonly #parts: BudgetParts;
  /** What could not be written yet, so that a full disk does not open the purse. */
  readonly #unwritten: Parameters<Spend["add"]>[0][] = [];
  #lastKnown: Spent = nothing;

  constructor(parts: BudgetParts) {
    this.#parts = parts;
  }

  /**
   * Counts an attempt that has ended, and gives what it cost; null when nothing can have been charged. `exchange` serves for
   * an estimate where the provider did not report usage. Never throws.
   */
  record(attempt: Attempt, exchange: Exchange | null): AttemptCost | null {
    const { clock, priceOf, spend, onError } = this.#parts;
    const cost = costOf(attempt, priceOf(attempt.link), exchange);
    if (cost === null) return null;
    const { usd, usage, estimated } = cost;
    this.#unwritten.push({ link: attempt.link, at: clock.now(), usd, ...usage, estimated });
    try {
      for (let next = this.#unwritten[0]; next; next = this.#unwritten[0]) {
        spend.add(next);
        this.#unwritten.shift();
      }
    } catch (error) {
      onError(error);
    }
    return cost;
  }

  /** Never throws: when the store can't be read, what was last known counts. */
  state(): BudgetState {
    const cap = this.#parts.capUsd();
    const { usd, estimated_usd, unpriced_attempts } = this.#month();
    const share = cap === null ? null : shareOf(usd, cap);
    return {
      spent_usd: usd,
      estimated_usd,
      unpriced_attempts,
      cap_usd: cap,
      share,
      warning: share !== null && share >= warningShare,
      reached: share !== null && share >= 1,
    };
  }

  /** What notices tell of it. Without a cap that is nothing, and nothing is read. */
  get told(): Pick<BudgetState, "warning" | "reached" | "cap_usd" | "spent_usd"> {
    return this.#parts.capUsd() === null ? uncapped : this.state();
  }

  /** The month as the page shows it, with what each link cost. Never throws: without the store no link is named. */
  status(): BudgetStatus {
    return { ...this.state(), by_link: this.#byLink() };
  }

  /** Whether a link may be asked: always when it costs nothing, else until the cap is reached. */
  allows(link: Pick<Link, "tier" | "price">): boolean {
    return !mayCost(link) || this.#parts.capUsd() === null || !this.state().reached;
  }

  #byLink(): BudgetStatus["by_link"] {
    try {
      const links = this.#parts.spend.byLink(this.#parts.clock.now());
      return [...links].map(([link, spent]) => ({ link, ...spent }));
    } catch (error) {
      this.#parts.onError(error);
      return [];
    }
  }

  #month(): Spent {
    try {
      this.#lastKnown = this.#parts.spend.month(this.#parts.clock.now());
    } catch (error) {
      this.#parts.onError(error);
    }
    const sum = { ...this.#lastKnown };
    for (const { usd, estimated } of this.#unwritten) {
      sum.usd += usd ?? 0;
      if (estimated) sum.estimated_usd += usd ?? 0;
      if (usd === null) sum.unpriced_attempts += 1;
    }
    return sum;
  }
}

/**
 * Whether asking a link may cost money. One on this machine does not. A cloud link whose price is not known may: a cap that
 * such a link could pass unseen would be none. Who uses a free one gives it the price 0.
 */
export function mayCost({ tier, price }: Pick<Link, "tier" | "price">): boolean {
  return tier !== "local" && (price === null || price.input > 0 || price.output > 0);
}

/**
 * What an attempt cost: its usage times the price. Where no usage was reported (it was cut, stopped, or lost to a faster one)
 * the tokens are estimated from the text. Null when nothing can have been charged: the link was passed over, never reached,
 * or refused, or the line broke before it had begun to speak.
 */
export function costOf(attempt: Attempt, price: Price | null, exchange: Exchange | null): AttemptCost | null {
  const { usage: reported, cost_usd, tier } = attempt;
  if (!reported && !mayHaveCharged(attempt)) return null;
  const usage = reported ?? (exchange && estimatedUsage(exchange));
  return {
    usd: cost_usd ?? costUsd(usage, priceOf({ tier, price })),
    usage: usage ?? { input_tokens: 0, output_tokens: 0 },
    estimated: !reported,
  };
}

/** Images are left out: providers count them too differently. */
function estimatedUsage({ request: { messages, tools = [] }, said }: Exchange): Usage {
  const texts = messages.flatMap((message) => [
    textOf(message),
    ...(message.role === "assistant" ? (message.tool_calls ?? []).map((call) => call.arguments) : []),
  ]);
  if (tools.length > 0) texts.push(JSON.stringify(tools));
  const input_tokens = texts.reduce((sum, text) => sum + estimatedTokensOf(text), 0);
  return { input_tokens, output_tokens: estimatedTokensOf(said) };
}

/** The ends of an attempt at which a provider that had taken the request was still at work, or done with it. */
const atWork: ReadonlySet<FailureKind> = new Set([
  "timeout_first_token",
  "timeout_idle",
  "timeout_total",
  "cancelled",
  "truncated",
  "empty",
]);

function mayHaveCharged({ outcome, kind, connect_ms, first_token_ms }: Attempt): boolean {
  if (outcome === "skipped") return false;
  if (outcome === "answered" || first_token_ms !== null) return true;
  return connect_ms !== null && kind !== null && atWork.has(kind);
}

function shareOf(spentUsd: number, capUsd: number): number {
  return capUsd === 0 ? 1 : spentUsd / capUsd;
}

const nothing: Spent = {
  usd: 0,
  estimated_usd: 0,
  input_tokens: 0,
  output_tokens: 0,
  attempts: 0,
  unpriced_attempts: 0,
};
