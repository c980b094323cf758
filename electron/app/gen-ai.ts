/** Receipts in the words of OpenTelemetry's conventions for generative AI. No question, no answer and no provider's text among them. */
import type { Attributes } from "@opentelemetry/api";
import { ATTR_ERROR_TYPE } from "@opentelemetry/semantic-conventions";
import {
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_MAX_TOKENS,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_REQUEST_SEED,
  ATTR_GEN_AI_REQUEST_TEMPERATURE,
  ATTR_GEN_AI_REQUEST_TOP_P,
  ATTR_GEN_AI_RESPONSE_FINISH_REASONS,
  ATTR_GEN_AI_RESPONSE_ID,
  ATTR_GEN_AI_RESPONSE_MODEL,
  ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  ATTR_GEN_AI_TOKEN_TYPE,
  ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_OPERATION_NAME_VALUE_CHAT,
  GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC,
  GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK,
  GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI,
  GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI,
  GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
  METRIC_GEN_AI_CLIENT_OPERATION_DURATION,
  METRIC_GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK,
  METRIC_GEN_AI_CLIENT_TOKEN_USAGE,
} from "@opentelemetry/semantic-conventions/incubating";
import type { Attempt, ProviderName } from "../contract/index.ts";
import type { EndedRun } from "./ended-run.ts";

/** The conventions' names of the families; those that have none there keep their own. */
const providerNames: Record<ProviderName, string> = {
  openai: GEN_AI_PROVIDER_NAME_VALUE_OPENAI,
  anthropic: GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC,
  "azure-openai": GEN_AI_PROVIDER_NAME_VALUE_AZURE_AI_OPENAI,
  bedrock: GEN_AI_PROVIDER_NAME_VALUE_AWS_BEDROCK,
  vertex: GEN_AI_PROVIDER_NAME_VALUE_GCP_VERTEX_AI,
  ollama: "ollama",
  llama: "llama.cpp",
  "openai-compatible": "openai_compatible",
};

export interface HistogramOptions {
  name: string;
  description: string;
  unit: string;
  explicitBucketBoundaries: number[];
}

/** The boundaries that the conventions give, seconds. */
const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

export const operationDuration: HistogramOptions = {
  name: METRIC_GEN_AI_CLIENT_OPERATION_DURATION,
  description: "How long attempts took.",
  unit: "s",
  explicitBucketBoundaries: seconds,
};
export const timeToFirstChunk: HistogramOptions = {
  name: METRIC_GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK,
  description: "From the start of an attempt to its first piece.",
  unit: "s",
  explicitBucketBoundaries: seconds,
};
export const tokenUsage: HistogramOptions = {
  name: METRIC_GEN_AI_CLIENT_TOKEN_USAGE,
  description: "Tokens that providers reported.",
  unit: "{token}",
  explicitBucketBoundaries: Array.from({ length: 14 }, (_, power) => 4 ** power),
};

export const tokenType = (type: "input" | "output"): Attributes => ({ [ATTR_GEN_AI_TOKEN_TYPE]: type });

/** Why an attempt failed, as a word; nothing when it did not. */
export function errorType({ outcome, kind }: Attempt): Attributes {
  return outcome === "answered" ? {} : { [ATTR_ERROR_TYPE]: kind ?? outcome };
}

/** What an attempt's numbers are told apart by: words of the config, never of a request. */
export function metricLabels({ provider, model, link, tier }: Attempt): Attributes {
  return {
    [ATTR_GEN_AI_OPERATION_NAME]: GEN_AI_OPERATION_NAME_VALUE_CHAT,
    [ATTR_GEN_AI_PROVIDER_NAME]: providerNames[provider],
    [ATTR_GEN_AI_REQUEST_MODEL]: model,
    "holdfast.link": link,
    "holdfast.tier": tier,
  };
}

export function attemptAttributes(attempt: Attempt, run: EndedRun): Attributes {
  const { request, finished } = run;
  const { usage, first_token_ms } = attempt;
  const isAnswer = attempt === answeringAttempt(run);
  const reason = finished?.answer.finish_reason;
  return {
    ...metricLabels(attempt),
    ...errorType(attempt),
    ...given(ATTR_GEN_AI_REQUEST_MAX_TOKENS, request.max_tokens),
    ...given(ATTR_GEN_AI_REQUEST_TEMPERATURE, request.temperature),
    ...given(ATTR_GEN_AI_REQUEST_TOP_P, request.top_p),
    ...given(ATTR_GEN_AI_REQUEST_SEED, request.seed),
    ...given(ATTR_GEN_AI_RESPONSE_ID, attempt.request_id),
    ...given(ATTR_GEN_AI_RESPONSE_MODEL, isAnswer ? finished?.receipt.model : null),
    ...given(ATTR_GEN_AI_RESPONSE_FINISH_REASONS, isAnswer && reason ? [reason] : null),
    ...given(
      ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
      first_token_ms === null ? null : first_token_ms / 1_000,
    ),
    ...given(ATTR_GEN_AI_USAGE_INPUT_TOKENS, usage?.input_tokens),
    ...given(ATTR_GEN_AI_USAGE_OUTPUT_TOKENS, usage?.output_tokens),
    ...given("http.response.status_code", attempt.status),
    ...given("holdfast.cost_usd", attempt.cost_usd),
    "holdfast.outcome": attempt.outcome,
  };
}

/** Tokens stand with the attempts alone, so that nobody counts them twice. */
export function requestAttributes({
  id,
  purpose,
  request,
  finished,
  attempts,
  ...run
}: EndedRun): Attributes {
  const { receipt, failure } = finished ?? {};
  return {
    "holdfast.request.id": id,
    "holdfast.purpose": purpose,
    "holdfast.local_only": request.local_only === true,
    "holdfast.attempts": attempts.length,
    ...given("holdfast.requested_tier", receipt?.requested_tier),
    ...given("holdfast.tier", receipt?.tier),
    ...given("holdfast.link", receipt?.link),
    ...given("holdfast.level", receipt?.level),
    ...given("holdfast.reason", receipt?.reason),
    ...given("holdfast.cost_usd", receipt?.cost_usd),
    ...given(
      "holdfast.notices",
      receipt?.notices.map(({ code }) => code),
    ),
    ...given(ATTR_GEN_AI_PROVIDER_NAME, receipt?.provider && providerNames[receipt.provider]),
    ...given(ATTR_GEN_AI_RESPONSE_MODEL, receipt?.model),
    ...given(
      ATTR_GEN_AI_RESPONSE_FINISH_REASONS,
      finished?.answer.finish_reason && [finished.answer.finish_reason],
    ),
    ...given(
      ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
      run.firstTokenMs === null ? null : run.firstTokenMs / 1_000,
    ),
    ...given(ATTR_ERROR_TYPE, finished === null ? "abandoned" : (failure?.kind ?? failure?.code)),
  };
}

/** The attempt whose words were given. */
function answeringAttempt({ finished, attempts }: EndedRun): Attempt | undefined {
  if (!finished) return undefined;
  return attempts.findLast(({ outcome, link }) => outcome === "answered" && link === finished.receipt.link);
}

const given = (name: string, value: Attributes[string] | null): Attributes =>
  value === null || value === undefined ? {} : { [name]: value };
