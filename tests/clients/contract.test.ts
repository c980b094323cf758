import { expect, it } from "vitest";
import { contract } from "../gateway/contract/contract.ts";
import { canUsePython } from "./python-here.ts";

it.skipIf(!canUsePython)(
  "the gateway keeps to its OpenAPI document, whatever is sent to it",
  { timeout: 600_000 },
  async () => {
    const { code, words } = await contract(1, 1);
    expect(code, words).toBe(0);
  },
);
