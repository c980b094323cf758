import type { Attempt, LinkStatus } from "../contract/index.ts";

/** What the attempts of a link have shown of it. */
export type LinkCondition = Pick<
  LinkStatus,
  "light" | "consecutive_failures" | "last_failure" | "latency_ms" | "checked_at"
>;

const untried: LinkCondition = {
  light: "unknown",
  consecutive_failures: 0,
  last_failure: null,
  latency_ms: null,
  checked_at: null,
};

/** Remembers how the last attempts of every link ended (seed 001's health status). */
export class LinkHealth {
  readonly #conditions = new Map<string, LinkCondition>();

  /** Takes note of an attempt that ended; a stop by the person says nothing of the link. */
  record(attempt: Attempt): void {
    if (attempt.outcome === "cancelled" || attempt.outcome === "skipped") return;
    const before = this.of(attempt.link);
    const at = new Date(Date.parse(attempt.started_at) + attempt.duration_ms).toISOString();
    this.#conditions.set(
      attempt.link,
      attempt.kind === null
        ? {
            light: "ok",
            consecutive_failures: 0,
            last_failure: before.last_failure,
            latency_ms: attempt.first_token_ms,
            checked_at: at,
          }
        : {
            light: "failing",
            consecutive_failures: before.consecutive_failures + 1,
            last_failure: { kind: attempt.kind, message: attempt.message ?? "", at },
            latency_ms: before.latency_ms,
            checked_at: at,
          },
    );
  }

  /** The condition of a link; `unknown` before its first attempt. */
  of(link: string): LinkCondition {
    return this.#conditions.get(link) ?? untried;
  }

  /** Forgets what was seen of a link that has been set up anew. */
  forget(link: string): void {
    this.#conditions.delete(link);
  }
}
