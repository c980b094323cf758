import { Chain, type ChainParts, type Link, type Requirement } from "../chain/index.ts";
import type { ChainEvent, ChatRequest, Config } from "../contract/index.ts";
import { type CheckTools, demandsOf, JsonSchemas, Mirror } from "../quality/index.ts";

export interface QualityParts {
  chain: ChainParts;
  config(): Config;
  /** What code asks of every answer, besides the config and the request. */
  requirements: readonly Requirement[];
}

type May = (link: Link) => boolean;

/** The chain with its eye on quality: answers must pass their requirements, and several links may be asked at once. */
export class Quality {
  /** The chain alone: whatever a link answers is taken. For judges and for measuring. */
  readonly plain: Chain;
  readonly tools: CheckTools;
  readonly #judged: Chain;
  readonly #mirror: Mirror;
  readonly #parts: QualityParts;

  constructor(parts: QualityParts) {
    const { chain, config, requirements } = parts;
    this.#parts = parts;
    this.plain = new Chain(chain);
    this.tools = {
      schemas: new JsonSchemas(),
      ask: (request, signal, may) => this.plain.run(request, signal, may),
    };
    this.#judged = new Chain({
      ...chain,
      demands: (request) => demandsOf(request, config(), this.tools, requirements),
    });
    this.#mirror = new Mirror({
      chain: this.#judged,
      links: () => chain.rules().links,
      notices: chain.notices,
      cache: chain.cache,
    });
  }

  run(request: ChatRequest, signal: AbortSignal, may?: May): AsyncGenerator<ChainEvent, void, void> {
    const standing = this.#parts.config().mirror;
    const isMirrored = request.mirror
      ? (request.mirror.enabled ?? true)
      : standing !== undefined && (standing.enabled ?? true);
    return isMirrored
      ? this.#mirror.run(request, { ...standing, ...request.mirror }, signal, may)
      : this.#judged.run(request, signal, may);
  }
}
