import { ProviderFailure, type ProviderFailureDetails } from "../chain/index.ts";
import type { FailureKind } from "../contract/index.ts";
import { type Endpoint, quote } from "./endpoint.ts";

interface Cause {
  kind: FailureKind;
  /** What the host did, as the predicate of a sentence. */
  what: string;
}

const noTls: Cause = {
  kind: "network",
  what: "could not agree on TLS. Check http or https in the base URL",
};

/** What went wrong below HTTP, by the code that Node.js, its TLS or undici gives the error. */
const codes: Readonly<Record<string, Cause>> = {
  ECONNREFUSED: {
    kind: "network",
    what: "refused the connection: no server listens there. Start it, or check the base URL",
  },
  ENOTFOUND: {
    kind: "network",
    what: "has no address: this machine is offline, or the base URL is mistyped",
  },
  EAI_AGAIN: { kind: "network", what: "could not be looked up: this machine seems to be offline" },
  ECONNRESET: { kind: "network", what: "reset the connection" },
  ECONNABORTED: { kind: "network", what: "dropped the connection" },
  EPIPE: { kind: "network", what: "closed the connection while the request was being sent" },
  UND_ERR_SOCKET: { kind: "network", what: "closed the connection without an answer" },
  ERR_STREAM_PREMATURE_CLOSE: { kind: "network", what: "closed the connection without an answer" },
  ENETUNREACH: { kind: "network", what: "can't be reached: this machine has no way to that network" },
  ENETDOWN: { kind: "network", what: "can't be reached: this machine's network is down" },
  EHOSTUNREACH: { kind: "network", what: "can't be reached: there is no route to it" },
  EHOSTDOWN: { kind: "network", what: "can't be reached: it is down" },
  EADDRNOTAVAIL: { kind: "network", what: "can't be reached from this machine's addresses" },
  ETIMEDOUT: { kind: "timeout_connect", what: "did not take the connection in time" },
  UND_ERR_CONNECT_TIMEOUT: { kind: "timeout_connect", what: "did not take the connection in time" },
  UND_ERR_HEADERS_TIMEOUT: { kind: "timeout_connect", what: "did not begin to answer in time" },
  UND_ERR_BODY_TIMEOUT: { kind: "timeout_idle", what: "fell silent in the middle of the answer" },
  CERT_HAS_EXPIRED: {
    kind: "network",
    what: "has a certificate that has expired. Check this machine's clock",
  },
  CERT_NOT_YET_VALID: {
    kind: "network",
    what: "has a certificate that is not valid yet. Check this machine's clock",
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    kind: "network",
    what: "has a self-signed certificate. Add it to NODE_EXTRA_CA_CERTS if you trust it",
  },
  SELF_SIGNED_CERT_IN_CHAIN: {
    kind: "network",
    what: "has a certificate from an unknown authority, often a company's proxy. Add that authority to NODE_EXTRA_CA_CERTS if you trust it",
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { kind: "network", what: "has a certificate that can't be verified" },
  UNABLE_TO_GET_ISSUER_CERT: { kind: "network", what: "has a certificate from an unknown authority" },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { kind: "network", what: "has a certificate from an unknown authority" },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    kind: "network",
    what: "has a certificate for another name: something else answers in its place, or the base URL is wrong",
  },
  EPROTO: noTls,
};

function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** The error and everything that it was caused by, the outermost first. */
export function* causes(error: unknown): Generator<unknown> {
  let current = error;
  // Ten is deeper than any SDK wraps, and ends a chain that bites its own tail.
  for (let depth = 0; depth < 10 && current !== undefined && current !== null; depth++) {
    yield current;
    if (current instanceof AggregateError) yield* current.errors;
    current = current instanceof Error ? current.cause : undefined;
  }
}

interface Trouble extends Cause {
  code: string;
}

const notHttp: Trouble = { kind: "malformed", what: "did not answer in HTTP", code: "HTTPParserError" };

function troubleOf(error: unknown): Trouble | null {
  for (const cause of causes(error)) {
    // undici gives this error a code only for some of its reasons.
    if (cause instanceof Error && cause.name === "HTTPParserError") return notHttp;
    const code = codeOf(cause);
    if (code === null) continue;
    const known = codes[code];
    if (known !== undefined) return { ...known, code };
    if (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_")) return { ...noTls, code };
  }
  return null;
}

/** Whether an error came from the connection, as against from what was sent over it. */
export function isTransportError(error: unknown): boolean {
  return troubleOf(error) !== null;
}

const resets = new Set(["ECONNRESET", "ECONNABORTED", "EPIPE", "UND_ERR_SOCKET"]);

/** Whether a connection that had come about was closed by the other side. */
export function isReset(error: unknown): boolean {
  return resets.has(troubleOf(error)?.code ?? "");
}

/** The failure that a request is which got no response at all. */
export function connectionFailure(error: unknown, endpoint: Endpoint): ProviderFailure {
  const trouble = troubleOf(error);
  if (trouble !== null) {
    return new ProviderFailure(trouble.kind, `${endpoint.host} ${trouble.what} (${trouble.code}).`, {
      cause: error,
    });
  }
  const words = error instanceof Error ? quote(error.message, endpoint) : "";
  return new ProviderFailure(
    "network",
    `The request to ${endpoint.host} failed: ${words || "no reason given"}.`,
    {
      cause: error,
    },
  );
}

/**
 * The failure that a connection is which broke in the middle of a stream, or null when `error` is not of the connection.
 * A socket that just ended is `truncated`; one that was reset, or fell silent, keeps its own kind.
 */
export function brokenStreamFailure(
  error: unknown,
  endpoint: Endpoint,
  details: ProviderFailureDetails,
): ProviderFailure | null {
  const trouble = troubleOf(error);
  if (trouble === null) return null;
  const ended = trouble.code === "UND_ERR_SOCKET" || trouble.code === "ERR_STREAM_PREMATURE_CLOSE";
  return new ProviderFailure(
    ended ? "truncated" : trouble.kind,
    ended
      ? `${endpoint.host} closed the connection before the answer was whole.`
      : `${endpoint.host} ${trouble.what} in the middle of the answer (${trouble.code}).`,
    { ...details, cause: error },
  );
}
