import type { Attempt, FailureKind, Status } from "../../electron/contract/index.ts";

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

/** Why links beyond this machine are passed over: a few words, and what can be done about it. */
export const offlineWords: Record<NonNullable<Status["offline"]>, { label: string; text: string }> = {
  no_network: {
    label: "No network",
    text: "This machine has no network. Links beyond it are passed over until it has one.",
  },
  sign_in_page: {
    label: "Sign-in page",
    text: "This network asks for a sign-in first: open a browser and sign in. Until then links beyond this machine are passed over.",
  },
  unreachable: {
    label: "Internet unreachable",
    text: "There is a network, but nothing on the internet can be reached through it. Links beyond this machine are passed over for a while.",
  },
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
