import type { Attempt, ChainFailure } from "../contract/index.ts";
import type { ChainRules } from "./chain.ts";
import type { ProviderFailure } from "./provider.ts";
import { type Unmet, unmetText } from "./quality.ts";

/** A request that ends with the failure of one link. */
export function endedBy(
  code: Exclude<ChainFailure["code"], "all_links_failed">,
  { kind, status, message, retryAfterMs }: ProviderFailure,
): ChainFailure {
  return { code, kind, status, message, retry_after_ms: retryAfterMs };
}

/** A request that nothing could answer. `failed`: the requirements that the best answer fails; null where there was none. */
export function nothingAnswered(
  attempts: readonly Attempt[],
  { message, retryAfterMs }: ChainRules["offline"],
  failed: readonly Unmet[] | null,
): ChainFailure {
  const last = attempts.at(-1);
  return {
    code: "all_links_failed",
    kind: last?.kind ?? null,
    status: last?.status ?? null,
    message: failed ? `No answer met the requirements. The best one: ${unmetText(failed)}` : message,
    retry_after_ms: retryAfterMs,
  };
}
