import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ChainFailure, FailureKind, Receipt } from "../contract/index.ts";

/** OpenAI's error object. */
export interface WireError {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

export function wireError(
  type: string,
  message: string,
  code: string | null = null,
  param: string | null = null,
) {
  return { message, type, param, code } satisfies WireError;
}

/** A refusal by the gateway itself, in OpenAI's shape. */
export function refuse(c: Context, status: ContentfulStatusCode, error: WireError): Response {
  return c.json({ error }, status);
}

/** The status of a failure that stopped a request, where the provider gave none. */
const statusOfKind: Partial<Record<FailureKind, ContentfulStatusCode>> = {
  invalid_request: 400,
  context_length: 400,
  content_policy: 400,
  refusal: 400,
  auth: 401,
  not_found: 404,
  rate_limited: 429,
  quota_exhausted: 429,
};

/** The answer to a request that nothing could answer: its status, OpenAI's error, and the receipt. */
export function unanswered(c: Context, failure: ChainFailure, receipt: Receipt): Response {
  const status = statusOf(failure);
  if (status === 503) c.header("Retry-After", String(Math.ceil((failure.retry_after_ms ?? 0) / 1000)));
  return c.json({ error: failureError(failure), holdfast: receipt }, status);
}

/** A chain's failure as OpenAI's error object. */
export function failureError(failure: ChainFailure): WireError {
  const type = statusOf(failure) < 500 ? "invalid_request_error" : "server_error";
  return wireError(type, failure.message, failure.code === "stopped" ? failure.kind : failure.code);
}

function statusOf({ code, status, kind }: ChainFailure): ContentfulStatusCode {
  switch (code) {
    case "all_links_failed":
      return 503;
    case "deadline":
      return 504;
    case "cancelled":
      return 408;
    case "stopped": {
      if (status !== null && status >= 400 && status < 500) return status as ContentfulStatusCode;
      return (kind && statusOfKind[kind]) ?? 502;
    }
    default:
      return code satisfies never;
  }
}
