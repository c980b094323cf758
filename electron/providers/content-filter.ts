import { z } from "zod";

/** Azure's verdicts by category: `{violence: {filtered: true, severity: "high"}, jailbreak: {filtered: true, detected: true}}`. */
const verdicts = z.record(
  z.string(),
  z.looseObject({ filtered: z.boolean().optional(), severity: z.string().optional() }).catch({}),
);

/** What Azure's content filter held back and how grave it found it, such as `violence (high), jailbreak`; empty when nothing. */
export function filteredCategories(results: unknown): string {
  // Only Azure says any; a failed look at nothing costs more than all else that is read of a chunk.
  if (results === undefined) return "";
  const read = verdicts.safeParse(results);
  if (!read.success) return "";
  return Object.entries(read.data)
    .filter(([, { filtered }]) => filtered === true)
    .map(([category, { severity }]) => (severity === undefined ? category : `${category} (${severity})`))
    .join(", ");
}
