import { z } from "zod";
import { type Endpoint, openaiRefusals } from "./endpoint.ts";
import type { GatewayParts } from "./parts.ts";

/** `GET /metrics`: Prometheus' text format. */
export const metrics = (parts: GatewayParts): Endpoint => ({
  route: {
    method: "get",
    path: "/metrics",
    operationId: "getMetrics",
    summary: "Counters and gauges for Prometheus",
    responses: {
      200: { description: "Prometheus' text format.", content: { "text/plain": { schema: z.string() } } },
      ...openaiRefusals,
    },
  },
  async handle(c) {
    const { text, contentType } = await parts.metrics();
    return c.body(text, 200, { "content-type": contentType });
  },
});
