import { type ChatRequest, level } from "../contract/index.ts";
import type { Link } from "./provider.ts";

/** A feature of a request that a link may not have. */
export type Feature = "vision" | "tools" | "json_schema";

/** A link in the order in which it will be tried, and what of the request it can't honour. */
export interface PlannedLink {
  link: Link;
  dropped: Feature[];
}

/**
 * The links that may answer this request, best first: the preferred one, then by priority; those that can do all
 * that the request asks stand before those that have to drop something. A local-only request sees local links only,
 * and a request with a level sees no link above it.
 */
export function plan(request: ChatRequest, links: readonly Link[]): PlannedLink[] {
  const wanted = featuresOf(request);
  const allowed = links.filter((link) => isPrivateEnough(link, request) && isWithinLevel(link, request));
  const ordered = allowed.toSorted((a, b) => rank(a, request) - rank(b, request));
  const planned = ordered.map((link) => ({ link, dropped: wanted.filter((feature) => !can(link, feature)) }));
  return planned.toSorted((a, b) => Number(a.dropped.length > 0) - Number(b.dropped.length > 0));
}

const isPrivateEnough = (link: Link, request: ChatRequest) => !request.local_only || link.tier === "local";

function isWithinLevel(link: Link, request: ChatRequest): boolean {
  const best = level.options.indexOf(request.level ?? "full");
  return level.options.indexOf(link.level) >= best;
}

function rank(link: Link, request: ChatRequest): number {
  return link.id === request.preferred ? Number.NEGATIVE_INFINITY : link.priority;
}

function featuresOf(request: ChatRequest): Feature[] {
  const features: Feature[] = [];
  const hasImage = request.messages.some(
    (message) => Array.isArray(message.content) && message.content.some((part) => part.type === "image"),
  );
  if (hasImage) features.push("vision");
  if (request.tools?.length) features.push("tools");
  if (request.response_format && request.response_format.type !== "text") features.push("json_schema");
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
    default:
      return feature satisfies never;
  }
}
