import { EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import { ModelError } from "./errors.ts";

/**
 * A fetch that goes through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, in capitals or not. Other requests
 * are not concerned: Node's own fetch knows no proxy.
 */
export function proxyFetch(env: Readonly<Record<string, string | undefined>>): typeof fetch {
  const [http, https, none] = ["http_proxy", "https_proxy", "no_proxy"].map(
    (name) => env[name] || env[name.toUpperCase()],
  );
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: http ?? "",
    httpsProxy: https ?? http ?? "",
    noProxy: none ?? "",
    // Plain http is handed to the proxy as it is: many proxies open no tunnel to port 80.
    proxyTunnel: false,
  });
  // undici is what Node's fetch is made of: the same interface, with types of its own.
  return ((input: string | URL, init: object) =>
    undiciFetch(input, { ...init, dispatcher })) as unknown as typeof fetch;
}

/** A response of 200 or 206. Throws a ModelError that says what the other side did, or the signal's reason. */
export async function getOk(
  fetcher: typeof fetch,
  url: string,
  init: RequestInit,
  what: string,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetcher(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    if (error instanceof ModelError) throw error;
    throw new ModelError("network", `${new URL(url).host} can't be reached: ${reasonOf(error)}.`, error);
  }
  if (response.status === 200 || response.status === 206) return response;
  await response.body?.cancel();
  throw statusError(response.status, url, what);
}

function statusError(status: number, url: string, what: string): ModelError {
  const { host } = new URL(url);
  if (status === 401 || status === 403)
    return new ModelError(
      "refused",
      `${host} refuses ${what} (${status}). If the model is gated, accept its licence there and set HF_TOKEN to your access token.`,
    );
  if (status === 404 || status === 410)
    return new ModelError("not_found", `${host} does not have ${what} (${status}).`);
  if (status === 408 || status === 429 || status >= 500)
    return new ModelError("network", `${host} can't send ${what} now (${status}).`);
  return new ModelError("refused", `${host} does not send ${what} (${status}).`);
}

/** Why a fetch failed, from the innermost error that says something. */
export function reasonOf(error: unknown): string {
  let last = error;
  while (last instanceof Error && last.cause instanceof Error) last = last.cause;
  if (!(last instanceof Error)) return String(error);
  return last.message || ((last as NodeJS.ErrnoException).code ?? last.name);
}
