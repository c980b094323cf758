import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { refuse, wireError } from "./errors.ts";

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const loopbackOrigin = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Lets in only programs on this machine that know the token: the `Host` must be a loopback name (no DNS rebinding),
 * an `Origin`, where there is one, too (no drive-by page), and the bearer token must match.
 */
export function guard(token: string): MiddlewareHandler {
  const expected = digest(token);
  return async (c, next) => {
    if (!loopbackHost.test(c.req.header("host") ?? "")) {
      return refuse(
        c,
        403,
        wireError("forbidden", "This gateway answers only to a loopback host name, such as 127.0.0.1."),
      );
    }
    const origin = c.req.header("origin");
    if (origin !== undefined && !loopbackOrigin.test(origin)) {
      return refuse(c, 403, wireError("forbidden", `Pages of ${origin} may not use this gateway.`));
    }
    const [, given = ""] = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    if (!timingSafeEqual(digest(given), expected)) {
      const hint =
        "Send the gateway's token as `Authorization: Bearer …`; it is the value of HOLDFAST_TOKEN.";
      return refuse(c, 401, wireError("authentication_error", hint, "invalid_token"));
    }
    return next();
  };
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
