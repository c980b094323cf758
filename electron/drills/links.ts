import type { Link } from "../chain/index.ts";
import { type LinkRole, linkRole } from "../contract/index.ts";

const inRole: Record<LinkRole, (link: Link, index: number) => boolean> = {
  first: (_, index) => index === 0,
  cloud: ({ tier }) => tier === "cloud",
  backup: ({ tier }) => tier === "backup",
  local: ({ tier }) => tier === "local",
  all: () => true,
};

/** The links that ids and roles name, in the order of the chain; all of them for `undefined`. */
export function linksNamed(named: readonly string[] | undefined, chain: readonly Link[]): Link[] {
  if (named === undefined) return [...chain];
  return chain.filter((link, index) =>
    named.some((name) => {
      const role = linkRole.safeParse(name);
      return role.success ? inRole[role.data](link, index) : link.id === name;
    }),
  );
}

/** The names that stand for no link at all of this chain. */
export function unknownLinks(named: readonly string[], chain: readonly Link[]): string[] {
  return named.filter((name) => linksNamed([name], chain).length === 0);
}
