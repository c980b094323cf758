import type { Attempt, FailureKind } from "../../electron/contract/index.ts";

/** Each failure kind as a short clause, to stand after the name of a link. */
export const kindWords: Record<FailureKind, string> = {
  rate_limited: "too many requests just now",
  quota_exhausted: "the quota is used up",
  overloaded: "overloaded",
  server: "an error at the provider",
  network: "could not be reached",
  timeout_connect: "did not answer the connection in time",
  timeout_first_token: "did not begin to answer in time",
  timeout_idle: "went silent in the middle",
  timeout_total: "took longer than allowed",
  truncated: "the answer broke off",
  malformed: "sent something that is not an answer",
  auth: "the key was rejected",
  not_found: "the model or address does not exist",
  context_length: "the conversation is too long for this model",
  content_policy: "refused under the provider's content policy",
  invalid_request: "the request was refused as invalid",
  empty: "the answer was empty",
  refusal: "the model declined to answer",
  loop: "the model repeated itself",
  bad_output: "the answer did not pass a requirement",
  engine_crashed: "the engine stopped unexpectedly",
  out_of_memory: "not enough memory",
  cancelled: "stopped",
};

/** What became of an attempt, in plain words. */
export function outcomeWords(attempt: Attempt): string {
  switch (attempt.outcome) {
    case "answered":
      return "Answered";
    case "cancelled":
      return "Stopped";
    case "skipped":
      return attempt.kind === null ? "Skipped" : `Skipped: ${kindWords[attempt.kind]}`;
    case "failed":
      return attempt.kind === null ? "Failed" : `Failed: ${kindWords[attempt.kind]}`;
    default:
      return attempt.outcome satisfies never;
  }
}
