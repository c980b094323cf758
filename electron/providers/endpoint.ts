import type { Link } from "../chain/index.ts";
import { redact } from "./redact.ts";

/** The far end of an attempt, as error texts name it, and the key that must not appear in them. */
export interface Endpoint {
  link: string;
  model: string;
  /** Host and port. */
  host: string;
  /** The environment variable that the link's key comes from. */
  keyEnv: string | null;
  key: string | null;
}

/** `baseUrl` is the address in force: the link's own, or the family's default. */
export function endpointOf(link: Link, baseUrl: string, key: string | null): Endpoint {
  return { link: link.id, model: link.model, host: new URL(baseUrl).host, keyEnv: link.apiKeyEnv, key };
}

/** Longer texts say no more, and are usually a page of markup. */
const quoteLimit = 500;

/** A provider's own words, safe to show: one line, without keys, shortened. Empty stays empty. */
export function quote(text: string, endpoint: Endpoint): string {
  const line = redact(text, endpoint.key === null ? [] : [endpoint.key])
    .replace(/\s+/g, " ")
    .trim();
  return line.length > quoteLimit ? `${line.slice(0, quoteLimit)}…` : line;
}
