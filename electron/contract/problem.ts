import { z } from "zod";
import { duration, durationAbove0 } from "./config.ts";
import { nearest } from "./nearest.ts";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/** Where an issue is, as keys and indices. */
export const keyPathOf = (issue: Issue): (string | number)[] =>
  issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));

/**
 * What is wrong with a value, in words that follow its name and say how to mend it: `"soon" is not a duration: write …`.
 * `root` is the schema that the issue came from, `whole` what it was checked against. `isSecret` says what is not to be shown.
 */
export function problemWords(
  root: Schema,
  whole: unknown,
  issue: Issue,
  isSecret: (value: unknown) => boolean = () => false,
): string {
  const path = keyPathOf(issue);
  const schema = schemaAt(root, whole, path);
  const value = valueAt(whole, path);
  if (issue.code === "custom") return issue.message;
  if (value === undefined) return `is missing: write ${expected(schema)}`;
  if (value === null) return `is empty: write ${expected(schema)}, or remove the key`;
  const shown = isSecret(value) ? "the value" : show(value);
  if (issue.code === "too_small" && issue.origin !== "array" && issue.origin !== "string") {
    return `${shown} is too small: it must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
  }
  if (issue.code === "too_big") {
    return `${shown} is too large: it must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
  }
  // These are texts of the contract, made to follow the value.
  if (issue.code === "too_small") return issue.message;
  if (issue.code === "invalid_format" && !(unwrap(schema) instanceof z.ZodUnion))
    return `${shown} ${issue.message}`;
  const suggestion = typeof value === "string" ? nearest(value, optionsOf(schema)) : null;
  return `${shown} is not ${expected(schema)}${suggestion === null ? "" : `; did you mean ${suggestion}?`}`;
}

/** What a schema accepts, in words that can follow "write" and "is not". */
function expected(schema: Schema | null): string {
  const inner = unwrap(schema);
  if (inner === duration || inner === durationAbove0)
    return "a duration: write a number and a unit, such as 500ms, 30s, 5m, 2h or 90d";
  if (inner instanceof z.ZodDiscriminatedUnion)
    return `a group of keys, ${inner.def.discriminator} among them`;
  if (inner instanceof z.ZodUnion) return inner.options.map((option) => expected(option)).join(", or ");
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.join(", ")}`;
  if (inner instanceof z.ZodNumber) return inner.isInt ? "a whole number" : "a number";
  if (inner instanceof z.ZodBoolean) return "true or false";
  if (inner instanceof z.ZodArray) return "a list, each entry on a line of its own that begins with '- '";
  if (inner instanceof z.ZodObject) return `a group of keys, such as ${Object.keys(inner.shape)[0]}`;
  return "a text";
}

function optionsOf(schema: Schema | null): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => optionsOf(option));
  return inner instanceof z.ZodEnum ? inner.options.map(String) : [];
}

/** The keys of a schema of an object; none of any other. */
export function shapeOf(schema: Schema | null): Readonly<Record<string, Schema>> {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? inner.shape : {};
}

/** The schema of what stands at a path of a value; null where there is none. */
export function schemaAt(schema: Schema, value: unknown, path: readonly (string | number)[]): Schema | null {
  let at = kindOf(schema, value);
  for (const [index, part] of path.entries()) {
    at = kindOf(within(at, part), valueAt(value, path.slice(0, index + 1)));
  }
  return at;
}

/** The schema of one key or entry. */
function within(schema: Schema | null, part: string | number): Schema | null {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return inner.element;
  if (inner instanceof z.ZodRecord) return inner.valueType;
  if (inner instanceof z.ZodDiscriminatedUnion && part === inner.def.discriminator) {
    return z.enum(inner.options.map((option) => String(literalOf(option, inner.def.discriminator))));
  }
  return shapeOf(inner)[part] ?? null;
}

/** Of a group of keys that has several kinds, the one that the value says it is; the whole of it while it says none. */
function kindOf(schema: Schema | null, value: unknown): Schema | null {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return schema;
  const { discriminator } = inner.def;
  const said = valueAt(value, [discriminator]);
  return inner.options.find((option) => literalOf(option, discriminator) === said) ?? inner;
}

function literalOf(option: Schema, key: string): unknown {
  const literal = shapeOf(option)[key];
  return literal instanceof z.ZodLiteral ? [...literal.values][0] : undefined;
}

function unwrap(schema: Schema | null): Schema | null {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const part of path) at = (at as Record<string | number, unknown> | null | undefined)?.[part];
  return at;
}

const longestShown = 60;

function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of keys";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
