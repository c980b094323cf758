import { z } from "zod";
import type { Clock } from "../chain/index.ts";
import type { OllamaServer } from "./ollama-server.ts";

/** What an Ollama server says of one of its models, and of itself. */
export interface OllamaFacts {
  /** Tokens that the model can hold; null where it is not told. */
  contextLength: number | null;
  /** As Ollama names them: `completion`, `tools`, `vision`, `thinking`, `embedding`; null from a server that does not tell. */
  capabilities: readonly string[] | null;
  /** The values that `think` may have for this model; null where they are not told. */
  thinking: readonly (boolean | string)[] | null;
  /** The host that really runs the model: Ollama passes requests for its cloud models on. Null for one that runs where the server is. */
  remoteHost: string | null;
  /** Whether the server can be told to refuse a prompt that is too long. Older ones cut it and say nothing. */
  refuses: boolean;
}

const showShape = z.looseObject({
  capabilities: z.array(z.string()).nullish().catch(null),
  model_info: z.record(z.string(), z.unknown()).nullish().catch(null),
  thinking: z
    .looseObject({ values: z.array(z.union([z.boolean(), z.string()])) })
    .nullish()
    .catch(null),
  remote_host: z.string().nullish().catch(null),
});

/** The facts in an answer of /api/show; `version` is the server's own, null where it is not known. */
export function factsOf(shown: unknown, version: string | null): OllamaFacts {
  const read = showShape.parse(shown);
  const lengths = Object.entries(read.model_info ?? {}).flatMap(([key, value]) =>
    key.endsWith(".context_length") && typeof value === "number" && value > 0 ? [value] : [],
  );
  return {
    contextLength: lengths[0] ?? null,
    capabilities: read.capabilities ?? null,
    thinking: read.thinking?.values ?? null,
    remoteHost: remoteHostOf(read.remote_host),
    refuses: version !== null && isAtLeast(version, firstToRefuse),
  };
}

/** The host in what Ollama says of where a cloud model runs, such as `https://ollama.com:443`; null for one that runs where the server is. */
export function remoteHostOf(said: string | null | undefined): string | null {
  if (!said) return null;
  return URL.canParse(said) && new URL(said).hostname !== "" ? new URL(said).hostname : said;
}

/** Ollama passes such models on to its cloud, from a server on this machine too: `gpt-oss:120b-cloud`, `glm-4.6:cloud`. */
export const isOfOllamasCloud = (model: string): boolean => /[:-]cloud$/.test(model);

/** Ollama 0.12.6 was the first to honour `truncate` and `shift` of a chat. */
const firstToRefuse = [0, 12, 6] as const;

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  for (const [index, least] of wanted.entries()) {
    const part = parts[index] ?? -1;
    if (part !== least) return part > least;
  }
  return true;
}

/** A model seldom changes under its name; a pull of a newer one is told by `forget`. */
const factsLastMs = 10 * 60_000;
/** A server that would not say is asked again only after this. */
const silenceLastsMs = 60_000;

interface Page {
  facts: OllamaFacts | null;
  at: number;
}

/** What is known of Ollama's models, by server and name. */
export class OllamaFactBook {
  readonly #clock: Clock;
  readonly #onLearned: () => void;
  readonly #pages = new Map<string, Page>();

  /** `onLearned` is told when something new is known. */
  constructor(clock: Clock, onLearned: () => void = () => {}) {
    this.#clock = clock;
    this.#onLearned = onLearned;
  }

  /** What was told before; null where nothing was. */
  known(baseUrl: string, model: string): OllamaFacts | null {
    return this.#pages.get(keyOf(baseUrl, model))?.facts ?? null;
  }

  /**
   * What is known, or what the server says now; null from one that says nothing of use. Throws a ProviderFailure: `not_found` for a
   * model that is not there, and what a request throws that gets no answer.
   */
  async learn(server: OllamaServer, model: string, signal: AbortSignal): Promise<OllamaFacts | null> {
    const key = keyOf(server.baseUrl, model);
    const page = this.#pages.get(key);
    if (page && this.#clock.monotonic() - page.at < (page.facts === null ? silenceLastsMs : factsLastMs))
      return page.facts;
    const facts = await server.facts(model, signal);
    this.#pages.set(key, { facts, at: this.#clock.monotonic() });
    if (facts !== null && JSON.stringify(facts) !== JSON.stringify(page?.facts)) this.#onLearned();
    return facts;
  }

  /** Has a model asked for anew: it was pulled or removed. */
  forget(baseUrl: string, model: string): void {
    this.#pages.delete(keyOf(baseUrl, model));
  }
}

const keyOf = (baseUrl: string, model: string): string => `${baseUrl} ${withTag(model)}`;

/** A model's full name: Ollama adds `:latest` where no tag is given. */
export const withTag = (model: string): string =>
  model.lastIndexOf(":") > model.lastIndexOf("/") ? model : `${model}:latest`;
