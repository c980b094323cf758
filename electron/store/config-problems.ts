import { z } from "zod";
import { duration } from "../contract/index.ts";
import { looksSecret } from "./config-secrets.ts";
import type { ConfigProblem, ConfigSource, KeyPath } from "./config-source.ts";
import { nearest } from "./nearest.ts";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/** What a failed check means for the file: one problem for each issue, in words that say how to mend it. */
export function schemaProblems(
  source: ConfigSource,
  schema: Schema,
  value: unknown,
  issues: readonly Issue[],
): ConfigProblem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    const at = schemaAt(schema, path);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => source.problem([...path, key], unknownKey(key, at)));
    }
    return [source.problem(path, message(issue, at, valueAt(value, path)))];
  });
}

function message(issue: Issue, schema: Schema | null, value: unknown): string {
  if (issue.code === "custom") return issue.message;
  if (value === undefined) return `is missing: write ${expected(schema)}`;
  if (value === null) return `is empty: write ${expected(schema)}, or remove the key`;
  const shown = show(value);
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

function unknownKey(key: string, schema: Schema | null): string {
  const known = shapeOf(schema);
  const near = nearest(key, Object.keys(known)) ?? nearestInGroup(key, known);
  if (near !== null) return `is not a known key; did you mean ${near}?`;
  return `is not a known key here; known are ${Object.keys(known).join(", ")}`;
}

/** A key that stands one group deeper than it was written. */
function nearestInGroup(key: string, known: Readonly<Record<string, Schema>>): string | null {
  for (const [group, schema] of Object.entries(known)) {
    const near = nearest(key, Object.keys(shapeOf(schema)));
    if (near !== null) return `${group}.${near}`;
  }
  return null;
}

/** What a schema accepts, in words that can follow "write" and "is not". */
function expected(schema: Schema | null): string {
  const inner = unwrap(schema);
  if (inner === duration) return "a duration: write a number and a unit, such as 500ms, 30s, 5m, 2h or 90d";
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

function shapeOf(schema: Schema | null): Readonly<Record<string, Schema>> {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? inner.shape : {};
}

function schemaAt(schema: Schema, path: KeyPath): Schema | null {
  let at: Schema | null = schema;
  for (const part of path) {
    const inner = unwrap(at);
    at = inner instanceof z.ZodArray ? inner.element : (shapeOf(inner)[part] ?? null);
  }
  return at;
}

function unwrap(schema: Schema | null): Schema | null {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let at = value;
  for (const part of path) at = (at as Record<string | number, unknown> | null | undefined)?.[part];
  return at;
}

const longestShown = 60;

function show(value: unknown): string {
  if (looksSecret(value)) return "the value";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of keys";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
