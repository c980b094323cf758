import type { Clock, Link } from "../chain/index.ts";

/** What every provider family is given by the composition root. */
export interface ProviderOptions {
  /** The key of a link, null when there is none. It is sent to the link's host and nowhere else. */
  apiKey(link: Link): string | null | Promise<string | null>;
  /** How requests leave this machine; keep-alive, proxies and certificates are its business. */
  fetch: typeof fetch;
  clock: Clock;
}
