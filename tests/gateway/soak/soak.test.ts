import { expect, it } from "vitest";
import { soak } from "./soak.ts";

it("loses, mixes and silently cuts none of many requests, with faults, clients that leave and a restart of the primary", async () => {
  const { outcomes } = await soak(400, 16);
  expect(outcomes).toMatchObject({ lost: 0, mixed: 0, cut: 0 });
  expect(outcomes.whole).toBeGreaterThan(350);
});
