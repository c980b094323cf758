import type { z } from "zod";
import { keyPathOf, nearest, problemWords, schemaAt, shapeOf } from "../contract/index.ts";
import { looksSecret } from "./config-secrets.ts";
import type { ConfigProblem, ConfigSource } from "./config-source.ts";

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
    const path = keyPathOf(issue);
    if (issue.code === "unrecognized_keys") {
      const at = schemaAt(schema, value, path);
      return issue.keys.map((key) => source.problem([...path, key], unknownKey(key, at)));
    }
    return [source.problem(path, problemWords(schema, value, issue, looksSecret))];
  });
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
