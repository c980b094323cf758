import type { Llama } from "node-llama-cpp";

/** A schema as node-llama-cpp takes it for a grammar. */
export type GrammarSchema = Parameters<Llama["createGrammarForJsonSchema"]>[0];

/** A JSON Schema says something that a grammar can't hold an answer to. */
export class SchemaUnsupported extends Error {
  override readonly name = "SchemaUnsupported";
}

type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Keywords that change what is valid in ways a grammar can't follow. Others that it ignores only narrow what it allows. */
const unsupported = [
  "not",
  "if",
  "patternProperties",
  "dependentSchemas",
  "$dynamicRef",
  "unevaluatedProperties",
];

const anyScalar = { type: ["string", "number", "boolean", "null"] };
const anyObject = { type: "object", additionalProperties: true };

/**
 * A JSON Schema in the dialect of node-llama-cpp's grammars, which reads an unknown shape as `null` without a word:
 * `anyOf` is its `oneOf`, `definitions` its `$defs`, and a type that is left out has to be said. Every property is required there,
 * and further ones are forbidden unless allowed, so what the grammar lets through still fits the original.
 * Throws `SchemaUnsupported`.
 */
export function toGrammarSchema(schema: Schema): GrammarSchema {
  return translate(schema) as GrammarSchema;
}

function translate(schema: unknown): Schema {
  if (schema === true || (isSchema(schema) && Object.keys(schema).length === 0)) return anything();
  if (!isSchema(schema))
    throw new SchemaUnsupported(`${JSON.stringify(schema)} stands where a schema should`);
  const keyword = unsupported.find((name) => name in schema);
  if (keyword !== undefined) throw new SchemaUnsupported(`"${keyword}" is not supported`);
  const defs = eachSchema({ ...asRecord(schema.definitions), ...asRecord(schema.$defs) });
  const own = Object.keys(defs).length > 0 ? { $defs: defs } : {};
  if (typeof schema.$ref === "string") return { ...own, $ref: reference(schema.$ref) };
  if (schema.allOf !== undefined) return { ...own, ...translate(merged(schema)) };
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches)) return { ...own, oneOf: branches.map(translate) };
  if ("const" in schema || "enum" in schema) return schema;
  if (schema.type === undefined) return { ...own, ...untyped(schema) };
  if (Array.isArray(schema.type) && schema.type.some((type) => type === "object" || type === "array"))
    return { ...own, oneOf: schema.type.map((type) => translate({ ...schema, type })) };
  return { ...own, ...typed(schema) };
}

function typed(schema: Schema): Schema {
  switch (schema.type) {
    case "object": {
      const properties = eachSchema(asRecord(schema.properties));
      const more = schema.additionalProperties ?? Object.keys(properties).length === 0;
      return {
        ...schema,
        properties,
        additionalProperties: typeof more === "boolean" ? more : translate(more),
      };
    }
    case "array":
      return {
        ...schema,
        ...(schema.items !== undefined && { items: translate(schema.items) }),
        ...(Array.isArray(schema.prefixItems) && { prefixItems: schema.prefixItems.map(translate) }),
      };
    case "string": {
      const { format, ...rest } = schema;
      return format === "date" || format === "time" || format === "date-time" ? schema : rest;
    }
    default:
      return schema;
  }
}

function untyped(schema: Schema): Schema {
  if ("properties" in schema || "additionalProperties" in schema) return typed({ ...schema, type: "object" });
  if ("items" in schema || "prefixItems" in schema) return typed({ ...schema, type: "array" });
  return anything();
}

function anything(): Schema {
  return { oneOf: [anyScalar, anyObject, { type: "array" }] };
}

/** One member of `allOf` with what stands beside it. More members would need the grammars' intersection. */
function merged({ allOf, ...beside }: Schema): Schema {
  const [only, ...others] = Array.isArray(allOf) ? allOf : [];
  if (!isSchema(only) || others.length > 0)
    throw new SchemaUnsupported('"allOf" with more than one member is not supported');
  return { ...beside, ...only };
}

function reference(ref: string): string {
  const name = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(ref)?.[1];
  if (name === undefined) throw new SchemaUnsupported(`the reference "${ref}" is not supported`);
  return `#/$defs/${name}`;
}

function eachSchema(schemas: Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, translate(schema)]));
}

function asRecord(value: unknown): Schema {
  return isSchema(value) ? value : {};
}
