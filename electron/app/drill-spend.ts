import { type Clock, costUsd, type Link, type Provider, ProviderFailure, priceOf } from "../chain/index.ts";
import type { Attempt, FailureKind, Usage } from "../contract/index.ts";
import type { Expense, Spend, Spent } from "../store/index.ts";
import type { Budget } from "./budget.ts";

/** The month as it stood, and what the drill adds to it, in memory: so the budget's cap holds in a drill as it does outside. */
export class DrillSpend {
  readonly #stood: Spent;
  readonly #links: Map<string, Spent>;
  readonly #added: Expense[] = [];

  /** Reads the month once: what the drill's real links cost is written there as well, and would count twice. */
  constructor(real: Pick<Spend, "month" | "byLink">, now: number) {
    this.#stood = { ...real.month(now) };
    this.#links = real.byLink(now);
  }

  add(expense: Expense): void {
    this.#added.push(expense);
  }

  month(): Spent {
    const month = { ...this.#stood };
    for (const { usd, input_tokens, output_tokens, estimated } of this.#added) {
      month.usd += usd ?? 0;
      month.estimated_usd += estimated ? (usd ?? 0) : 0;
      month.input_tokens += input_tokens;
      month.output_tokens += output_tokens;
      month.attempts += 1;
      month.unpriced_attempts += usd === null ? 1 : 0;
    }
    return month;
  }

  byLink(): Map<string, Spent> {
    return new Map(this.#links);
  }
}

/**
 * A real provider that a drill's faults let through: what it costs is real money, and is counted in the person's own budget.
 * Nothing else of a drill is.
 */
export function billed(provider: Provider, budget: Pick<Budget, "record">, clock: Clock): Provider {
  return {
    async *stream(request, link, signal) {
      const startedAt = clock.now();
      const begin = clock.monotonic();
      let connected = false;
      let firstTokenMs: number | null = null;
      let usage: Usage | null = null;
      let said = "";
      let finished = false;
      // A stream that nobody reads to its end, or that was stopped, was cancelled.
      let kind: FailureKind = "cancelled";
      try {
        for await (const event of provider.stream(request, link, signal)) {
          if (event.type === "connected") connected = true;
          if (event.type === "delta") {
            firstTokenMs ??= clock.monotonic() - begin;
            said += `${event.text ?? ""}${event.reasoning ?? ""}`;
          }
          if (event.type === "finish") {
            usage = event.usage;
            finished = true;
          }
          yield event;
        }
      } catch (error) {
        if (!signal.aborted) kind = error instanceof ProviderFailure ? error.kind : "server";
        throw error;
      } finally {
        const attempt: Attempt = {
          ...plainAttempt(link),
          outcome: finished ? "answered" : kind === "cancelled" ? "cancelled" : "failed",
          kind: finished ? null : kind,
          started_at: new Date(startedAt).toISOString(),
          connect_ms: connected ? 0 : null,
          first_token_ms: firstTokenMs,
          duration_ms: clock.monotonic() - begin,
          usage,
          cost_usd: costUsd(usage, priceOf(link)),
        };
        budget.record(attempt, { request, said });
      }
    },
  };
}

const plainAttempt = ({ id, provider, model, tier }: Link) => ({
  link: id,
  provider,
  model,
  tier,
  message: null,
  status: null,
  request_id: null,
});
