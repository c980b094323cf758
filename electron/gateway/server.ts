import { OpenAPIHono } from "@hono/zod-openapi";
import { busyLimit } from "./busy.ts";
import { chatCompletions } from "./chat-completions.ts";
import { documentOf } from "./document.ts";
import { embeddings } from "./embeddings.ts";
import { serve } from "./endpoint.ts";
import { guard } from "./guard.ts";
import { countTokens, messages } from "./messages.ts";
import { metrics } from "./metrics.ts";
import { listModels, oneModel } from "./models.ts";
import type { GatewayParts } from "./parts.ts";
import { circuitCompletions, plainCompletions } from "./plain-completions.ts";
import { sizeLimit } from "./size.ts";
import { circuits, health, readLevel, setLevel } from "./state.ts";
import { Refusal, troubled } from "./trouble.ts";

/** The gateway as a fetch handler. */
export type Gateway = Pick<OpenAPIHono, "fetch" | "request">;

/** The HTTP service on loopback: every call of `docs/gateway.md`. */
export function createGateway(parts: GatewayParts): Gateway {
  const gateway = new OpenAPIHono();
  gateway.use(guard(parts.token, parts.allowedOrigins));
  gateway.use((c, next) => {
    c.header("x-holdfast-level", parts.level());
    c.header("x-holdfast-attempts", "0");
    return next();
  });
  gateway.use(busyLimit(parts.maxRequests));
  gateway.use(sizeLimit(parts.maxBody));
  serve(gateway, [
    chatCompletions(parts),
    messages(parts),
    countTokens(),
    embeddings(parts),
    listModels(parts),
    oneModel(parts),
    plainCompletions(parts),
    circuitCompletions(parts),
    health(parts),
    circuits(parts),
    readLevel(parts),
    setLevel(parts),
    metrics(parts),
  ]);
  let document: object | undefined;
  gateway.get("/openapi.json", (c) => {
    document ??= documentOf(gateway, parts.version);
    return c.json(document);
  });
  gateway.notFound((c) =>
    troubled(
      c,
      new Refusal(404, `There is no ${c.req.method} ${c.req.path}.`, { code: "not_found" }).trouble,
    ),
  );
  gateway.onError((error, c) => {
    if (error instanceof Refusal) return troubled(c, error.trouble);
    // A client that left before it had sent its request: nobody hears this answer.
    if (c.req.raw.signal.aborted) return troubled(c, new Refusal(408, "The client left.").trouble);
    parts.onError(error);
    return troubled(c, new Refusal(500, "The gateway failed; its log says how.").trouble);
  });
  return gateway;
}
