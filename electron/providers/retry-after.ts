const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a span as OpenAI and Groq write it (`20ms`, `1s`, `6m0s`, `1h2m3.5s`), or null. */
export function spanMs(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs];
  }
  return total;
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds, or an HTTP date. */
function retryAfterHeader(value: string, now: number): number | null {
  const seconds = Number(value);
  if (value.trim() !== "" && Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** A limit that has run out tells when it is filled again: as a span (OpenAI, Groq) or a date (Anthropic). */
const limits: readonly { remaining: string; reset: string }[] = [
  ...["requests", "tokens"].map((of) => ({
    remaining: `x-ratelimit-remaining-${of}`,
    reset: `x-ratelimit-reset-${of}`,
  })),
  ...["requests", "tokens", "input-tokens", "output-tokens"].map((of) => ({
    remaining: `anthropic-ratelimit-${of}-remaining`,
    reset: `anthropic-ratelimit-${of}-reset`,
  })),
];

function resetMs(value: string, now: number): number | null {
  const span = spanMs(value);
  if (span !== null) return span;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** The longest wait among the limits that are used up: all of them must be filled before a request can pass. */
function limitReset(headers: Headers, now: number): number | null {
  let longest: number | null = null;
  for (const limit of limits) {
    const reset = headers.get(limit.reset);
    const remaining = headers.get(limit.remaining);
    if (reset === null || (remaining !== null && Number(remaining) > 0)) continue;
    const wait = resetMs(reset, now);
    if (wait !== null) longest = Math.max(longest ?? 0, wait);
  }
  return longest;
}

/** "Please try again in 1.2s" (OpenAI, Groq) and "Please retry in 23.5s" (Gemini). */
function fromText(text: string): number | null {
  const [, span] = /(?:try again|retry) in ((?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)/i.exec(text) ?? [];
  return span === undefined ? null : spanMs(span);
}

/**
 * How long a provider asks us to wait, milliseconds, or null when it doesn't say. The most exact source wins:
 * `retry-after-ms`, `Retry-After`, the limits that have run out, and at last the provider's sentence. `now` is epoch milliseconds.
 */
export function retryAfterMs(headers: Headers, text: string, now: number): number | null {
  const exact = headers.get("retry-after-ms");
  if (exact !== null && Number.isFinite(Number(exact))) return Math.max(0, Number(exact));
  const standard = headers.get("retry-after");
  const waited = standard === null ? null : retryAfterHeader(standard, now);
  return waited ?? limitReset(headers, now) ?? fromText(text);
}
