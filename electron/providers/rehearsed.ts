import type { Link, ProviderFailure } from "../chain/index.ts";
import { classify } from "./classify.ts";
import { describedFailure } from "./failure.ts";

/** What an HTTP error without a body would be, had the provider of this link given it: for drills, which give it in its place. */
export function rehearsedFailure(link: Link, status: number, retryAfterMs: number | null): ProviderFailure {
  const body = { codes: [], message: "This error belongs to a drill.", status: null };
  const host = link.baseUrl === null ? link.provider : new URL(link.baseUrl).host;
  const endpoint = { link: link.id, model: link.model, host, keyEnv: link.apiKeyEnv, key: null };
  const kind = classify(status, body, retryAfterMs !== null);
  return describedFailure(kind, endpoint, body.message, { status, retryAfterMs });
}
