import { expect, test } from "vitest";
import { titleOf } from "../../electron/store/title.ts";

test.each([
  ["What is a tier?", "What is a tier?"],
  ["\n\n  Fix   this:\t\nfunction () {}", "Fix this:"],
  [`${"word ".repeat(11)}words`, `${"word ".repeat(11)}words`],
  [
    "Explain to me in some detail, with examples, how the fallback chain works",
    "Explain to me in some detail, with examples, how the…",
  ],
  ["x".repeat(80), `${"x".repeat(59)}…`],
  [`${"x".repeat(58)}😀😀`, `${"x".repeat(58)}…`],
])("%j is titled %j", (question, title) => {
  expect(titleOf(question)).toBe(title);
});
