import type { Context } from "hono";
import { z } from "zod";
import { Refusal } from "./trouble.ts";

/** A count of tokens or the like; its bounds stand in the document. */
export const count = z.int().positive().max(2_147_483_647);

/** The body of a request, by its schema. Throws a Refusal that names the field which is wrong. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  let json: unknown;
  try {
    json = await c.req.json();
  } catch (error) {
    // Other faults, a body that is too large among them, have words of their own.
    if (!(error instanceof SyntaxError)) throw error;
    throw new Refusal(400, "The body is not JSON.", { code: "invalid_json" });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const { path, message } = deepest(issue ?? { path: [], message: "is not valid" });
  const param = path.join(".") || null;
  throw new Refusal(400, `${param ?? "The body"}: ${message}`, { code: "invalid_value", param });
}

/** Of a union that nothing fitted, the complaint of the branch that got furthest says most. */
function deepest(issue: Pick<z.core.$ZodIssue, "path" | "message">): {
  path: PropertyKey[];
  message: string;
} {
  const branches = "errors" in issue ? (issue.errors as z.core.$ZodIssue[][]) : [];
  const inner = branches
    .flatMap(([first]) => (first === undefined ? [] : [deepest(first)]))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  if (inner === undefined || inner.path.length === 0)
    return { path: [...issue.path], message: issue.message };
  return { path: [...issue.path, ...inner.path], message: inner.message };
}
