/**
 * Code between backticks and the options of a command line keep their case and blanks, where `ls -R` is not `ls -r`.
 */
const verbatim = /(```[\s\S]*?```|`[^`]*`|(?<!\S)--?[\p{L}\d][^\s?!.,;]*)/u;

/** NFKC makes `5²` into `52`: a mark before what is raised or lowered keeps the two apart. */
const raised = /[\u00b2\u00b3\u00b9\u2070-\u209c]+/g;

/** What ends a sentence, or stands after it. */
const endings = new Set(".?!…。؟ \n");

/**
 * A question in the form in which equal ones are found: Unicode NFKC (UAX 15), blanks collapsed and trimmed, lower case,
 * without the punctuation at its end.
 */
export function normaliseQuestion(text: string): string {
  const parts = text.split(verbatim).map((part, index) => (index % 2 === 1 ? part : normaliseProse(part)));
  return withoutEnding(parts.join("").trim());
}

function normaliseProse(text: string): string {
  return text.replaceAll(raised, "^$&").normalize("NFKC").replaceAll(/\s+/g, " ").toLowerCase();
}

/** An exclamation mark after a digit or a single letter may be a factorial, so it stays. */
function withoutEnding(text: string): string {
  let end = text.length;
  while (endings.has(text.charAt(end - 1))) end -= 1;
  const kept = text.slice(0, end);
  if (/\p{L}{2}$/u.test(kept)) return kept;
  return kept + text.slice(end).replaceAll(/[^!]/g, "");
}
