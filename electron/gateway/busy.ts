import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import { Refusal } from "./trouble.ts";

/** When a client that was turned away may try again, seconds. */
const retryAfterS = 1;

/**
 * Lets so many requests through at once, each until its response has been sent or its client has gone, and refuses the others with 429.
 * Only a socket tells of that end, so what comes without one is not counted.
 */
export function busyLimit(most: number): MiddlewareHandler {
  let running = 0;
  return (c, next) => {
    const { outgoing } = (c.env ?? {}) as Partial<HttpBindings>;
    if (outgoing === undefined) return next();
    if (running >= most) {
      throw new Refusal(429, `${most} requests are under way, and no more are taken at once.`, {
        code: "too_many_requests",
        retryAfterS,
      });
    }
    running++;
    outgoing.once("close", () => running--);
    return next();
  };
}
