import { franc } from "franc-min";

/** Fewer letters than this say too little of their language. */
const fewestLetters = 30;

/** How many words a text has, by the rules of Unicode (UAX 29), so that languages without blanks count too. */
export function wordsIn(text: string): number {
  let words = 0;
  for (const { isWordLike } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(text)) {
    if (isWordLike) words++;
  }
  return words;
}

/** How many characters a person would count in a text. */
export function charactersIn(text: string): number {
  let characters = 0;
  for (const _ of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)) characters++;
  return characters;
}

/**
 * The language of a text as BCP 47 writes it (`en`, `de`), code blocks left out; null where it can't be told, which
 * is so for short texts.
 */
export function languageOf(text: string): string | null {
  const prose = text.replace(/```[\s\S]*?(?:```|$)/g, " ").replace(/`[^`]*`/g, " ");
  if ((prose.match(/\p{L}/gu)?.length ?? 0) < fewestLetters) return null;
  const code = franc(prose, { minLength: fewestLetters });
  return code === "und" ? null : canonical(code);
}

/** The shortest code of a language: `deu` and `ger` are `de`. */
export function canonical(code: string): string {
  return new Intl.Locale(code).language;
}
