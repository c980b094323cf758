import type { LinkConfig } from "../contract/index.ts";
import { isStarter, starterLink } from "./starter.ts";

/**
 * The chain with a link in the place of the first that `replaces` names, whose id and other settings it keeps; else as a new one before the
 * starter model, or at the end. Gives the link's id as well.
 */
export function withLink(
  configured: readonly LinkConfig[] | undefined,
  wanted: LinkConfig,
  replaces: (link: LinkConfig) => boolean,
): { chain: LinkConfig[]; link: string } {
  const chain = configured ?? [starterLink];
  const before = chain.find(replaces);
  if (before) {
    // What was written of the other model does not hold for this one.
    const { capabilities: _capabilities, price: _price, ...kept } = before;
    const merged = { ...kept, ...wanted, id: before.id };
    return { chain: chain.map((link) => (link === before ? merged : link)), link: before.id };
  }
  const id = freeId(wanted.id, chain);
  const starter = chain.findIndex((link) => link.provider === "llama" && isStarter(link));
  const at = starter < 0 ? chain.length : starter;
  return { chain: chain.toSpliced(at, 0, { ...wanted, id }), link: id };
}

function freeId(wanted: string, chain: readonly LinkConfig[]): string {
  for (let number = 1; ; number++) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    if (!chain.some((link) => link.id === id)) return id;
  }
}
