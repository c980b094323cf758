import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Refusal } from "./trouble.ts";

/**
 * Refuses a body of more bytes than `most` with 413. One that says its length, which Node's parser holds it to, is judged by that: counting
 * would make a web stream of it, which costs more than all else of a small request.
 */
export function sizeLimit(most: number): MiddlewareHandler {
  const refuse = (): never => {
    throw new Refusal(413, `The body is larger than ${most} bytes.`, { code: "body_too_large" });
  };
  const counted = bodyLimit({ maxSize: most, onError: refuse });
  return (c, next) => {
    const length = c.req.header("content-length");
    if (length === undefined || c.req.header("transfer-encoding") !== undefined) return counted(c, next);
    return Number(length) > most ? refuse() : next();
  };
}
