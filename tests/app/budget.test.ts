import fc from "fast-check";
import { expect, test } from "vitest";
import { Budget, costOf } from "../../electron/app/budget.ts";
import type { Attempt } from "../../electron/contract/index.ts";
import { Spend } from "../../electron/store/index.ts";
import { linkOf } from "../fixtures/scripted-provider.ts";
import { openConversations, temporaryFolder } from "../store/support.ts";

const price = { input: 1, output: 10 };
const paid = linkOf({ id: "paid", price });
const free = linkOf({ id: "free", price: { input: 0, output: 0 } });
const unknown = linkOf({ id: "unknown" });
const local = linkOf({ id: "local", tier: "local" });

const attempt = (over: Partial<Attempt> = {}): Attempt => ({
  link: "paid",
  provider: "openai",
  model: "m",
  tier: "cloud",
  outcome: "answered",
  kind: null,
  message: null,
  status: 200,
  request_id: null,
  started_at: "2026-05-15T12:00:00.000Z",
  connect_ms: 1,
  first_token_ms: 2,
  duration_ms: 3,
  usage: { input_tokens: 100_000, output_tokens: 10_000 },
  cost_usd: 0.2,
  ...over,
});
const stopped = attempt({ outcome: "cancelled", kind: "cancelled", usage: null, cost_usd: null });
const exchange = {
  request: { messages: [{ role: "user" as const, content: "x".repeat(400) }] },
  said: "y".repeat(40),
};

function setUp({ folder = temporaryFolder(), cap = 1 as number | null } = {}) {
  const { database } = openConversations(folder);
  const errors: unknown[] = [];
  const clock = { time: Date.UTC(2026, 4, 15, 12), now: () => clock.time };
  const spend = new Spend({ database, timeZone: "Europe/Berlin" });
  const disk = { full: false };
  const budget = new Budget({
    spend: {
      add: (expense) => {
        if (disk.full) throw new Error("the disk is full");
        spend.add(expense);
      },
      month: (now) => spend.month(now),
      byLink: (now) => spend.byLink(now),
    },
    clock,
    capUsd: () => cap,
    priceOf: (id) => [paid, free].find((link) => link.id === id)?.price ?? null,
    onError: (error) => errors.push(error),
  });
  return { budget, clock, errors, disk, folder };
}

test("the month warns at 80 % of the cap and passes paid links over from the cap on", () => {
  const { budget } = setUp();
  for (let n = 0; n < 3; n += 1) budget.record(attempt(), null);
  expect(budget.state()).toMatchObject({
    spent_usd: 0.6,
    cap_usd: 1,
    share: 0.6,
    warning: false,
    reached: false,
  });
  budget.record(attempt(), null);
  expect(budget.state()).toMatchObject({ share: 0.8, warning: true, reached: false });
  expect(budget.allows(paid)).toBe(true);
  budget.record(attempt(), null);
  expect(budget.state()).toMatchObject({ share: 1, warning: true, reached: true });
  expect(budget.allows(paid)).toBe(false);
});

test("beyond the cap free and local links pass, and a cloud link without a price does not", () => {
  const { budget } = setUp({ cap: 0 });
  expect(budget.state()).toMatchObject({ share: 1, reached: true });
  expect([free, local, paid, unknown].map((link) => budget.allows(link))).toEqual([true, true, false, false]);
});

test("without a cap everything passes, and what was spent is known all the same", () => {
  const { budget } = setUp({ cap: null });
  budget.record(attempt({ cost_usd: 1_000 }), null);
  expect(budget.state()).toMatchObject({ spent_usd: 1_000, cap_usd: null, share: null, reached: false });
  expect(budget.allows(paid)).toBe(true);
});

test("a new month begins at nothing where the person is", () => {
  const { budget, clock } = setUp();
  budget.record(attempt({ cost_usd: 5 }), null);
  clock.time = Date.UTC(2026, 4, 31, 21, 59);
  expect(budget.allows(paid)).toBe(false);
  clock.time = Date.UTC(2026, 4, 31, 22);
  expect(budget.state()).toMatchObject({ spent_usd: 0, reached: false });
  expect(budget.allows(paid)).toBe(true);
});

test("two processes share one figure", () => {
  const { budget, folder } = setUp();
  const other = setUp({ folder });
  other.budget.record(attempt({ cost_usd: 0.7 }), null);
  budget.record(attempt({ cost_usd: 0.5 }), null);
  expect(other.budget.allows(paid)).toBe(false);
  expect(budget.state().spent_usd).toBe(1.2);
});

test("a stopped attempt is counted by its characters, and marked as estimated", () => {
  const { budget } = setUp();
  expect(budget.record(stopped, exchange)).toEqual({
    usd: 0.0002,
    usage: { input_tokens: 100, output_tokens: 10 },
    estimated: true,
  });
  expect(budget.state()).toMatchObject({ spent_usd: 0.0002, estimated_usd: 0.0002 });
  expect(budget.status().by_link).toMatchObject([
    { link: "paid", input_tokens: 100, output_tokens: 10, attempts: 1 },
  ]);
});

test("an attempt that may have cost what nobody can know says so", () => {
  const { budget } = setUp();
  budget.record(attempt({ link: "unknown", cost_usd: null }), null);
  budget.record(stopped, null);
  expect(budget.state()).toMatchObject({ spent_usd: 0, unpriced_attempts: 2 });
});

test("a model on this machine costs nothing", () => {
  const { budget } = setUp();
  budget.record(attempt({ link: "local", tier: "local", cost_usd: null }), null);
  expect(budget.state()).toMatchObject({ spent_usd: 0, unpriced_attempts: 0 });
});

test.each([
  [
    "was passed over",
    { outcome: "skipped", kind: "quota_exhausted", connect_ms: null, first_token_ms: null },
  ],
  ["was never reached", { outcome: "failed", kind: "network", connect_ms: null, first_token_ms: null }],
  ["refused", { outcome: "failed", kind: "rate_limited", status: 429, first_token_ms: null }],
  ["broke before it spoke", { outcome: "failed", kind: "network", status: null, first_token_ms: null }],
] as const)("a link that %s costs nothing", (_how, over) => {
  expect(costOf(attempt({ ...over, usage: null, cost_usd: null }), price, exchange)).toBeNull();
});

test.each([
  ["broke in the middle", { outcome: "failed", kind: "network" }],
  ["was too slow to begin", { outcome: "failed", kind: "timeout_first_token", first_token_ms: null }],
] as const)("a link that %s is counted by an estimate", (_how, over) => {
  const cost = costOf(attempt({ ...over, usage: null, cost_usd: null }), price, exchange);
  expect(cost).toMatchObject({ usd: 0.0002, estimated: true });
});

test("what could not be written counts at once, and is written when the store is back", () => {
  const { budget, errors, disk, folder } = setUp();
  const other = setUp({ folder });
  disk.full = true;
  budget.record(attempt({ cost_usd: 0.5 }), null);
  budget.record(attempt({ cost_usd: 0.75 }), null);
  expect(errors).toEqual([new Error("the disk is full"), new Error("the disk is full")]);
  expect(budget.state()).toMatchObject({ spent_usd: 1.25, reached: true });
  expect(other.budget.state().spent_usd).toBe(0);
  disk.full = false;
  budget.record(attempt({ cost_usd: 0.25 }), null);
  expect(budget.state().spent_usd).toBe(1.5);
  expect(other.budget.state().spent_usd).toBe(1.5);
});

test("the month is the exact sum of what its attempts cost, in whatever order and by whichever process", () => {
  const one = fc.record({
    input_tokens: fc.nat(200_000),
    output_tokens: fc.nat(50_000),
    link: fc.constantFrom("paid", "free"),
    first: fc.boolean(),
  });
  const folder = temporaryFolder();
  const processes = [setUp({ folder, cap: 10 }), setUp({ folder, cap: 10 })] as const;
  let month = 0;
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), (attempts) => {
      month += 1;
      for (const { clock } of processes) clock.time = Date.UTC(2026, month, 10);
      let nano = 0;
      for (const { input_tokens, output_tokens, link, first } of attempts) {
        const usage = { input_tokens, output_tokens };
        processes[first ? 0 : 1].budget.record(attempt({ link, usage, cost_usd: null }), null);
        if (link === "paid") nano += input_tokens * 1_000 + output_tokens * 10_000;
      }
      for (const { budget } of processes) {
        const { spent_usd, reached } = budget.state();
        expect(spent_usd).toBe(nano / 1e9);
        expect(reached).toBe(nano >= 10e9);
        expect(budget.allows(paid)).toBe(!reached);
      }
    }),
  );
});
