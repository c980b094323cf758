import { expect, test } from "vitest";
import { systemClock } from "../../electron/chain/index.ts";

test("the machine's clock never calls too soon, also when the program was busy as it was asked", async () => {
  const begin = systemClock.monotonic();
  while (systemClock.monotonic() < begin + 15);
  const asked = systemClock.monotonic();
  await new Promise<void>((resolve) => {
    systemClock.after(20, resolve);
  });
  expect(systemClock.monotonic() - asked).toBeGreaterThanOrEqual(20);
});

test("the machine's clock calls nobody who took the call back", async () => {
  let calls = 0;
  systemClock.after(1, () => calls++)();
  await new Promise<void>((resolve) => {
    systemClock.after(10, resolve);
  });
  expect(calls).toBe(0);
});
