import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { Notice, Receipt } from "../contract/index.ts";

/** Proxies and clients refuse long headers; the body has the notices whole. */
const longestNotice = 500;

/** Sets the `x-holdfast-*` headers from a receipt, or from what a stream knows of it at its first byte. */
export function setReceiptHeaders(
  c: Context,
  receipt: Pick<Receipt, "tier" | "link" | "level">,
  attempts: number,
  notices: readonly Notice[],
): void {
  c.header("x-holdfast-tier", receipt.tier);
  c.header("x-holdfast-link", receipt.link ?? "");
  c.header("x-holdfast-level", receipt.level);
  c.header("x-holdfast-attempts", String(attempts));
  if (notices.length > 0) c.header("x-holdfast-notice", encoded(notices.map(({ text }) => text).join(" ")));
}

/** Sets the headers of a whole receipt. */
export function setHeadersOf(c: Context, receipt: Receipt): void {
  setReceiptHeaders(c, receipt, receipt.attempts.length, receipt.notices);
}

/**
 * A text for a header: whatever is not plain ASCII, and what JSON or the encoding itself would trip over, stands percent-encoded, so that
 * `decodeURIComponent` gives the text back.
 */
const encoded = (text: string): string =>
  text
    .slice(0, longestNotice)
    .toWellFormed()
    .replace(/[^\x20-\x7e]|["%\\]/gu, encodeURIComponent);

/** Whether the header marks a request local-only. One that came twice is joined by a comma: one word for it is enough. */
export function isMarkedLocalOnly(c: Context): boolean {
  const marks = (c.req.header("x-holdfast-local-only") ?? "").split(",");
  return marks.some((mark) => /^(1|true)$/i.test(mark.trim()));
}

/** Names a request, and says so in the heads that OpenAI's and Anthropic's clients look at. Never the client's own name: it goes into the log. */
export function namedRequest(c: Context): string {
  const id = randomUUID();
  c.header("x-request-id", id);
  c.header("request-id", id);
  return id;
}
