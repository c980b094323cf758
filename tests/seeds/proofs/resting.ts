import { off, type Proofs } from "../proof.ts";

/** Of "Retrying and resting". */
export const resting: Proofs = {
  "Exponential back-off with jitter, a longest delay": [
    off(
      "chain/retry.ts",
      ["base * policy.exponentialBase ** retriesSoFar", "base"],
      ["chain/retry.test.ts", "doubles the delay each time, up to the longest"],
    ),
    off(
      "chain/retry.ts",
      [
        "Math.min(policy.maxDelayMs, base * policy.exponentialBase ** retriesSoFar)",
        "base * policy.exponentialBase ** retriesSoFar",
      ],
      ["chain/retry.test.ts", "doubles the delay each time, up to the longest"],
    ),
    off(
      "chain/retry.ts",
      ["policy.jitter ? delay * random() : delay", "delay"],
      ["chain/retry.test.ts", "takes a random share of the delay with jitter"],
    ),
    off(
      "chain/pursuit.ts",
      [": retryDelayMs({ kind, retriesSoFar, retryAfterMs }, link.retry, input.random)", ": null"],
      ["chain/retry.test.ts", "is asked again after its delay, and every attempt stands in the receipt"],
    ),
  ],
  "A policy for each kind of failure, composed": [
    off(
      "chain/failure-table.ts",
      ["return table[kind].retry;", "return table.server.retry;"],
      ["chain/retry.test.ts", "gives each kind its own budget, capped by the link's"],
    ),
  ],
  "Rate limits: the time that the provider names is waited for, or remembered": [
    off(
      "providers/retry-after.ts",
      ["return waited ?? limitReset(headers, now) ?? fromText(text);", "return fromText(text);"],
      ["providers/failures.test.ts", "passes Retry-After on, in seconds and as a date"],
    ),
    off(
      "chain/retry.ts",
      ["if (retryAfterMs !== null) return retryAfterMs;", ""],
      ["chain/retry.test.ts", "waits as long as the provider asks"],
    ),
    off(
      "health/breaker.ts",
      ["if (refuseForMs) this.#refuseFor(refuseForMs, kind);", ""],
      [
        "health/breaker.test.ts",
        "refuses a link until the time that its provider named, and shows it as open",
      ],
    ),
  ],
  "Circuit breaker: closed, open, half open; thresholds and trials": [
    off(
      "health/breaker.ts",
      ["this.#failures >= this.#settings.failureThreshold ||", ""],
      ["health/breaker.test.ts", "opens at the fifth failure in a row"],
    ),
    off(
      "health/breaker.ts",
      ['if (this.#recovery?.over) this.#enter("half_open");', ""],
      [
        "health/breaker.test.ts",
        "lets trials through once the recovery time is over, and not a millisecond before",
      ],
    ),
    off(
      "health/breaker.ts",
      ["return this.#trials.size < Math.min(halfOpenMaxCalls, useful);", "return useful > 0;"],
      ["health/breaker.test.ts", "refuses more trials at once than allowed, without queueing them"],
    ),
    off(
      "health/breaker.ts",
      ["if (this.#successes < successThreshold) return;", ""],
      ["health/breaker.test.ts", "closes when as many trials as allowed have succeeded"],
    ),
    off(
      "health/breaker.ts",
      ['this.#state === "half_open" ||\n      this.#failures', "this.#failures"],
      ["health/breaker.test.ts", "opens again at the first failed trial, however few failures came in a row"],
    ),
    off(
      "health/breaker.ts",
      ['this.#recovery = state === "open" ? new Wait(this.#clock, waitMs) : null;', "this.#recovery = null;"],
      [
        "health/breaker-histories.test.ts",
        "does in every history what the plain rules say, and moves along legal transitions only",
      ],
    ),
  ],
  "Degraded performance: too many failures or slow calls in a while": [
    off(
      "health/call-window.ts",
      ['sum("failures") / calls >= failureRate || ', ""],
      ["health/breaker.test.ts", "opens at the failure rate, however many successes lie between"],
    ),
    off(
      "health/call-window.ts",
      ["if (isSlow(durationMs, this.#settings)) slice.slow += 1;", ""],
      ["health/breaker.test.ts", "opens at the slow-call rate, though every call succeeds"],
    ),
  ],
  "A breaker for each provider, open ones skipped": [
    off(
      "health/breakers.ts",
      ["[link.id, this.#entryOf(link)]", "[link.id, this.#entryOf(links[0] ?? link)]"],
      ["health/breakers.test.ts", "gives every link a breaker of its own, with the link's settings"],
    ),
    off(
      "health/gate.ts",
      [
        "if (!permit) return this.#refusal(link.id, breakers.refusal(link.id));",
        'if (!permit) return breakers.tryAcquire("") as Permit;',
      ],
      ["health/gate.test.ts", "say what led there and how long it lasts"],
    ),
    off(
      "chain/pursuit.ts",
      ['if ("refused" in permit) {', 'if ("refused" in permit && gate === null) {'],
      ["chain/retry.test.ts", "is passed over when the gate refuses it, and the receipt says why"],
    ),
  ],
  "Health status: consecutive failures, last failure, recovery": [
    off(
      "health/link-health.ts",
      ["consecutive_failures: before.consecutive_failures + 1,", "consecutive_failures: 0,"],
      ["health/link-health.test.ts", "counts failures in a row, and keeps the last latency that was seen"],
    ),
    off(
      "health/link-health.ts",
      ["last_failure: before.last_failure,", "last_failure: null,"],
      ["health/link-health.test.ts", "is well again after one success, and still knows the last failure"],
    ),
    off(
      "gateway/state.ts",
      ['is_healthy: light !== "failing",', "is_healthy: light !== null,"],
      ["gateway/gateway.test.ts", "names every link with its health"],
    ),
  ],
  "Health probes in the background, with an interval and a limit": [
    off(
      "health/probes.ts",
      [
        "watch.cancelTimer = this.#parts.clock.after(inMs, () => {",
        "watch.cancelTimer = ((_: number, __: () => void) => () => {})(inMs, () => {",
      ],
      ["health/probes.test.ts", "probes each link once an interval"],
    ),
    off(
      "health/probe-run.ts",
      [
        "const cancelLimit = clock.after(timeoutMs, () => {",
        "const cancelLimit = ((_: number, __: () => void) => () => {})(timeoutMs, () => {",
      ],
      ["health/probes.test.ts", "stops a probe that has no answer, and counts it as failed"],
    ),
    off(
      "health/gate.ts",
      ["kind: probe.kind,", "kind: null,"],
      ["health/gate.test.ts", "tells when nothing can be reached, probes included"],
    ),
  ],
  "Warm connections to the top two providers": [
    off(
      "app/warm.ts",
      ["if (health.mayAsk(link)) void this.#open(link, origin);", ""],
      [
        "app/warm.test.ts",
        "the second link has a live connection before it is asked, opened without the key, and answers over it",
      ],
    ),
    off(
      "app/warm.ts",
      ["if (isHedge || isFailure) this.badSign();", ""],
      ["app/warm.test.ts", "%s has the local model loaded as it will be asked for, with the system prompt"],
    ),
  ],
};
