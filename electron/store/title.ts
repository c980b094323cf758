const longest = 60;

/**
 * A title from the first question: its first line that says something, at most 60 UTF-16 code units, cut at the end of
 * a word where there is one.
 */
export function titleOf(question: string): string {
  const line = question.split(/\r?\n/).find((text) => text.trim() !== "") ?? question;
  const words = line.trim().replaceAll(/\s+/g, " ");
  if (words.length <= longest) return words;
  const cut = words.slice(0, longest);
  const border = cut.lastIndexOf(" ");
  // A cut in the middle of a word may have split a surrogate pair; without the half the text is well-formed again.
  const kept = border > 0 ? cut.slice(0, border) : cut.slice(0, -1).replace(/[\ud800-\udbff]$/, "");
  return `${kept.replace(/[\s,;:.-]+$/, "")}…`;
}
