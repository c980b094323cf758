/**
 * Code between backticks and the options of a command line keep their case and blanks, where `ls -R` is not `ls -r`.
 */
const verbatim = /(```[\s\S]*?```|`[^`]*`|(?<!\S)--?[\p{L}\d][^\s?!.,;]*)/u;

/** NFKC makes `5²` into `52`: a mark before what is raised or lowered keeps the two apart. */
const raised = /[\u00b2\u00b3\u00b9\u2070-\u209c]+/g;

/** What ends a sentence. After a digit or a single letter an exclamation mark may be a factorial, so it stays. */
const ending = /(?:(?<=\p{L}{2})[.?!…。؟\s]+|[.?…。؟\s]+)$/u;

/**
 * A question in the form in which equal ones are found: Unicode NFKC (UAX 15), blanks collapsed and trimmed, lower case,
 * without the punctuation at its end.
 */
export function normaliseQuestion(text: string): string {
  const parts = text.split(verbatim).map((part, index) => (index % 2 === 1 ? part : normaliseProse(part)));
  return parts.join("").trim().replace(ending, "");
}

function normaliseProse(text: string): string {
  return text.replaceAll(raised, "^$&").normalize("NFKC").replaceAll(/\s+/g, " ").toLowerCase();
}
