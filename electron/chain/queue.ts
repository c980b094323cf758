import type { PlannedLink } from "./plan.ts";
import type { Link } from "./provider.ts";

/** The links of one request that are still to be asked, best first. */
export class Queue {
  readonly #links: PlannedLink[];
  readonly #may: (link: Link) => boolean;
  /** A link that the conversation was too long for, while larger ones are tried. */
  #tooSmall: PlannedLink | null = null;

  /** `may` is asked again for each link at its turn: what a conversation allows can change while it is answered. */
  constructor(links: readonly PlannedLink[], may: (link: Link) => boolean) {
    this.#links = [...links];
    this.#may = may;
  }

  /** Takes the next link; those that may not be asked any more are gone with it. */
  next(): PlannedLink | undefined {
    const at = this.#links.findIndex(({ link }) => this.#may(link));
    return at < 0 ? undefined : this.#links.splice(0, at + 1).at(-1);
  }

  /** Takes the next of the links that are wanted, and leaves the others where they are. */
  nextOf(isWanted: (link: Link) => boolean): PlannedLink | undefined {
    const at = this.#links.findIndex(({ link }) => this.#may(link) && isWanted(link));
    return at < 0 ? undefined : this.#links.splice(at, 1)[0];
  }

  /** The link is asked once more, before all others. */
  again(planned: PlannedLink): void {
    this.#links.unshift(planned);
  }

  /** Puts links with a larger window than this one's first; false, and nothing remembered, where there is none. */
  preferLarger(than: PlannedLink): boolean {
    const window = than.link.capabilities.contextWindow;
    const isLarger = ({ link }: PlannedLink) =>
      link.capabilities.contextWindow !== null &&
      (window === null || link.capabilities.contextWindow > window);
    const isAny = this.#links.some(isLarger);
    if (isAny) this.#links.sort((a, b) => Number(isLarger(b)) - Number(isLarger(a)));
    this.#tooSmall = isAny ? (this.#tooSmall ?? than) : null;
    return isAny;
  }

  /** The link that was too small, once all larger ones have failed as well; it is forgotten with that. */
  takeTooSmall(): PlannedLink | null {
    if (this.#links.length > 0) return null;
    const planned = this.#tooSmall;
    this.#tooSmall = null;
    return planned;
  }
}
