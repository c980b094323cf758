import type { ChatRequest, Level } from "../contract/index.ts";
import { isWithin, levelRules } from "./levels.ts";
import { inOrder, type OrderContext } from "./order.ts";
import type { Link } from "./provider.ts";
import { estimatedTokens } from "./tokens.ts";

/** A feature of a request that a link may not have, or that a level does without. */
export type Feature = "vision" | "tools" | "json_schema" | "logprobs";

/** A link in the order in which it will be tried, and what of the request it can't honour. */
export interface PlannedLink {
  link: Link;
  dropped: Feature[];
}

/**
 * The links that may answer this request, best first: the preferred one, then by the strategy. Those that can do all that
 * the request asks, and whose context window it fits, stand before the others. A local-only request sees local links only,
 * and no link above the level is seen. `localFirst` puts links on this machine before the others, behind the preferred one.
 */
export function plan(
  request: ChatRequest,
  links: readonly Link[],
  ceiling: Level,
  { localFirst = false, ...context }: OrderContext & { localFirst?: boolean },
): PlannedLink[] {
  if (!levelRules[ceiling].links) return [];
  const wanted = featuresOf(request);
  const within = wanted.filter((feature) => levelRules[ceiling].features.includes(feature));
  const tokens = estimatedTokens(request);
  const allowed = links.filter((link) => isPrivateEnough(link, request) && isWithin(link.level, ceiling));
  const preference = (link: Link): number =>
    link.id === request.preferred ? 2 : localFirst && link.tier === "local" ? 1 : 0;
  const ordered = inOrder(allowed, context).toSorted((a, b) => preference(b) - preference(a));
  const shortfall = (link: Link): number => {
    const misfits = within.some((feature) => !can(link, feature)) ? 2 : 0;
    return misfits + (tokens > (link.capabilities.contextWindow ?? Number.POSITIVE_INFINITY) ? 1 : 0);
  };
  return ordered
    .toSorted((a, b) => shortfall(a) - shortfall(b))
    .map((link) => ({
      link,
      dropped: wanted.filter((feature) => !within.includes(feature) || !can(link, feature)),
    }));
}

const isPrivateEnough = (link: Link, request: ChatRequest) => !request.local_only || link.tier === "local";

function featuresOf(request: ChatRequest): Feature[] {
  const features: Feature[] = [];
  const hasImage = request.messages.some(
    (message) => Array.isArray(message.content) && message.content.some((part) => part.type === "image"),
  );
  if (hasImage) features.push("vision");
  if (request.tools?.length) features.push("tools");
  if (request.response_format && request.response_format.type !== "text") features.push("json_schema");
  if (request.logprobs !== undefined) features.push("logprobs");
  return features;
}

function can(link: Link, feature: Feature): boolean {
  switch (feature) {
    case "vision":
      return link.capabilities.vision;
    case "tools":
      return link.capabilities.tools;
    case "json_schema":
      return link.capabilities.jsonSchema;
    case "logprobs":
      return link.capabilities.logprobs;
    default:
      return feature satisfies never;
  }
}
