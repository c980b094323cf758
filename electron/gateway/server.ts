import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ChainEvent, ChatRequest, Status } from "../contract/index.ts";
import { chatCompletions } from "./chat-completions.ts";
import { refuse, wireError } from "./errors.ts";
import { guard } from "./guard.ts";

/** What the gateway serves. */
export interface GatewayParts {
  run(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChainEvent, void, void>;
  status(): Status;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The bearer token that every request must carry. */
  token: string;
  /** The largest body that is read, bytes. */
  maxBody: number;
  /** Told of faults in the gateway's own code. */
  onError(error: unknown): void;
}

/** The HTTP service on loopback, as a fetch handler: `(request) => response`. */
export function createGateway(parts: GatewayParts): Hono {
  const gateway = new Hono();
  gateway.use(guard(parts.token));
  gateway.use(
    bodyLimit({
      maxSize: parts.maxBody,
      onError: (c) =>
        refuse(c, 413, wireError("invalid_request_error", `The body is larger than ${parts.maxBody} bytes.`)),
    }),
  );
  gateway.get("/v1/health", (c) => c.json(health(parts.status())));
  gateway.post("/v1/chat/completions", (c) => chatCompletions(c, parts));
  gateway.notFound((c) =>
    refuse(c, 404, wireError("invalid_request_error", `There is no ${c.req.method} ${c.req.path}.`)),
  );
  gateway.onError((error, c) => {
    parts.onError(error);
    return refuse(c, 500, wireError("server_error", "The gateway failed; its log says how."));
  });
  return gateway;
}

/** Seed 001's health report. The service is healthy as long as some link may answer. */
function health({ level, links }: Status) {
  return {
    status: links.some(({ light }) => light !== "failing") ? "healthy" : "degraded",
    level,
    providers: links.map(
      ({ id, model, light, consecutive_failures, last_failure, latency_ms, checked_at }) => ({
        name: id,
        model,
        is_healthy: light !== "failing",
        consecutive_failures,
        last_failure: last_failure?.at ?? null,
        latency_ms,
        checked_at,
      }),
    ),
  };
}
