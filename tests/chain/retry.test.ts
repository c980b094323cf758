import { describe, expect, it } from "vitest";
import { openGate, ProviderFailure, type RetryPolicy } from "../../electron/chain/index.ts";
import { retryDelayMs } from "../../electron/chain/retry.ts";
import { linkOf, type Step, says } from "../fixtures/scripted-provider.ts";
import { finishedOf, second, setUp } from "./set-up.ts";

const policy: RetryPolicy = {
  maxRetries: 3,
  baseDelayMs: 500,
  maxDelayMs: 8_000,
  exponentialBase: 2,
  jitter: false,
};
const delay = (
  kind: "server" | "rate_limited" | "auth",
  retriesSoFar: number,
  over: Partial<RetryPolicy> = {},
) => retryDelayMs({ kind, retriesSoFar, retryAfterMs: null }, { ...policy, ...over }, () => 0.25);

describe("retryDelayMs", () => {
  it("doubles the delay each time, up to the longest", () => {
    expect([0, 1, 2].map((retries) => delay("server", retries))).toEqual([500, 1_000, 2_000]);
    expect(delay("server", 2, { maxDelayMs: 1_500 })).toBe(1_500);
  });

  it("takes a random share of the delay with jitter", () => {
    expect(delay("server", 1, { jitter: true })).toBe(250);
  });

  it("gives each kind its own budget, capped by the link's", () => {
    expect(delay("server", 3, { maxRetries: 9 })).toBeNull();
    expect(delay("rate_limited", 4, { maxRetries: 9 })).not.toBeNull();
    expect(delay("rate_limited", 5, { maxRetries: 9 })).toBeNull();
    expect(delay("server", 0, { maxRetries: 0 })).toBeNull();
    expect(delay("auth", 0)).toBeNull();
  });

  it("has a first delay for each kind where the link names none", () => {
    expect(delay("rate_limited", 0, { baseDelayMs: null })).toBe(1_000);
    expect(delay("server", 0, { baseDelayMs: null })).toBe(500);
  });

  it("waits as long as the provider asks", () => {
    const delayFor = (retryAfterMs: number) =>
      retryDelayMs({ kind: "rate_limited", retriesSoFar: 0, retryAfterMs }, policy, () => 0);
    expect(delayFor(3_000)).toBe(3_000);
    expect(delayFor(60_000)).toBe(60_000);
  });
});

describe("a link that may be asked again", () => {
  const patient = linkOf({ id: "first", priority: 1, retry: policy });
  const down = (kind: "server" | "rate_limited" = "server", retryAfterMs: number | null = null): Step[] => [
    new ProviderFailure(kind, "down", { status: 500, retryAfterMs }),
  ];

  it("is asked again after its delay, and every attempt stands in the receipt", async () => {
    const { run, clock } = setUp({ links: [patient], scripts: { first: [down(), down(), says("Yes.")] } });
    const begin = clock.monotonic();
    const { receipt } = finishedOf(await run());
    expect(receipt.attempts.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "answered"]);
    expect(clock.monotonic() - begin).toBeGreaterThanOrEqual(1_500);
    expect(receipt).toMatchObject({ tier: "cloud", reason: null });
  });

  it("is given up when its retries are used up", async () => {
    const { run, provider } = setUp({
      links: [patient, second],
      scripts: { first: [down(), down(), down(), down()], second: [says("Yes.")] },
    });
    await run();
    expect(provider.calls.map(({ link }) => link)).toEqual(["first", "first", "first", "first", "second"]);
  });

  it("is not waited for beyond the deadline", async () => {
    const { run, provider } = setUp({
      links: [patient, second],
      scripts: { first: [down("rate_limited", 5_000)], second: [says("Yes.")] },
      rules: { deadlineMs: 4_000 },
    });
    expect(finishedOf(await run()).receipt.link).toBe("second");
    expect(provider.calls).toHaveLength(2);
  });

  it("is not asked again once the person has stopped", async () => {
    const { chain, clock, abort, provider } = setUp({ links: [patient], scripts: { first: [down()] } });
    const events = [];
    for await (const event of chain.run({ messages: [{ role: "user", content: "?" }] }, abort.signal)) {
      events.push(event);
      if (event.type === "attempt_failed") setImmediate(() => abort.abort());
    }
    expect(finishedOf(events).failure?.code).toBe("cancelled");
    expect(provider.calls).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });

  it("tells its permit once an attempt, and of a wait that the provider asked for only when it is not waited for", async () => {
    const told: unknown[] = [];
    const gate = {
      ...openGate,
      tryAcquire: () => ({
        success: () => told.push("success"),
        failure: (kind: string, resetMs: number | null) => told.push([kind, resetMs]),
        cancel: () => told.push("cancel"),
      }),
    };
    const { run } = setUp({
      links: [patient],
      scripts: { first: [down("rate_limited", 2_000), says("Yes.")] },
      gate,
    });
    await run();
    expect(told).toEqual([["rate_limited", null], "success"]);
    told.length = 0;
    const late = setUp({
      links: [patient, second],
      rules: { deadlineMs: 60_000 },
      scripts: { first: [down("rate_limited", 90_000)], second: [says("Yes.")] },
      gate,
    });
    await late.run();
    expect(told).toEqual([["rate_limited", 90_000], "success"]);
  });

  it("is passed over when the gate refuses it, and the receipt says why", async () => {
    const { run, provider } = setUp({
      scripts: { second: [says("Yes.")] },
      gate: {
        tryAcquire: (link) =>
          link.id === "first"
            ? { refused: true, kind: "overloaded", message: "Not before 10:31." }
            : openGate.tryAcquire(link),
      },
    });
    const { receipt } = finishedOf(await run());
    expect(provider.calls.map(({ link }) => link)).toEqual(["second"]);
    expect(receipt).toMatchObject({
      reason: "overloaded",
      attempts: [{ link: "first", outcome: "skipped", message: "Not before 10:31." }, { link: "second" }],
    });
  });
});
