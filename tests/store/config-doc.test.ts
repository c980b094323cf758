import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { config } from "../../electron/contract/index.ts";
import { parseConfig } from "../../electron/store/index.ts";

const page = readFileSync(new URL("../../docs/config.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);

/** Every name of a key in a schema, however deep. */
function keysOf(schema: unknown): string[] {
  if (schema instanceof z.ZodOptional) return keysOf(schema.unwrap());
  if (schema instanceof z.ZodArray) return keysOf(schema.element);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(keysOf);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([key, value]) => [key, ...keysOf(value)]);
}

describe("docs/config.md", () => {
  it("has two examples that the program accepts", () => {
    const examples = blocks.filter((text) => text.startsWith("# yaml-language-server"));
    expect(examples).toHaveLength(2);
    for (const text of examples) expect(() => parseConfig(text, "example.yaml")).not.toThrow();
  });

  it("shows a broken file with the errors that the program gives", () => {
    const [broken = ""] = blocks.filter((text) => !text.startsWith("#"));
    let message = "";
    try {
      parseConfig(broken, "holdfast.yaml");
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).not.toBe("");
    expect(page).toContain(message);
  });

  it("names every key", () => {
    const missing = keysOf(config).filter((key) => !new RegExp(`\`([a-z_]+\\.)?${key}[\`.]`).test(page));
    expect(missing).toEqual([]);
  });
});
