import { expect, it } from "vitest";
import { costOf, type Exchange } from "../../electron/app/budget.ts";
import { billed, DrillSpend } from "../../electron/app/drill-spend.ts";
import { type Provider, ProviderFailure, systemClock } from "../../electron/chain/index.ts";
import type { Attempt } from "../../electron/contract/index.ts";
import type { Spent } from "../../electron/store/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";

const price = { input: 1, output: 10 };
const link = linkOf({ id: "paid", price });
const request = { messages: [{ role: "user" as const, content: "What is it?" }] };

/** What the person's budget is told of a real link that does `end` after it was connected. */
async function recordedOf(end: () => void, signal = new AbortController().signal) {
  const recorded: { attempt: Attempt; exchange: Exchange | null }[] = [];
  const provider: Provider = {
    async *stream() {
      yield { type: "connected" };
      end();
    },
  };
  const record = (attempt: Attempt, exchange: Exchange | null) => {
    recorded.push({ attempt, exchange });
    return null;
  };
  const stream = billed(provider, { record }, systemClock).stream(request, link, signal);
  const read = async () => {
    for await (const { type } of stream) expect(type).toBe("connected");
  };
  await expect(read()).rejects.toThrow("It ended.");
  const [{ attempt, exchange } = expect.fail("nothing was recorded")] = recorded;
  return { ...attempt, cost: costOf(attempt, price, exchange) };
}

const fails = (kind: ProviderFailure["kind"]) => () => {
  throw new ProviderFailure(kind, "It ended.");
};

it("counts what a drill spends once, although its real links are written into the month too", () => {
  const month: Spent = {
    usd: 1,
    estimated_usd: 0,
    input_tokens: 0,
    output_tokens: 0,
    attempts: 1,
    unpriced_attempts: 0,
  };
  const spend = new DrillSpend({ month: () => month, byLink: () => new Map([["paid", { ...month }]]) }, 0);
  month.usd += 0.5;
  spend.add({ link: "paid", at: 0, usd: 0.5, input_tokens: 1, output_tokens: 1, estimated: false });
  expect(spend.month()).toMatchObject({ usd: 1.5, attempts: 2 });
});

it("charges nothing for a real link that refused the request", async () => {
  expect(await recordedOf(fails("overloaded"))).toMatchObject({
    outcome: "failed",
    kind: "overloaded",
    cost: null,
  });
});

it("estimates what a link costs that was at work when it was left", async () => {
  const late = await recordedOf(fails("timeout_first_token"));
  expect(late).toMatchObject({ kind: "timeout_first_token", cost: { estimated: true } });
  const stopped = await recordedOf(fails("network"), AbortSignal.abort());
  expect(stopped).toMatchObject({ outcome: "cancelled", kind: "cancelled", cost: { estimated: true } });
});
