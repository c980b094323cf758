import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ChainFailure, FailureKind, Receipt } from "../contract/index.ts";

/** Why a request got no answer, in no wire format: each format writes it in its own shape. */
export interface Trouble {
  status: ContentfulStatusCode;
  /** A word for programs, such as `all_links_failed`; null where the status says it all. */
  code: string | null;
  message: string;
  /** The field of the request that is wrong, with dots; null where it is none. */
  param: string | null;
  /** When it is worth asking again, seconds; null where nobody knows. */
  retryAfterS: number | null;
}

/** A refusal by the gateway itself: thrown anywhere, answered in the wire format of the path. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly trouble: Trouble;

  constructor(status: ContentfulStatusCode, message: string, more: Partial<Trouble> = {}) {
    super(message);
    this.trouble = { code: null, param: null, retryAfterS: null, ...more, status, message };
  }
}

/** Answers with a trouble, and with the receipt where the chain was asked. */
export function troubled(c: Context, trouble: Trouble, receipt?: Receipt): Response {
  if (trouble.retryAfterS !== null) c.header("Retry-After", String(trouble.retryAfterS));
  const shape = isAnthropic(c.req.path) ? anthropicError(trouble) : openaiError(trouble);
  return c.json({ ...shape, ...(receipt && { holdfast: receipt }) }, trouble.status);
}

const isAnthropic = (path: string): boolean => /^\/v1\/messages(\/|$)/.test(path);

/** OpenAI's error object. */
export function openaiError({ status, code, message, param }: Trouble) {
  const type =
    status === 401 ? "authentication_error" : status < 500 ? "invalid_request_error" : "server_error";
  return { error: { message, type: status === 429 ? "rate_limit_error" : type, param, code } };
}

/** Anthropic's names for the statuses, from its page on errors. */
const anthropicTypes: Partial<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
};

/** Anthropic's error object. */
export function anthropicError({ status, message }: Trouble) {
  const type = anthropicTypes[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return { type: "error" as const, error: { type, message } };
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

/** A chain's failure as a trouble. */
export function troubleOf(failure: ChainFailure): Trouble {
  const { code, kind, message, retry_after_ms } = failure;
  const status = statusOf(failure);
  const waits = status === 503 || (status === 429 && retry_after_ms !== null);
  return {
    status,
    code: code === "stopped" ? kind : code,
    message,
    param: null,
    retryAfterS: waits ? Math.ceil((retry_after_ms ?? 0) / 1_000) : null,
  };
}

/** The restarted answer of another link is not the one whose beginning was sent. */
export const departed: Trouble = {
  status: 502,
  code: "stream_departed",
  message:
    "The link that was answering broke off, and the next link answered differently. Ask again for a whole answer.",
  param: null,
  retryAfterS: null,
};

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
