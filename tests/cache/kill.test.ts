import { expect, test } from "vitest";
import { temporaryFolder } from "../store/support.ts";
import { killWhileWriting } from "./kills.ts";

// The whole trial, with 200 kills, is `npm run kills:cache`.
test("processes that are killed while they write lose no entry that was confirmed", async () => {
  const { kills, confirmed, lost, unconfirmed } = await killWhileWriting(temporaryFolder(), 8);
  expect(confirmed).toBeGreaterThan(kills);
  expect(lost).toEqual([]);
  expect(unconfirmed).toBeLessThanOrEqual(kills);
});
