import { z } from "zod";
import { circuit, level } from "../contract/index.ts";
import { readBody } from "./body.ts";
import { type Endpoint, json, openaiRefusals } from "./endpoint.ts";
import type { GatewayParts } from "./parts.ts";
import { Refusal } from "./trouble.ts";

const healthReply = z.object({
  status: z.enum(["healthy", "degraded"]),
  level,
  providers: z.array(
    z.object({
      name: z.string(),
      model: z.string(),
      is_healthy: z.boolean(),
      consecutive_failures: z.int(),
      last_failure: z.string().nullable(),
      latency_ms: z.number().nullable(),
      checked_at: z.string().nullable(),
    }),
  ),
});

/** `GET /v1/health` (seed 001). The service is healthy as long as some link may answer. */
export const health = (parts: GatewayParts): Endpoint => ({
  route: {
    method: "get",
    path: "/v1/health",
    operationId: "getHealth",
    summary: "How the links do",
    responses: { 200: json("The health of every link.", healthReply), ...openaiRefusals },
  },
  handle(c) {
    const status = parts.status();
    return c.json({
      status: status.links.some(({ light }) => light !== "failing") ? "healthy" : "degraded",
      level: status.level,
      providers: status.links.map(({ id, light, last_failure, ...link }) => ({
        name: id,
        model: link.model,
        is_healthy: light !== "failing",
        consecutive_failures: link.consecutive_failures,
        last_failure: last_failure?.at ?? null,
        latency_ms: link.latency_ms,
        checked_at: link.checked_at,
      })),
    } satisfies z.infer<typeof healthReply>);
  },
});

/** `GET /v1/circuits` (seed 001): the breaker of every link. */
export const circuits = (parts: GatewayParts): Endpoint => ({
  route: {
    method: "get",
    path: "/v1/circuits",
    operationId: "getCircuits",
    summary: "The circuit breaker of every link",
    responses: { 200: json("By the link's id.", z.record(z.string(), circuit)), ...openaiRefusals },
  },
  handle: (c) => c.json(Object.fromEntries(parts.status().links.map((link) => [link.id, link.circuit]))),
});

const levelReply = z.object({ level, ceiling: level });
const levelPath = "/v1/degradation/level";

/** `GET /v1/degradation/level` (seed 001): the level in force, and the best one that is allowed. */
export const readLevel = (parts: GatewayParts): Endpoint => ({
  route: {
    method: "get",
    path: levelPath,
    operationId: "getLevel",
    summary: "The level in force",
    responses: { 200: json("The level, and its ceiling.", levelReply), ...openaiRefusals },
  },
  handle(c) {
    const { level: now, ceiling } = parts.status();
    return c.json({ level: now, ceiling });
  },
});

const levelBody = z.object({ level: level.optional() });
const anyLevel = z.object({ level: z.string().optional() });

/** `POST /v1/degradation/level` (seed 001): sets the ceiling, by query or by JSON. */
export const setLevel = (parts: GatewayParts): Endpoint => ({
  route: {
    method: "post",
    path: levelPath,
    operationId: "setLevel",
    summary: "Set the best level that may be used; `full` lifts the limit",
    request: {
      query: z.object({ level: level.optional() }),
      body: { required: false, content: { "application/json": { schema: levelBody } } },
    },
    responses: {
      200: json("The level as it was set.", z.object({ level, status: z.literal("updated") })),
      ...openaiRefusals,
    },
  },
  async handle(c) {
    const hasBody = (await c.req.text()) !== "";
    const inBody = hasBody ? (await readBody(c, anyLevel)).level : undefined;
    const query = c.req.query("level");
    const given = [query, inBody].filter((one) => one !== undefined);
    const known = z.array(level).min(1).safeParse(given);
    const [wanted] = known.data ?? [];
    if (wanted === undefined) {
      const message = `Invalid level: ${given.join(", ") || "none was given"}. There are: ${level.options.join(", ")}.`;
      throw new Refusal(400, message, { code: "invalid_value", param: "level" });
    }
    parts.setLevel(wanted);
    return c.json({ level: wanted, status: "updated" });
  },
});
