import type { Clock, Link } from "../chain/index.ts";
import type { OllamaFactBook } from "./ollama-facts.ts";

/** What every provider family is given by the composition root. */
export interface ProviderOptions {
  /** The key of a link, null when there is none. It is sent to the link's host and nowhere else. */
  apiKey(link: Link): string | null | Promise<string | null>;
  /** How requests leave this machine; keep-alive, proxies and certificates are its business. */
  fetch: typeof fetch;
  clock: Clock;
  ollama?: OllamaOptions;
}

/** What Ollama's family is given besides. */
export interface OllamaOptions {
  /** What is known of models; shared with whoever else wants to know. */
  book: OllamaFactBook;
  /** How long a model stays in memory after an answer: seconds, below 0 for ever; null leaves it to the server. */
  keepAlive(): number | null;
}
