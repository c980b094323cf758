import type { FailureKind } from "../contract/index.ts";
import type { ErrorBody } from "./error-body.ts";

/**
 * Which failure a provider's error is. Three tables, asked in this order: codes that mean one thing wherever they
 * stand, sentences for providers that give no code, then the HTTP status. An error without a status (in a stream, or
 * inside a 200) falls back to its type.
 */

/** Codes and types that decide by themselves, whatever the status. Sources: the providers' error pages. */
const decisiveCodes: Readonly<Record<string, FailureKind>> = {
  insufficient_quota: "quota_exhausted",
  billing_hard_limit_reached: "quota_exhausted",
  billing_not_active: "quota_exhausted",
  billing_error: "quota_exhausted",
  insufficient_credits: "quota_exhausted",
  insufficient_balance: "quota_exhausted",
  payment_required: "quota_exhausted",

  context_length_exceeded: "context_length",
  context_window_exceeded: "context_length",
  model_context_window_exceeded: "context_length",
  model_max_prompt_tokens_exceeded: "context_length",
  exceed_context_size_error: "context_length",
  request_too_large: "context_length",

  content_policy_violation: "content_policy",
  content_filter: "content_policy",
  responsibleaipolicyviolation: "content_policy",
  moderation_blocked: "content_policy",
  data_inspection_failed: "content_policy",
  prompt_blocked: "content_policy",

  invalid_api_key: "auth",
  account_deactivated: "auth",
  unsupported_country_region_territory: "auth",

  model_not_found: "not_found",
  model_decommissioned: "not_found",
  model_not_available: "not_found",
  deploymentnotfound: "not_found",

  overloaded_error: "overloaded",
  engine_overloaded: "overloaded",
  server_overloaded: "overloaded",
  slow_down: "overloaded",
  service_tier_capacity_exceeded: "overloaded",

  // AWS. Its statuses mislead: a model that is not ready is a 429, a model that failed a 424.
  throttlingexception: "rate_limited",
  servicequotaexceededexception: "quota_exhausted",
  modelnotreadyexception: "overloaded",
  serviceunavailableexception: "overloaded",
  modeltimeoutexception: "server",
  modelerrorexception: "server",
  modelstreamerrorexception: "server",
  internalserverexception: "server",
  accessdeniedexception: "auth",
  unrecognizedclientexception: "auth",
  expiredtokenexception: "auth",
  resourcenotfoundexception: "not_found",
};

/** Types that say no more than the status does, for errors that have none. */
const generalTypes: Readonly<Record<string, FailureKind>> = {
  invalid_request_error: "invalid_request",
  authentication_error: "auth",
  permission_error: "auth",
  not_found_error: "not_found",
  rate_limit_error: "rate_limited",
  rate_limit_exceeded: "rate_limited",
  resource_exhausted: "rate_limited",
  tokens: "rate_limited",
  requests: "rate_limited",
  unavailable: "overloaded",
  api_error: "server",
  server_error: "server",
  internal_server_error: "server",
  timeout_error: "server",
  validationexception: "invalid_request",
};

/** What providers without codes write. `statuses` keeps a sentence from deciding where it is said in passing; null is "no status". */
const sentences: readonly { pattern: RegExp; kind: FailureKind; statuses: readonly (number | null)[] }[] = [
  {
    // "maximum context length is 8192 tokens", "prompt is too long: 210000 tokens", "exceeds the available context size".
    pattern:
      /maximum context length|maximum prompt length|prompt (?:is )?too long|input (?:is )?too long|context (?:window|size|length)\b.*exceed|exceed\w*\b.*context (?:window|size|length)|too many (?:input |prompt )?tokens|input token count.*exceeds/is,
    kind: "context_length",
    statuses: [null, 400, 413, 422, 500],
  },
  {
    pattern:
      /credit balance is too low|insufficient (?:balance|credits?|funds)|out of credits|spending limit|billing/i,
    kind: "quota_exhausted",
    statuses: [null, 400, 402, 403, 429],
  },
  {
    pattern:
      /content (?:management |moderation )?policy|safety system|flagged|moderation|blocked by .*(?:filter|safety)/i,
    kind: "content_policy",
    statuses: [null, 400, 403, 422],
  },
  {
    // Gemini and xAI answer a wrong key with 400.
    pattern: /(?:invalid|incorrect) api[ _-]?key|api[ _-]?key (?:is )?(?:not valid|invalid|expired)/i,
    kind: "auth",
    statuses: [null, 400],
  },
  {
    pattern: /\bmodel\b.{0,80}\b(?:not found|does not exist|has been (?:decommissioned|retired|removed))/is,
    kind: "not_found",
    statuses: [null, 400],
  },
  {
    // Bedrock, for a model that is not there, not in this region, or only behind an inference profile.
    pattern: /model identifier is invalid|on-demand throughput isn.t supported|reached the end of its life/i,
    kind: "not_found",
    statuses: [null, 400, 404],
  },
  {
    // Ollama and llama-server, when the model does not fit into this machine.
    pattern: /requires more system memory|out of memory|failed to allocate/i,
    kind: "out_of_memory",
    statuses: [null, 500],
  },
];

/**
 * 503 is `overloaded`, as RFC 9110 (15.6.4) defines it: overload or maintenance, soon over. 413 is `context_length`: a link that
 * takes more may answer. 408, 409 and 425 are the server's own trouble and worth another try, so they are `server`.
 * 405 comes from a base URL that leads elsewhere. 407 and 511 are the network's.
 */
const statuses: Readonly<Record<number, FailureKind>> = {
  401: "auth",
  402: "quota_exhausted",
  403: "auth",
  404: "not_found",
  405: "not_found",
  407: "network",
  408: "server",
  409: "server",
  410: "not_found",
  413: "context_length",
  425: "server",
  429: "rate_limited",
  503: "overloaded",
  511: "network",
  529: "overloaded",
};

/** Quota messages without a code are trusted unless the provider also says when to come back: then it is a rate limit (Gemini). */
function quotaOrRate(kind: FailureKind, status: number | null, waits: boolean): FailureKind {
  return kind === "quota_exhausted" && status === 429 && waits ? "rate_limited" : kind;
}

/** The kind of a provider's error. `status` is null for an error that came inside a stream; `waits`: it says when to retry. */
export function classify(status: number | null, body: ErrorBody, waits = false): FailureKind {
  const seen = status !== null && status >= 400 ? status : body.status;
  for (const code of body.codes) {
    const kind = decisiveCodes[code];
    if (kind !== undefined) return kind;
  }
  const sentence = sentences.find(
    (entry) => entry.statuses.includes(seen) && entry.pattern.test(body.message),
  );
  if (sentence !== undefined) return quotaOrRate(sentence.kind, seen, waits);
  if (seen !== null) return statuses[seen] ?? (seen >= 500 ? "server" : "invalid_request");
  for (const code of body.codes) {
    const kind = generalTypes[code];
    if (kind !== undefined) return kind;
  }
  return "server";
}
