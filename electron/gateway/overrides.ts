import type { Context } from "hono";
import { z } from "zod";
import {
  type ChatRequest,
  durationMs,
  level,
  mirrorConfig,
  qualityConfig,
  recovery,
  requirementSpec,
} from "../contract/index.ts";
import { isMarkedLocalOnly, namedRequest } from "./headers.ts";
import type { GatewayParts } from "./parts.ts";

/** What one request may have its own way, in the body's `holdfast`. A key that is not known is refused: it may mean privacy. */
export const overrides = z.strictObject({
  /** What happens when the stream breaks in the middle. */
  recovery: recovery.optional(),
  /** The limit of the whole request, such as `20s`. */
  deadline: z
    .string()
    .regex(
      /^(?=.*[1-9])\d+(?:\.\d+)?(?:ms|s|m|h|d)$/,
      "is not a duration above nothing: write a number and a unit, such as 500ms, 30s or 5m",
    )
    .optional(),
  /** The link to try first. */
  preferred: z.string().optional(),
  /** The best level that this request may use. */
  level: level.optional(),
  /** Never leaves this machine. */
  local_only: z.boolean().optional(),
  /** `false`: neither answered from the emergency cache nor learned by it; `only`: from it alone. */
  cache: z.union([z.boolean(), z.literal("only")]).optional(),
  /** What the answer must pass, besides what the config asks of every answer. */
  requirements: z.array(requirementSpec).max(50).optional(),
  /** What follows when it does not. */
  quality: qualityConfig.optional(),
  /** Several links at once. */
  mirror: mirrorConfig.optional(),
});
export type Overrides = z.infer<typeof overrides>;

/** The part of a chain's request that says how it moves along the links. */
export type Routing = Pick<
  ChatRequest,
  | "preferred"
  | "level"
  | "local_only"
  | "recovery"
  | "deadline_ms"
  | "cache"
  | "requirements"
  | "quality"
  | "mirror"
  | "request_id"
  | "traceparent"
>;

/**
 * How a request moves along the links: `model` names the link to try first unless `preferred` does, and any name that is no link's means
 * `auto`. Header and body can each mark a request local-only; neither can unmark it. The request gets its id here, which the reply's
 * head tells, and keeps its place in the caller's trace.
 */
export function routingOf(
  c: Context,
  parts: Pick<GatewayParts, "links">,
  model: string | undefined,
  given: Overrides = {},
): Routing {
  const { preferred = model, cache } = given;
  const isLink = parts.links().some(({ id }) => id === preferred);
  return dropUndefined({
    request_id: namedRequest(c),
    traceparent: c.req.header("traceparent"),
    preferred: isLink ? preferred : undefined,
    level: cache === "only" && given.level !== "offline" ? "cached" : given.level,
    local_only: isMarkedLocalOnly(c) || given.local_only || undefined,
    recovery: given.recovery,
    deadline_ms:
      given.deadline === undefined ? undefined : Math.max(1, Math.round(durationMs(given.deadline))),
    cache: cache === "only" ? true : cache,
    requirements: given.requirements,
    quality: given.quality,
    mirror: given.mirror,
  });
}

type WithoutUndefined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** The same object without the keys that hold `undefined`. */
export function dropUndefined<T extends object>(of: T): WithoutUndefined<T> {
  return Object.fromEntries(
    Object.entries(of).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<T>;
}
