import type { Attempt, LinkStatus } from "../contract/index.ts";
import type { ProbeResult } from "./probe-run.ts";

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
    const at = new Date(Date.parse(attempt.started_at) + attempt.duration_ms).toISOString();
    const { link, kind, first_token_ms: firstTokenMs } = attempt;
    if (kind === null) this.recordProbe({ link, at, ok: true, firstTokenMs });
    else
      this.recordProbe({ link, at, ok: false, kind, message: attempt.message ?? "", status: attempt.status });
  }

  /** Takes note of a probe that ended. */
  recordProbe(probe: ProbeResult): void {
    const before = this.of(probe.link);
    this.#conditions.set(
      probe.link,
      probe.ok
        ? {
            light: "ok",
            consecutive_failures: 0,
            last_failure: before.last_failure,
            latency_ms: probe.firstTokenMs ?? before.latency_ms,
            checked_at: probe.at,
          }
        : {
            light: "failing",
            consecutive_failures: before.consecutive_failures + 1,
            last_failure: { kind: probe.kind, message: probe.message, at: probe.at },
            latency_ms: before.latency_ms,
            checked_at: probe.at,
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
