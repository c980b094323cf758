/** Nothing from elsewhere, and nothing inline. `connect` is what the page may open connections to. */
export function contentSecurityPolicy(connect: "'self'" | "'none'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** What every part of the page is served with, in a window and in a browser. */
export const pageHeaders = (connect: "'self'" | "'none'") => ({
  "Content-Security-Policy": contentSecurityPolicy(connect),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
});
