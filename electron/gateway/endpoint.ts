import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import { receipt } from "../contract/index.ts";
import { Refusal } from "./trouble.ts";

/** A call as the OpenAPI document describes it and the router serves it. */
export interface Endpoint {
  route: RouteConfig;
  handle(c: Context): Response | Promise<Response>;
}

/**
 * Serves these calls and describes them in the document; another method of a known path gets 405. Bodies are read by the calls
 * themselves (`readBody`): the library's own validator refuses whatever comes without a JSON content type, and simple clients send none.
 */
export function serve(gateway: OpenAPIHono, endpoints: readonly Endpoint[]): void {
  const methods = new Map<string, string[]>();
  for (const { route, handle } of endpoints) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    gateway.openAPIRegistry.registerPath(route);
    gateway.on(route.method.toUpperCase(), path, handle);
    methods.set(path, [...(methods.get(path) ?? []), route.method.toUpperCase()]);
  }
  for (const [path, known] of methods) {
    const allow = known.includes("GET") ? [...known, "HEAD"] : known;
    gateway.all(path, (c) => {
      c.header("Allow", allow.join(", "));
      throw new Refusal(405, `${c.req.path} takes ${allow.join(", ")}, not ${c.req.method}.`);
    });
  }
}

/** A JSON response of the document. */
export const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema } },
});

/** A response that is JSON, or a stream of server-sent events where `stream` was asked for. */
export const jsonOrStream = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema }, "text/event-stream": { schema: {} } },
});

/** A JSON body of the document. */
export const body = (schema: z.ZodType) => ({
  required: true,
  content: { "application/json": { schema } },
});

const openaiErrorBody = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
  holdfast: receipt.optional(),
});

const anthropicErrorBody = z.object({
  type: z.literal("error"),
  error: z.object({ type: z.string(), message: z.string() }),
  holdfast: receipt.optional(),
});

const refusals = {
  400: "The request is not valid.",
  401: "The token is missing or wrong.",
  403: "The host name or the page's origin is not of this machine.",
  404: "There is no such thing.",
  405: "The path does not take this method.",
} as const;

const chainTroubles = {
  ...refusals,
  408: "The request took too long to arrive.",
  413: "The body is too large.",
  429: "Too many requests are under way, or a provider's final word; `Retry-After` says when to ask again.",
  "4XX": "A provider's final refusal, with its own status.",
  502: "A provider's final failure.",
  503: "Nothing can answer now; `Retry-After` says when to ask again.",
  504: "The deadline has passed.",
} as const;

const responses = (words: Readonly<Record<string, string>>, schema: z.ZodType): RouteConfig["responses"] =>
  Object.fromEntries(Object.entries(words).map(([status, text]) => [status, json(text, schema)]));

/** What a call that does not ask the chain may refuse. */
export const openaiRefusals = responses(refusals, openaiErrorBody);
/** What a call that asks the chain may answer besides an answer. */
export const openaiTroubles = responses(chainTroubles, openaiErrorBody);
export const anthropicTroubles = responses(chainTroubles, anthropicErrorBody);
