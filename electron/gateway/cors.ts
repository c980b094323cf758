import type { Context } from "hono";

/** What a page may read of a response's head, besides what every page may. */
const readable = [
  "x-holdfast-tier",
  "x-holdfast-link",
  "x-holdfast-level",
  "x-holdfast-attempts",
  "x-holdfast-notice",
  "x-request-id",
  "request-id",
  "retry-after",
].join(", ");
/** How long a browser need not ask again, seconds. */
const keptS = 600;

/** Whether a browser asks if a page may send a request (Fetch Standard, "CORS-preflight request"). */
export const isPreflight = (c: Context): boolean =>
  c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined;

/** Tells the browser that pages of this origin may use the gateway, whatever their headers. */
export function allow(c: Context, origin: string): void {
  c.header("Access-Control-Allow-Origin", origin);
  c.header("Vary", "Origin");
  c.header("Access-Control-Expose-Headers", readable);
  if (!isPreflight(c)) return;
  c.header("Access-Control-Allow-Methods", "GET, POST");
  c.header("Access-Control-Allow-Headers", c.req.header("access-control-request-headers") ?? "");
  c.header("Access-Control-Max-Age", String(keptS));
  // Chromium asks this of addresses that are not public.
  if (c.req.header("access-control-request-private-network") === "true")
    c.header("Access-Control-Allow-Private-Network", "true");
}
