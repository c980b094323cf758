import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { schemaPath, schemaText } from "../../scripts/config-schema.ts";

describe("the published JSON Schema", () => {
  it("is the one that the program checks a config file with", () => {
    const mend = "It is older than the contract. Write it again: npx node scripts/config-schema.ts";
    expect(readFileSync(schemaPath, "utf8"), mend).toBe(schemaText());
  });
});
