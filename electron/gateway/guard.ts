import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { allow, isPreflight } from "./cors.ts";
import { Refusal } from "./trouble.ts";

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const loopbackOrigin = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Lets in only programs on this machine that know the token: the `Host` must be a loopback name (no DNS rebinding),
 * an `Origin`, where there is one, too, or one of `allowedOrigins` (no drive-by page), and the token must match: as a bearer, or as
 * Anthropic's clients send it, in `x-api-key`. Browsers ask before they send the token: for pages of `allowedOrigins`, and only for them,
 * that question is answered without it.
 */
export function guard(token: () => string, allowedOrigins: readonly string[]): MiddlewareHandler {
  return async (c, next) => {
    if (!loopbackHost.test(c.req.header("host") ?? "")) {
      const message = "This gateway answers only to a loopback host name, such as 127.0.0.1.";
      throw new Refusal(403, message, { code: "forbidden" });
    }
    const origin = c.req.header("origin");
    const isAllowed = origin !== undefined && allowedOrigins.includes(origin);
    if (origin !== undefined && !isAllowed && !loopbackOrigin.test(origin)) {
      const message = `Pages of ${origin} may not use this gateway. Those of origins in gateway.allowed_origins may.`;
      throw new Refusal(403, message, { code: "forbidden" });
    }
    if (isAllowed) {
      allow(c, origin);
      if (isPreflight(c)) return c.body(null, 204);
    }
    const expected = digest(token());
    if (!tokensOf(c).some((given) => timingSafeEqual(digest(given), expected))) {
      c.header("WWW-Authenticate", "Bearer");
      const message =
        "Send the gateway's token as `Authorization: Bearer …` or as `x-api-key`; it is the value of HOLDFAST_TOKEN, or stands in the app's settings.";
      throw new Refusal(401, message, { code: "invalid_token" });
    }
    return next();
  };
}

function tokensOf(c: Context): string[] {
  const [, bearer] = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
  return [bearer, c.req.header("x-api-key")].filter((given) => given !== undefined);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
