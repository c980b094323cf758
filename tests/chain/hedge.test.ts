import { describe, expect, it } from "vitest";
import { openGate, ProviderFailure } from "../../electron/chain/index.ts";
import { type Step, says } from "../fixtures/scripted-provider.ts";
import { finishedOf, first, local, second, setUp, textOf } from "./set-up.ts";

const rules = { hedge: { after: 1_000, with: "next" } } as const;
const speaksAfter = (waitMs: number, text: string): Step[] => [
  { type: "connected" },
  { waitMs },
  ...says(text).slice(1),
];

describe("hedging", () => {
  it("starts the next link when the first is late, and aborts whoever is slower", async () => {
    const { run, provider, clock } = setUp({
      rules,
      scripts: { first: [speaksAfter(5_000, "late")], second: [speaksAfter(200, "quick")] },
    });
    const events = await run();
    const { receipt } = finishedOf(events);
    expect(textOf(events)).toBe("quick");
    expect(receipt).toMatchObject({ link: "second", tier: "backup", reason: "timeout_first_token" });
    expect(receipt.attempts).toMatchObject([
      { link: "first", outcome: "cancelled" },
      { link: "second", outcome: "answered" },
    ]);
    expect(provider.calls[0]?.signal.aborted).toBe(true);
    expect(clock.waiting).toBeLessThanOrEqual(1);
  });

  it("lets the first win when it speaks first after all", async () => {
    const { run, provider } = setUp({
      rules,
      scripts: { first: [speaksAfter(1_500, "first")], second: [speaksAfter(5_000, "second")] },
    });
    const { receipt, answer } = finishedOf(await run());
    expect(answer.text).toBe("first");
    expect(receipt).toMatchObject({ link: "first", reason: null });
    expect(provider.calls[1]?.signal.aborted).toBe(true);
  });

  it("costs nothing when the first is in time", async () => {
    const { run, provider } = setUp({ rules, scripts: { first: [speaksAfter(500, "in time")] } });
    expect(finishedOf(await run()).answer.text).toBe("in time");
    expect(provider.calls).toHaveLength(1);
  });

  it("waits for the other when one of two fails", async () => {
    const { run } = setUp({
      rules,
      scripts: {
        first: [[{ type: "connected" }, { waitMs: 1_500 }, new ProviderFailure("server", "500")]],
        second: [speaksAfter(3_000, "second")],
      },
    });
    expect(finishedOf(await run()).answer.text).toBe("second");
  });

  it("is taken over by the link after one that is left alone, or fails, while the first is late", async () => {
    const { run, provider } = setUp({
      links: [
        { ...second, id: "late", priority: 0 },
        second,
        { ...second, id: "failing" },
        { ...second, id: "sound" },
      ],
      rules,
      gate: {
        tryAcquire: ({ id }) =>
          id === "second"
            ? { refused: true, kind: "server", message: "It is left alone." }
            : openGate.tryAcquire(first),
      },
      scripts: {
        late: [speaksAfter(9_000, "late")],
        failing: [[new ProviderFailure("server", "500")]],
        sound: [says("quick")],
      },
    });
    const { answer, receipt } = finishedOf(await run());
    expect(answer.text).toBe("quick");
    expect(provider.calls.map(({ link }) => link)).toEqual(["late", "failing", "sound"]);
    expect(receipt.attempts.map(({ link, outcome }) => [link, outcome])).toEqual([
      ["second", "skipped"],
      ["failing", "failed"],
      ["late", "cancelled"],
      ["sound", "answered"],
    ]);
  });

  it("is not taken over from a link whose failure ends the request", async () => {
    const { run, provider } = setUp({
      links: [{ ...second, id: "late", priority: 0 }, second, { ...second, id: "third" }],
      rules,
      scripts: {
        late: [speaksAfter(2_000, "late")],
        second: [[new ProviderFailure("content_policy", "No.")]],
      },
    });
    expect(finishedOf(await run()).answer.text).toBe("late");
    expect(provider.calls.map(({ link }) => link)).toEqual(["late", "second"]);
  });

  it("goes on along the chain when both fail", async () => {
    const fails = (waitMs: number): Step[] => [{ waitMs }, new ProviderFailure("server", "500")];
    const { run } = setUp({
      rules,
      scripts: { first: [fails(1_500)], second: [fails(100)], local: [says("here")] },
    });
    expect(finishedOf(await run()).receipt).toMatchObject({ link: "local", reason: "server" });
  });

  it("hedges with the local model where it is told to, which costs no money", async () => {
    const { run, provider } = setUp({
      links: [{ ...second, priority: 0 }, { ...second, id: "third" }, local],
      rules: { hedge: { after: 1_000, with: "local" } },
      scripts: { second: [speaksAfter(9_000, "late")], local: [says("here")] },
    });
    expect(finishedOf(await run()).receipt.link).toBe("local");
    expect(provider.calls.map(({ link }) => link)).toEqual(["second", "local"]);
  });

  it("takes what was observed of the link for its measure", async () => {
    const { run, provider } = setUp({
      rules: { hedge: { after: "p95", with: "next" } },
      gate: { p95Ms: () => 300 },
      scripts: { first: [speaksAfter(400, "late")], second: [says("quick")] },
    });
    expect(finishedOf(await run()).answer.text).toBe("quick");
    expect(provider.calls).toHaveLength(2);
  });

  it("ends both when the person stops", async () => {
    const { chain, clock, abort, provider } = setUp({
      rules,
      scripts: { first: [["hang"]], second: [["hang"]] },
    });
    const events = [];
    const all = (async () => {
      for await (const event of chain.run({ messages: [{ role: "user", content: "?" }] }, abort.signal))
        events.push(event);
    })();
    await clock.advance(1_100);
    abort.abort();
    await all;
    expect(provider.calls.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(clock.waiting).toBe(0);
  });
});
