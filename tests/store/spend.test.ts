import fc from "fast-check";
import { expect, test } from "vitest";
import { type Expense, Spend } from "../../electron/store/index.ts";
import { openConversations, temporaryFolder } from "./support.ts";

const noon = Date.UTC(2026, 4, 15, 12);

const expense = (over: Partial<Expense> = {}): Expense => ({
  link: "primary",
  at: noon,
  usd: 0.01,
  input_tokens: 10,
  output_tokens: 4,
  estimated: false,
  ...over,
});

test("a month holds what was added in it, in the person's own time zone", () => {
  const { database } = openConversations(temporaryFolder());
  const tokyo = new Spend({ database, timeZone: "Asia/Tokyo" });
  const newMonthInTokyo = Date.UTC(2026, 4, 31, 15);
  tokyo.add(expense({ at: newMonthInTokyo - 1, usd: 1 }));
  tokyo.add(expense({ at: newMonthInTokyo, usd: 2 }));
  expect(tokyo.month(noon).usd).toBe(1);
  expect(tokyo.month(newMonthInTokyo).usd).toBe(2);
  const berlin = new Spend({ database, timeZone: "Europe/Berlin" });
  expect(berlin.month(newMonthInTokyo).usd).toBe(1);
});

test("each link has its own sum, the dearest first", () => {
  const { database } = openConversations(temporaryFolder());
  const spend = new Spend({ database, timeZone: "UTC" });
  spend.add(expense({ link: "cheap", usd: 0.001 }));
  spend.add(expense({ link: "dear", usd: 3, estimated: true }));
  spend.add(expense({ link: "dear", usd: 1 }));
  spend.add(expense({ link: "unknown", usd: null }));
  expect([...spend.byLink(noon)]).toEqual([
    [
      "dear",
      { usd: 4, estimated_usd: 3, input_tokens: 20, output_tokens: 8, attempts: 2, unpriced_attempts: 0 },
    ],
    [
      "cheap",
      { usd: 0.001, estimated_usd: 0, input_tokens: 10, output_tokens: 4, attempts: 1, unpriced_attempts: 0 },
    ],
    [
      "unknown",
      { usd: 0, estimated_usd: 0, input_tokens: 10, output_tokens: 4, attempts: 1, unpriced_attempts: 1 },
    ],
  ]);
});

test("two connections add to one figure, and it survives a restart", () => {
  const folder = temporaryFolder();
  const first = openConversations(folder);
  const second = openConversations(folder);
  const spends = [first, second].map(({ database }) => new Spend({ database, timeZone: "UTC" }));
  for (let n = 0; n < 10; n += 1) for (const spend of spends) spend.add(expense({ usd: 0.1 }));
  first.close();
  second.close();
  const { database } = openConversations(folder);
  expect(new Spend({ database, timeZone: "UTC" }).month(noon)).toMatchObject({ usd: 2, attempts: 20 });
});

test("whatever is added in whatever order, the month is the exact sum of it, to a billionth of a dollar", () => {
  const { database } = openConversations(temporaryFolder());
  const spend = new Spend({ database, timeZone: "UTC" });
  const added = fc.record({
    link: fc.constantFrom("a", "b", "__proto__", "ä 😀"),
    nano: fc.nat(2_000_000_000),
    input_tokens: fc.nat(1_000_000),
    output_tokens: fc.nat(1_000_000),
    estimated: fc.boolean(),
    priced: fc.boolean(),
  });
  let month = 0;
  fc.assert(
    fc.property(fc.array(added, { maxLength: 40 }), (expenses) => {
      month += 1;
      const at = Date.UTC(2026, month, 10);
      for (const { nano, priced, ...each } of expenses)
        spend.add({ ...each, at, usd: priced ? nano / 1e9 : null });
      const priced = expenses.filter((each) => each.priced);
      const sum = (of: typeof expenses, key: "nano" | "input_tokens" | "output_tokens") =>
        of.reduce((total, each) => total + each[key], 0);
      const total = spend.month(at);
      expect(Math.round(total.usd * 1e9)).toBe(sum(priced, "nano"));
      expect(Math.round(total.estimated_usd * 1e9)).toBe(
        sum(
          priced.filter((each) => each.estimated),
          "nano",
        ),
      );
      expect(total).toMatchObject({
        input_tokens: sum(expenses, "input_tokens"),
        output_tokens: sum(expenses, "output_tokens"),
        attempts: expenses.length,
        unpriced_attempts: expenses.length - priced.length,
      });
      const links = [...spend.byLink(at).values()];
      expect(links.reduce((nano, { usd }) => nano + Math.round(usd * 1e9), 0)).toBe(sum(priced, "nano"));
    }),
  );
});
