import { type Clock, ProviderFailure } from "../chain/index.ts";
import type { FailureKind } from "../contract/index.ts";

/** How a probe ended. Times are milliseconds; `at` is ISO 8601. */
export type ProbeResult = { link: string; at: string } & (
  | { ok: true; firstTokenMs: number | null }
  | { ok: false; kind: FailureKind; message: string; status: number | null }
);

/** What a probe has shown beside that the link is healthy; null where it asks for no token. */
export interface Probed {
  firstTokenMs: number | null;
}

export interface ProbeRunParts<L> {
  clock: Clock;
  link: L;
  timeoutMs: number;
  probe(link: L, signal: AbortSignal): Promise<Probed>;
  /** A stop from outside. */
  signal: AbortSignal;
}

/**
 * One probe under a time limit. Gives null when it was stopped. `settled` is when the probe function itself let go, which a
 * misbehaving one may do later than its result is known here.
 */
export function runProbe<L extends { id: string }>(
  parts: ProbeRunParts<L>,
): { result: Promise<ProbeResult | null>; settled: Promise<void> } {
  const { clock, link, timeoutMs, probe, signal } = parts;
  const limit = new AbortController();
  const running = Promise.resolve().then(() => probe(link, AbortSignal.any([signal, limit.signal])));
  const base = () => ({ link: link.id, at: new Date(clock.now()).toISOString() });
  const result = new Promise<ProbeResult | null>((resolve) => {
    const cancelLimit = clock.after(timeoutMs, () => {
      const message = `The probe had no answer within ${timeoutMs / 1_000} s.`;
      resolve({ ...base(), ok: false, kind: "timeout_first_token", message, status: null });
      limit.abort();
    });
    const stop = () => resolve(null);
    signal.addEventListener("abort", stop, { once: true });
    running
      .then(
        ({ firstTokenMs }) => resolve({ ...base(), ok: true, firstTokenMs }),
        (error: unknown) => resolve({ ...base(), ok: false, ...failureOf(error) }),
      )
      .finally(() => {
        cancelLimit();
        signal.removeEventListener("abort", stop);
      });
  });
  return { result, settled: running.then(ignore, ignore) };
}

const ignore = () => {};

function failureOf(error: unknown): { kind: FailureKind; message: string; status: number | null } {
  if (error instanceof ProviderFailure)
    return { kind: error.kind, message: error.message, status: error.status };
  // Providers throw nothing else; were one to, it must not pass for a healthy link.
  return { kind: "server", message: error instanceof Error ? error.message : String(error), status: null };
}
