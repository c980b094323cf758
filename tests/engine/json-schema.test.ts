import { describe, expect, it } from "vitest";
import { SchemaUnsupported, toGrammarSchema } from "../../electron/engine/json-schema.ts";

const anything = {
  oneOf: [
    { type: ["string", "number", "boolean", "null"] },
    { type: "object", additionalProperties: true },
    { type: "array" },
  ],
};

describe("a JSON Schema for a grammar", () => {
  it("keeps an object with its properties and forbids others", () => {
    expect(
      toGrammarSchema({ type: "object", properties: { a: { type: "integer" } }, required: ["a"] }),
    ).toEqual({
      type: "object",
      properties: { a: { type: "integer" } },
      required: ["a"],
      additionalProperties: false,
    });
  });

  it("lets an object without properties have any", () => {
    expect(toGrammarSchema({ type: "object" })).toMatchObject({ additionalProperties: true });
  });

  it("makes anyOf its oneOf, at any depth", () => {
    const schema = { type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } };
    expect(toGrammarSchema(schema)).toEqual({
      type: "array",
      items: { oneOf: [{ type: "string" }, { type: "null" }] },
    });
  });

  it("finds definitions under either name", () => {
    const schema = {
      type: "object",
      properties: { who: { $ref: "#/definitions/person" } },
      definitions: { person: { type: "string" } },
    };
    expect(toGrammarSchema(schema)).toMatchObject({
      properties: { who: { $ref: "#/$defs/person" } },
      $defs: { person: { type: "string" } },
    });
  });

  it("says the type that a schema left out", () => {
    expect(toGrammarSchema({ properties: { a: {} } })).toMatchObject({
      type: "object",
      properties: { a: anything },
    });
    expect(toGrammarSchema({ items: { type: "null" } })).toMatchObject({
      type: "array",
      items: { type: "null" },
    });
  });

  it("splits a union of types that has an object or an array in it", () => {
    expect(toGrammarSchema({ type: ["object", "null"], properties: { a: { type: "null" } } })).toMatchObject({
      oneOf: [{ type: "object", properties: { a: { type: "null" } } }, { type: "null" }],
    });
  });

  it("keeps only the formats of strings that have a grammar", () => {
    expect(toGrammarSchema({ type: "string", format: "date" })).toEqual({ type: "string", format: "date" });
    expect(toGrammarSchema({ type: "string", format: "email" })).toEqual({ type: "string" });
  });

  it("merges an allOf of one, as generators of schemas write for a described reference", () => {
    const schema = { allOf: [{ $ref: "#/$defs/a" }], $defs: { a: { type: "boolean" } } };
    expect(toGrammarSchema(schema)).toEqual({ $ref: "#/$defs/a", $defs: { a: { type: "boolean" } } });
  });

  for (const schema of [
    { not: { type: "string" } },
    { allOf: [{ type: "object" }, { type: "object" }] },
    { $ref: "https://example.com/schema.json" },
    { type: "object", properties: { a: { if: {} } } },
    { type: "array", items: 7 },
  ]) {
    it(`refuses what no grammar can hold: ${JSON.stringify(schema)}`, () => {
      expect(() => toGrammarSchema(schema)).toThrow(SchemaUnsupported);
    });
  }
});
