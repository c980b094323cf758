import type { Price, Usage } from "../contract/index.ts";
import type { Link } from "./provider.ts";

const free: Price = { input: 0, output: 0 };

/** What a link costs: a model on this machine nothing, unless it has a price; null when it is not known. */
export function priceOf({ tier, price }: Pick<Link, "tier" | "price">): Price | null {
  return price ?? (tier === "local" ? free : null);
}

/** What an attempt cost in USD: tokens times the price per million; null where either is not known. */
export function costUsd(usage: Usage | null, price: Price | null): number | null {
  if (!usage || !price) return null;
  return (usage.input_tokens * price.input + usage.output_tokens * price.output) / 1e6;
}

/** The sum of what is known; null when nothing is. */
export function totalCostUsd(costs: readonly (number | null)[]): number | null {
  const known = costs.filter((cost) => cost !== null);
  return known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0);
}
