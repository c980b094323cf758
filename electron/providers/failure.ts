import { ProviderFailure, type ProviderFailureDetails } from "../chain/index.ts";
import type { FailureKind } from "../contract/index.ts";
import { classify } from "./classify.ts";
import { type Endpoint, quote } from "./endpoint.ts";
import { isErrorBody, parseJson, readErrorBody } from "./error-body.ts";
import { retryAfterMs } from "./retry-after.ts";

/** What a person reads first for each kind that a provider's answer can have, and how to mend it. */
const sentences: Partial<Record<FailureKind, (at: Endpoint, status: number | null) => string>> = {
  auth: (at, status) =>
    `${at.host} ${status === 403 ? "denied access to" : "refused"} the key of link "${at.link}". ${
      at.keyEnv === null
        ? "Enter a valid key for it under Settings, Providers"
        : `Set ${at.keyEnv} to a valid key, or enter one under Settings, Providers`
    }.`,
  not_found: (at) =>
    `${at.host} does not have the model "${at.model}". Check the model and the base URL of link "${at.link}".`,
  quota_exhausted: (at) =>
    `The account of link "${at.link}" at ${at.host} has no quota or credit left. Add credit there, or wait until it is renewed.`,
  rate_limited: (at) => `${at.host} limits how often link "${at.link}" may ask, and the limit is reached.`,
  overloaded: (at) => `${at.host} is overloaded at the moment.`,
  server: (at) => `${at.host} failed on its own side.`,
  context_length: (at) =>
    `The conversation is too long for "${at.model}" at ${at.host}. Shorten it, or use a link with a larger context window.`,
  content_policy: (at) => `${at.host} refused the request or its answer under its content policy.`,
  refusal: (at) => `"${at.model}" at ${at.host} declined to answer.`,
  invalid_request: (at) =>
    `${at.host} did not accept the request. Check the model and the limits of link "${at.link}".`,
  out_of_memory: (at) => `"${at.model}" does not fit into the memory at ${at.host}. Use a smaller model.`,
  network: (at) =>
    `Something between here and ${at.host} asks for a sign-in: a proxy, or this network's sign-in page. Open a browser and sign in.`,
};

/** A failure in the words of its kind, followed by the provider's own. */
export function describedFailure(
  kind: FailureKind,
  endpoint: Endpoint,
  theirWords: string,
  details: ProviderFailureDetails = {},
): ProviderFailure {
  const status = details.status ?? null;
  const sentence = sentences[kind]?.(endpoint, status) ?? `${endpoint.host} failed (${kind}).`;
  // A good status explains nothing: the error came inside the response.
  const shownStatus = status !== null && status >= 400 ? ` (HTTP ${status})` : "";
  const words = quote(theirWords, endpoint);
  return new ProviderFailure(
    kind,
    `${sentence.replace(/\.$/, `${shownStatus}.`)}${words === "" ? "" : ` It says: ${words}`}`,
    details,
  );
}

/** What came back instead of a stream. */
export interface BadResponse {
  status: number;
  headers: Headers;
  body: string;
}

/** The provider's name for a request, to quote in a question to its support. */
export function requestIdOf(headers: Headers): string | null {
  return headers.get("x-request-id") ?? headers.get("request-id") ?? headers.get("x-amzn-requestid");
}

/** AWS names the exception in a header, with its address behind a colon. */
function codesInHeaders(headers: Headers): string[] {
  const [name] = headers.get("x-amzn-errortype")?.split(":") ?? [];
  return name === undefined ? [] : [name.toLowerCase()];
}

function isPage(response: BadResponse): boolean {
  return (
    /\bhtml\b/i.test(response.headers.get("content-type") ?? "") ||
    /^\s*<(?:!doctype html|html)\b/i.test(response.body)
  );
}

/** Where a redirect leads, as a host, so that nothing secret in the address is shown. */
function redirectHost(response: BadResponse): string {
  const location = response.headers.get("location");
  return location !== null && URL.canParse(location) ? new URL(location).host : "another address";
}

/**
 * The failure that a response is which is not the stream that was asked for. `now` is epoch milliseconds.
 *
 * A redirect, and a web page where no error of the provider explains it, is `network`: a captive portal, a proxy or a
 * firewall spoke, not the provider. Anything else with a good status is `malformed`, unless its body is an error.
 */
export function responseFailure(response: BadResponse, endpoint: Endpoint, now: number): ProviderFailure {
  const { status, headers } = response;
  const details = { status, requestId: requestIdOf(headers) };
  if (status >= 300 && status < 400) {
    return new ProviderFailure(
      "network",
      `The request to ${endpoint.host} was redirected to ${redirectHost(response)} (HTTP ${status}). This is usually the sign-in page of a network: open a browser and sign in. Otherwise check the base URL of link "${endpoint.link}".`,
      details,
    );
  }
  const page = isPage(response);
  // A web page with 401, 403 or a good status is not the provider's: its own refusals are JSON.
  if (page && (status < 400 || status === 401 || status === 403)) {
    return new ProviderFailure(
      "network",
      `A web page came back instead of an answer from ${endpoint.host} (HTTP ${status}). This is usually the sign-in page of a network, or a firewall: open a browser and sign in. Otherwise check the base URL of link "${endpoint.link}".`,
      details,
    );
  }
  const json = parseJson(response.body);
  if (status < 400 && !isErrorBody(json)) {
    const type = headers.get("content-type") ?? "no content type";
    return new ProviderFailure(
      "malformed",
      `${endpoint.host} answered with ${quote(type, endpoint)} where a stream was asked for. Check that the base URL of link "${endpoint.link}" leads to a server that can stream.`,
      details,
    );
  }
  const read = readErrorBody(json ?? (page ? "" : response.body));
  const body = { ...read, codes: [...codesInHeaders(headers), ...read.codes] };
  const wait = retryAfterMs(headers, body.message, now);
  const kind = classify(status >= 400 ? status : null, body, wait !== null);
  return describedFailure(kind, endpoint, body.message, { ...details, retryAfterMs: wait });
}

/** The failure that an error event in the middle of a stream is. */
export function eventFailure(
  body: unknown,
  endpoint: Endpoint,
  details: ProviderFailureDetails = {},
): ProviderFailure {
  const read = readErrorBody(body);
  return describedFailure(classify(null, read), endpoint, read.message, details);
}
