import type { Attempt, ChatRequest, FailureKind } from "../contract/index.ts";
import { textOf } from "../contract/index.ts";
import type { BudgetState } from "./budget.ts";
import type { EndedRun } from "./ended-run.ts";
import { errorFields } from "./error-fields.ts";
import type { Log, LogFields } from "./log.ts";
import type { StandingChange } from "./standing.ts";
import type { TraceContext } from "./trace-context.ts";

export interface JournalParts {
  log: Log;
  /** Whether questions, answers and providers' own words may stand in the log. */
  content(): boolean;
}

/** What an attempt was made for. */
export interface AttemptContext {
  request: ChatRequest;
  trace: TraceContext | null;
}

/** Failures whose text is made here, from the address and the limit: those of others may quote the question. */
const toldByUs: ReadonlySet<FailureKind> = new Set([
  "network",
  "timeout_connect",
  "timeout_first_token",
  "timeout_idle",
  "timeout_total",
]);

/** What stands in the log: one line for each event, with the fields that docs/observability.md lists. */
export class Journal {
  readonly #log: Log;
  readonly #content: () => boolean;
  #budget: "within" | "warning" | "reached" = "within";

  constructor({ log, content }: JournalParts) {
    this.#log = log;
    this.#content = content;
  }

  /** A request ended. */
  request(run: EndedRun): void {
    const { finished, request } = run;
    const fields = { ...requestFields(run), ...(this.#mayQuote(request) && contentOf(run)) };
    const code = finished === null ? "abandoned" : (finished.failure?.code ?? null);
    if (code === null) {
      const { link, tier } = finished?.receipt ?? {};
      this.#log.info(fields, `Answered by ${link} (${tier}).`);
    } else if (code === "cancelled" || code === "abandoned") {
      this.#log.info(fields, "Stopped by whoever asked.");
    } else {
      this.#log.error(fields, code === "all_links_failed" ? "Nothing could answer." : "Not answered.");
    }
  }

  /** An attempt ended. Those that answered are told of by their request. */
  attempt(attempt: Attempt, { request, trace }: AttemptContext): void {
    const { outcome, kind, message } = attempt;
    if (outcome === "answered") return;
    const quotes =
      this.#mayQuote(request) || (kind !== null && toldByUs.has(kind) && attempt.status === null);
    const fields = {
      event: "attempt_failed",
      request_id: request.request_id,
      ...(trace && { trace_id: trace.traceId }),
      link: attempt.link,
      provider: attempt.provider,
      model: attempt.model,
      outcome,
      kind,
      status: attempt.status,
      provider_request_id: attempt.request_id,
      duration_ms: rounded(attempt.duration_ms),
      ...(quotes && { message }),
    };
    const text = `${attempt.link}: ${kind ?? outcome}.`;
    if (outcome === "failed") this.#log.warn(fields, text);
    else this.#log.debug(fields, text);
  }

  /** Something stands otherwise than it did: a breaker, the network, the engine, the level. */
  standing({ severity, text, ...fields }: StandingChange): void {
    this.#log[severity](fields, text);
  }

  /** The budget, after an attempt that cost something: told when it passes the warning, and when it is spent. */
  budget({ spent_usd, cap_usd, warning, reached }: BudgetState): void {
    const now = reached ? "reached" : warning ? "warning" : "within";
    if (now === this.#budget) return;
    this.#budget = now;
    if (now === "within") return;
    const text =
      now === "reached"
        ? "This month's budget is spent: links that cost money are passed over."
        : "This month's budget is nearly spent.";
    this.#log.warn({ event: "budget", state: now, spent_usd, cap_usd }, text);
  }

  /** What the person is told of this machine, such as a file that was put aside. */
  warning(text: string): void {
    this.#log.warn({ event: "warning" }, text);
  }

  /** The settings' config was replaced. */
  configChanged(links: readonly string[]): void {
    this.#log.info({ event: "config_changed", links }, "The settings were changed.");
  }

  /** A fault that no answer can tell of. */
  fault(error: unknown): void {
    this.#log.error({ event: "error", ...errorFields(error, this.#content()) }, "Something failed.");
  }

  #mayQuote({ local_only }: ChatRequest): boolean {
    return this.#content() && local_only !== true;
  }
}

function requestFields({
  id,
  purpose,
  request,
  trace,
  durationMs,
  firstTokenMs,
  ...run
}: EndedRun): LogFields {
  const { finished, attempts } = run;
  const receipt = finished?.receipt;
  return {
    event: "request",
    request_id: id,
    ...(trace && { trace_id: trace.traceId, span_id: trace.spanId }),
    purpose,
    outcome: finished === null ? "abandoned" : (finished.failure?.code ?? "answered"),
    ...(receipt && {
      requested_tier: receipt.requested_tier,
      tier: receipt.tier,
      link: receipt.link,
      provider: receipt.provider,
      model: receipt.model,
      answer_level: receipt.level,
      reason: receipt.reason,
      seams: receipt.seams.length,
      dropped: receipt.dropped,
      notices: receipt.notices.map(({ code }) => code),
      finish_reason: finished?.answer.finish_reason ?? null,
      input_tokens: receipt.usage?.input_tokens ?? null,
      output_tokens: receipt.usage?.output_tokens ?? null,
      cost_usd: receipt.cost_usd,
      similarity: receipt.similarity,
    }),
    attempts: attempts.length,
    local_only: request.local_only === true,
    first_token_ms: firstTokenMs === null ? null : rounded(firstTokenMs),
    duration_ms: rounded(durationMs),
  };
}

/** The question and the answer. */
function contentOf({ request, finished }: EndedRun): LogFields {
  return {
    question: request.messages.map((message) => ({ role: message.role, text: textOf(message) })),
    answer: finished?.answer.text ?? null,
  };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
