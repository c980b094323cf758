import type { Strategy } from "../contract/index.ts";
import type { Gate } from "./gate.ts";
import type { Link } from "./provider.ts";

/** What an order may depend on besides the links themselves. */
export interface OrderContext {
  strategy: Strategy;
  gate: Pick<Gate, "confidence" | "latencyMs">;
  random: () => number;
}

/**
 * The links in the order in which they are tried. Whatever the strategy, models on this machine stand behind the others:
 * they are the last line. `weighted` draws without replacement, each link by its weight and its confidence (seed 003).
 */
export function inOrder(links: readonly Link[], { strategy, gate, random }: OrderContext): Link[] {
  const byPriority = links.toSorted((a, b) => a.priority - b.priority);
  if (strategy === "priority") return byPriority;
  const remote = byPriority.filter(({ tier }) => tier !== "local");
  const local = byPriority.filter(({ tier }) => tier === "local");
  return [...rankedBy(remote, keys(strategy, gate, random)), ...local];
}

function keys(
  strategy: Exclude<Strategy, "priority">,
  gate: OrderContext["gate"],
  random: () => number,
): (link: Link) => number {
  switch (strategy) {
    case "weighted":
      // The smallest of exponential draws at each weight's rate is a weighted choice (Efraimidis and Spirakis, 2006).
      return (link) => {
        const weight = link.weight * gate.confidence(link);
        return weight > 0 ? -Math.log(1 - random()) / weight : Number.POSITIVE_INFINITY;
      };
    case "cheapest":
      return ({ price }) => (price ? price.input + price.output : Number.POSITIVE_INFINITY);
    case "fastest":
      return (link) => gate.latencyMs(link) ?? Number.POSITIVE_INFINITY;
    default:
      return strategy satisfies never;
  }
}

/** Sorted by a key that is worked out once a link; equal keys keep their order. */
function rankedBy(links: readonly Link[], key: (link: Link) => number): Link[] {
  return links
    .map((link) => ({ link, at: key(link) }))
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ link }) => link);
}
